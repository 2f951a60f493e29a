"""The closer look at one segment: its dict for the document, and everything that is wrong with its elements.

Elements come with the usual delimiters and stand-ins (text.py); what leaves has the characters that were meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from crossdock.codecs.edi.grammar import ElementFault
from crossdock.codecs.edi.model import Element, Field, Segment
from crossdock.codecs.edi.presence import presence_faults
from crossdock.codecs.edifact.charsets import CONTROL, Charset
from crossdock.codecs.edifact.product_ids import item_positions, moment_parts
from crossdock.codecs.edifact.text import REPEAT, restored
from crossdock.codecs.edifact.values import exact, is_moment, is_numeric, judge
from crossdock.message import Document


@dataclass(frozen=True, slots=True)
class Sight:
    """What the closer look knows of the interchange: its character set. The delimiters are the usual ones."""

    charset: Charset
    element: str = "+"


@dataclass(slots=True)
class _Look:
    tag: str
    charset: Charset
    found: dict[str, Document] = field(default_factory=dict)
    decimals: dict[str, Document] = field(default_factory=dict)
    faults: list[ElementFault] = field(default_factory=list)

    def simple(self, value: str, element: Element, position: int, component: int = 0) -> str:
        """One value as it was meant; its faults are kept."""
        meant = restored(value)
        for kind in judge(element, meant):
            self.faults.append(ElementFault(kind, position, component, meant, element))
        if CONTROL.search(meant):
            self.faults.append(ElementFault("character", position, component, meant, element))
        elif self.charset.restricted and self.charset.foreign.search(meant):
            self.faults.append(ElementFault("foreign", position, component, meant, element))
        return meant

    def composite(self, value: str, spec: Field, position: int) -> dict[str, Document]:
        key = f"{self.tag}{position:02}"
        values = value.split(":")
        found: dict[str, Document] = {}
        for number, one in enumerate(values, start=1):
            if not one:
                continue
            if number <= len(spec.parts):
                found[f"{key}{number:02}"] = self.simple(one, spec.parts[number - 1].element, position, number)
            else:
                found[f"{key}{number:02}"] = restored(one)
                self.faults.append(ElementFault("components", position, number, restored(one), spec.element))
        for number, part in enumerate(spec.parts, start=1):
            if part.required and not (number <= len(values) and values[number - 1]):
                self.faults.append(ElementFault("absent", position, number, element=part.element))
        if not values[-1]:
            self.faults.append(ElementFault("trailing", position, len(values)))
        self._moment(values, spec, position)
        self._commas(found, spec, key)
        return found

    def _moment(self, values: Sequence[str], spec: Field, position: int) -> None:
        parts = moment_parts(spec)
        if parts is None or len(values) < max(parts):
            return
        value, code = restored(values[parts[0] - 1]), values[parts[1] - 1]
        if value and not is_moment(value, code):
            self.faults.append(ElementFault("moment", position, parts[0], value, spec.parts[parts[0] - 1].element))

    def _commas(self, found: dict[str, Document], spec: Field, key: str) -> None:
        for number, part in enumerate(spec.parts, start=1):
            if is_numeric(part.element):
                self._comma(found, f"{key}{number:02}", part.element)

    def _comma(self, found: dict[str, Document], key: str, element: Element) -> None:
        value = found.get(key)
        if isinstance(value, str) and "," in value and "number" not in judge(element, value):
            self.decimals[key] = exact(value)

    def present(self, value: str, spec: Field, position: int) -> None:
        """One element that is there."""
        key = f"{self.tag}{position:02}"
        repeated = value.split(REPEAT)
        if len(repeated) > 1 and not spec.repeats:
            self.faults.append(ElementFault("repeated", position, 0, restored(repeated[1]), spec.element))
        many = spec.repeats or len(repeated) > 1
        if spec.parts:
            every: list[Document] = [self.composite(one, spec, position) for one in repeated]
            if many:
                self.found[key] = every
            else:
                self.found.update(every[0] if isinstance(every[0], dict) else {})
            return
        values: list[Document] = [self._plain(one, spec, position) for one in repeated]
        self.found[key] = values if many else values[0]
        if is_numeric(spec.element) and not many:
            self._comma(self.found, key, spec.element)

    def _plain(self, value: str, spec: Field, position: int) -> Document:
        """A simple element; one that was sent with components keeps them, and a fault."""
        if ":" not in value:
            return self.simple(value, spec.element, position)
        first, *more = value.split(":")
        meant = self.simple(first, spec.element, position) if first else ""
        said = restored(":".join(more))
        if not any(more):
            self.faults.append(ElementFault("trailing", position, len(more) + 1))
            return meant
        self.faults.append(ElementFault("components", position, 2, said, spec.element))
        return f"{meant}:{said}"

    def beyond(self, values: Sequence[str], segment: Segment) -> None:
        """Elements after the last one the dictionary lists."""
        for position, value in enumerate(values, start=len(segment.fields) + 1):
            if value:
                plain = restored(value.replace(REPEAT, "*"))
                self.found[f"{self.tag}{position:02}"] = plain
                if not segment.open:
                    self.faults.append(ElementFault("many", position, 0, plain))

    def item_numbers(self, segment: Segment) -> None:
        """``_ids``: item numbers by their type."""
        ids: dict[str, Document] = {}
        for position in item_positions(segment):
            key = f"{self.tag}{position:02}"
            number, kind = self.found.get(f"{key}01"), self.found.get(f"{key}02")
            if isinstance(kind, str) and number:
                ids[kind] = number
        if ids:
            self.found["_ids"] = ids


def look_closer(
    segment: Segment, release: str, elements: Sequence[str], sight: Sight
) -> tuple[dict[str, Document], list[ElementFault]]:
    """The segment's dict and its faults; ``elements[0]`` is the tag."""
    look = _Look(segment.tag, sight.charset)
    values = elements[1:]
    for position, (value, spec) in enumerate(zip(values, segment.fields, strict=False), start=1):
        if value:
            look.present(value, spec, position)
    look.beyond(values[len(segment.fields) :], segment)
    look.item_numbers(segment)
    if look.decimals:
        look.found["_dec"] = look.decimals
    faults = [*presence_faults(segment, values), *look.faults]
    return look.found, sorted(faults, key=lambda fault: (fault.position, fault.component))
