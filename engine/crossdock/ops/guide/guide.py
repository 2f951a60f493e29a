"""What the guide says, as values: from the profile, the dictionary, the partner's rules, the mappings and the samples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.model import Field, Node, TransactionSet
from crossdock.codecs.edi.narrowing import check_rules
from crossdock.codecs.edi.words import (
    agreements,
    codes_in_words,
    demand_in_words,
    key_of,
    kind_in_words,
    length_in_words,
    maximum_in_words,
    notes_in_words,
    use_of,
    use_of_field,
)
from crossdock.codecs.edifact.delimiters import Delimiters as EdifactMarks
from crossdock.codecs.edifact.sampling import sample_body as edifact_body
from crossdock.codecs.x12.delimiters import Delimiters as X12Marks
from crossdock.codecs.x12.sampling import sample_body as x12_body
from crossdock.ops.certification.scenarios import Scenario
from crossdock.ops.inspect import layouts
from crossdock.partner.choosing import Partner
from crossdock.partner.ids import X12, standard_of
from crossdock.route.load import LoadedProject
from crossdock.route.partners.standards import STANDARDS, standards_of
from crossdock.yaml_source.named_mapping import NamedMapping

_WORD = re.compile(r"\b[A-Z][A-Z0-9]{1,2}(?:[0-9]{2}){0,2}\b")
_LARGEST = 20_000  # characters of a sample that is printed
_LETTERS = 20  # ways from which on it is a letter that is chosen
_SAMPLES = 3  # of one set


@dataclass(frozen=True, slots=True)
class ElementRow:
    """An element or component at its place."""

    key: str
    name: str
    use: str
    kind: str
    length: str
    codes: str
    used: bool


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A place of a set. ``told``: somebody sends or reads it, or must, under this agreement."""

    path: str
    depth: int
    tag: str
    name: str
    use: str
    most: str
    used: bool
    told: bool
    elements: tuple[ElementRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """An example; ``made`` of the dictionary where nobody has given one."""

    name: str
    text: str
    made: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChapter:
    """One set in one direction. ``described`` is False where no dictionary has it."""

    number: str
    version: str
    name: str
    received: bool
    described: bool
    segments: tuple[SegmentRow, ...] = ()
    rules: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    within: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The whole guide."""

    partner: Partner
    ours: Mapping[str, tuple[str, ...]]
    theirs: Mapping[str, tuple[str, ...]]
    moment: str
    chapters: tuple[SetChapter, ...]
    scenarios: tuple[Scenario, ...]


def guide_of(project: LoadedProject, partner: Partner, scenarios: Sequence[Scenario], now: datetime) -> Guide:
    """The guide for a partner of a project."""
    roster, profile = project.partners.roster, partner.profile
    writer = _Writer(
        project.root, partner, {name: one.dictionary for name, one in standards_of(layouts(project.root)).items()}
    )
    return Guide(
        partner=partner,
        ours={name: tuple(map(str, roster.ours(profile, name))) for name in STANDARDS},
        theirs={name: tuple(map(str, profile.ids.addresses(name))) for name in STANDARDS},
        moment=f"{now:%Y-%m-%d}",
        chapters=tuple(writer.chapters()),
        scenarios=tuple(scenarios),
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    root: Path
    partner: Partner
    dictionaries: Mapping[str, Dictionary]

    def chapters(self) -> Iterator[SetChapter]:
        profile = self.partner.profile
        for number, receives, _ in profile.received():
            yield self._chapter(number, receives.version or "", receives.map, received=True)
        for number, sends, _ in profile.sent():
            within = sends.expect_ack.within if sends.expect_ack is not None else None
            yield self._chapter(number, sends.version, sends.map, received=False, within=within)

    def _chapter(
        self, number: str, version: str, mapping: NamedMapping | None, *, received: bool, within: float | None = None
    ) -> SetChapter:
        dictionary = self.dictionaries[standard_of(number)]
        newest = max((release for name, release in dictionary.known() if name == number), default="")
        standards = dictionary.find(number, version or newest)
        definition = self._narrowed(number, standards)
        plain = SetChapter(
            number=number,
            version=version or newest,
            name=dictionary.set_name(number),
            received=received,
            described=definition is not None,
            within=within,
        )
        if definition is None or standards is None:
            return plain
        used = self._used(mapping)
        return SetChapter(
            number=number,
            version=plain.version,
            name=plain.name,
            received=received,
            described=True,
            segments=tuple(_rows(definition.nodes, dictionary, used)),
            rules=tuple(self._rules(number, definition)),
            agreements=tuple(agreements(definition)),
            samples=tuple(self._samples(number, definition)),
            within=within,
        )

    def _narrowed(self, number: str, definition: TransactionSet | None) -> TransactionSet | None:
        rules = self.partner.profile.rules.get(number)
        if definition is None or not rules:
            return definition
        return check_rules(definition, rules, f"partner {self.partner.name}").definition

    def _rules(self, number: str, definition: TransactionSet) -> Iterator[str]:
        """The partner's rules in words: those with a qualifier as they are asked, the others as they are written."""
        told = [demand_in_words(one) for one in definition.demands]
        yield from told
        words = {"require": "{} is mandatory", "forbid": "{} is not used"}
        rules = self.partner.profile.rules.get(number, {})
        for kind, asked in rules.items():
            for path in asked if isinstance(asked, list) else ():
                said = words.get(kind, "{}").format(path)
                if said not in told:
                    yield said
            for path, value in asked.items() if isinstance(asked, dict) else ():
                shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
                what = {"max": "at most", "codes": "one of", "length": "length"}.get(kind, kind)
                if not any(one.startswith((f"{path}:", f"{path} ")) for one in told):
                    yield f"{path}: {what} {shown}"

    def _used(self, named: NamedMapping | None) -> frozenset[str]:
        """The segments and elements a mapping names; a name in it is a use, wherever it stands."""
        if named is None:
            return frozenset()
        found = ((self.root / "mappings").rglob(f"{named.mapping}.{ending}") for ending in ("yaml", "yml"))
        paths = [path for each in found for path in each]
        text = "\n".join(path.read_text(encoding="utf-8-sig") for path in paths[:1])
        return frozenset(_WORD.findall(text))

    def _samples(self, number: str, definition: TransactionSet) -> Iterator[Sample]:
        found = 0
        folder = self.root / "samples" / self.partner.name
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.suffix != ".json" and found < _SAMPLES:
                text = path.read_bytes()[:_LARGEST].decode("utf-8", "replace")
                if _holds(text, number):
                    found += 1
                    yield Sample(path.name, _in_lines(text, standard_of(number)))
        if not found:
            yield Sample("", _made(number, definition), made=True)


def _holds(text: str, number: str) -> bool:
    """Whether a sample has a transaction of the set."""
    opened = rf"ST.{number}\W" if standard_of(number) == X12 else rf"UNH.[^'\n]{{1,40}}?{number}\W"
    return re.search(opened, text) is not None


def _in_lines(text: str, standard: str) -> str:
    """A segment a line."""
    if "\n" in text.strip():
        return text.strip()
    end = text[105:106] if standard == X12 and text.startswith("ISA") else "'"
    return text.replace(end, f"{end}\n").strip() if end.strip() else text


def _choices() -> Callable[[int], int]:
    """Nothing that may be left out, and letters one after the other."""
    counted = count()
    return lambda ways: next(counted) % ways if ways > _LETTERS else ways - 1


def _made(number: str, definition: TransactionSet) -> str:
    """What is mandatory of a set, with values that mean nothing."""
    if standard_of(number) == X12:
        body = x12_body(definition, _choices(), X12Marks())
        lines = [f"ST*{number}*0001", *body, f"SE*{len(body) + 2}*0001"]
        return "\n".join(f"{line}~" for line in lines)
    body = edifact_body(definition, _choices(), EdifactMarks())
    release = definition.release
    lines = [f"UNH+1+{number}:{release[:1]}:{release[1:]}:UN", *body, f"UNT+{len(body) + 2}+1"]
    return "\n".join(f"{line}'" for line in lines)


@dataclass(frozen=True, slots=True)
class _Above:
    """The loop a place stands in. What a mapping does not name, it reads nothing of."""

    path: str = ""
    depth: int = 0
    named: bool = True
    told: bool = True


def _rows(
    nodes: Sequence[Node],
    dictionary: Dictionary,
    used: frozenset[str],
    above: _Above = _Above(),
) -> Iterator[SegmentRow]:
    for node in nodes:
        path = f"{above.path}.{node.name}" if above.path else node.name
        elements = tuple(_elements(node, used if above.named else frozenset()))
        named = above.named and (node.tag in used or node.name in used or any(one.used for one in elements))
        use = use_of(node)
        told = named or (above.told and use == "M")
        yield SegmentRow(
            path=path,
            depth=above.depth,
            tag=node.tag,
            name=dictionary.segment_name(node.tag),
            use=use,
            most=maximum_in_words(node.maximum),
            used=named,
            told=told,
            elements=elements,
            notes=tuple(notes_in_words(node.segment)),
        )
        yield from _rows(node.children, dictionary, used, _Above(path, above.depth + 1, named, told))


def _elements(node: Node, used: frozenset[str]) -> Iterator[ElementRow]:
    for position, field in enumerate(node.segment.fields, start=1):
        key = key_of(node.tag, position)
        yield _element(key, field, use_of_field(node.segment, position, field), used)
        for number, part in enumerate(field.parts, start=1):
            yield _element(key_of(node.tag, position, number), part, "M" if part.required else "O", used)


def _element(key: str, field: Field, use: str, used: frozenset[str]) -> ElementRow:
    element = field.element
    kind, length = ("composite", "") if field.parts else (kind_in_words(element), length_in_words(element))
    return ElementRow(key, element.name, use, kind, length, codes_in_words(element, 40), key in used)
