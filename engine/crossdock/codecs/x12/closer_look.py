"""The closer look at one segment: its dict for the document, and everything that is wrong with its elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from crossdock.codecs.edi.grammar import ElementFault
from crossdock.codecs.edi.model import Element, Field, Segment
from crossdock.codecs.edi.presence import presence_faults
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.values import judge, scaled
from crossdock.message import Document


@dataclass(slots=True)
class _Look:
    tag: str
    release: str
    marks: Delimiters
    found: dict[str, Document] = field(default_factory=dict)
    decimals: dict[str, Document] = field(default_factory=dict)
    faults: list[ElementFault] = field(default_factory=list)

    def simple(self, value: str, element: Element, position: int, component: int = 0) -> None:
        for kind in judge(element, value, self.release):
            self.faults.append(ElementFault(kind, position, component, value, element))
        for kind, mark in (("component", self.marks.component), ("repetition", self.marks.repetition)):
            if mark and mark in value:
                self.faults.append(ElementFault(kind, position, component, value, element))
        if not value.isascii():
            self.faults.append(ElementFault("foreign", position, component, value, element))

    def composite(self, value: str, spec: Field, position: int) -> dict[str, Document]:
        values = value.split(self.marks.component) if self.marks.component else [value]
        presence = tuple(map(bool, values))
        for number, (there, part) in enumerate(zip(values, spec.parts, strict=False), start=1):
            if there:
                self.simple(there, part.element, position, number)
        for number, part in enumerate(spec.parts, start=1):
            if part.required and not (number <= len(values) and values[number - 1]):
                self.faults.append(ElementFault("absent", position, number, element=part.element))
        if any(presence[len(spec.parts) :]):
            self.faults.append(ElementFault("many", position, len(spec.parts) + 1, value, spec.element))
        if not values[-1]:
            self.faults.append(ElementFault("trailing", position, len(values)))
        return {f"{self.tag}{position:02}{n:02}": there for n, there in enumerate(values, start=1) if there}

    def present(self, value: str, spec: Field, position: int) -> None:
        key = f"{self.tag}{position:02}"
        mark = self.marks.repetition
        repeated = value.split(mark) if spec.repeats and mark else [value]
        if spec.parts:
            every: list[Document] = [self.composite(one, spec, position) for one in repeated]
            if spec.repeats:
                self.found[key] = every
            else:
                self.found.update(every[0] if isinstance(every[0], dict) else {})
            return
        before = len(self.faults)
        for one in repeated:
            self.simple(one, spec.element, position)
        self.found[key] = list(repeated) if spec.repeats else value
        if spec.element.decimals and len(self.faults) == before:
            self.decimals[key] = scaled(value, spec.element.decimals)

    def beyond(self, values: Sequence[str], segment: Segment) -> None:
        """Elements after the last one the dictionary lists."""
        for position, value in enumerate(values, start=len(segment.fields) + 1):
            if value:
                self.found[f"{self.tag}{position:02}"] = value
                if not segment.open:
                    self.faults.append(ElementFault("many", position, 0, value))


def look_closer(
    segment: Segment, release: str, elements: Sequence[str], marks: Delimiters
) -> tuple[dict[str, Document], list[ElementFault]]:
    """The segment's dict and its faults; ``elements[0]`` is the tag."""
    look = _Look(segment.tag, release, marks)
    values = elements[1:]
    for position, (value, spec) in enumerate(zip(values, segment.fields, strict=False), start=1):
        if value:
            look.present(value, spec, position)
    look.beyond(values[len(segment.fields) :], segment)
    faults = [*presence_faults(segment, values), *look.faults]
    ids: dict[str, Document] = {
        values[q - 1]: values[v - 1] for q, v in segment.pairs if v <= len(values) and values[q - 1] and values[v - 1]
    }
    if ids:
        look.found["_ids"] = ids
    if look.decimals:
        look.found["_dec"] = look.decimals
    return look.found, sorted(faults, key=lambda fault: (fault.position, fault.component))
