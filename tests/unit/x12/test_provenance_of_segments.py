"""Our segments and elements are those that public sources tell, and never narrower."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.unit.x12.provenance_facts import Width, differences, told_lines, widths

from crossdock.codecs.edi.model import Element, Field
from crossdock.codecs.edi.notation import read_elements
from crossdock.codecs.x12.dictionary.elements import ELEMENTS
from crossdock.codecs.x12.dictionary.library import segments_of

RELEASES = ("004010", "005010")
NUMERIC = "NR"


def narrower(ours: Element, low: int, high: int) -> bool:
    return ours.low > low or ours.high < high


def against(fields: tuple[Field, ...], told: tuple[Width, ...], place: str) -> Iterator[str]:
    if len(fields) < len(told):
        yield f"{place} length"
    for position, (field, width) in enumerate(zip(fields, told, strict=False), start=1):
        here = f"{place}{position:02}"
        if field.required and not width.required:
            yield f"{here} mandatory"
        if bool(field.parts) != bool(width.parts):
            yield f"{here} composite"
        elif field.parts:
            yield from against(field.parts, width.parts, here)
        elif narrower(field.element, width.low, width.high):
            yield f"{here} length"
        elif (field.element.kind[0] in NUMERIC) != (width.kind[:1] in tuple(NUMERIC)):
            yield f"{here} type"


def test_requirement_length_and_type_are_those_of_the_bots_grammars() -> None:
    found: set[str] = set()
    for release in RELEASES:
        ours = segments_of(release)
        for tag, text in told_lines("segments-bots-grammars.txt", release).items():
            segment = ours[tag]
            if not segment.open:
                found.update(f"{item} @{release}" for item in against(segment.fields, widths(text), tag))
    assert found == differences("bots-grammars-segments")


def test_number_type_and_length_are_those_of_mock_edi() -> None:
    found: set[str] = set()
    ours = segments_of("004010")
    for tag, text in told_lines("segments-mock-edi.txt", "004010").items():
        for position, word in enumerate(re.sub(r"!?\( [^)]* \)", "()", text).split(), start=1):
            match = re.fullmatch(r"(\w+)!?:(AN|ID|R|DT|TM|B|N\d)(\d+)/(\d+)", word)
            if match is None:
                continue  # a composite: its components are told by the other sources
            fields = ours[tag].fields
            if len(fields) < position:
                found.add(f"{tag}{position:02} {word}")
                continue
            element = fields[position - 1].element
            number, kind, low, high = match.groups()
            if (element.number, element.kind) != (number, kind) or narrower(element, int(low), int(high)):
                found.add(f"{tag}{position:02} {word}")
    assert found == differences("mock-edi-segments")


def test_elements_and_notes_are_those_of_ediengine() -> None:
    """Ours demand no note that it does not know."""
    found: set[str] = set()
    ours = segments_of("004010")
    for tag, text in told_lines("segments-ediengine.txt", "004010").items():
        positions, _, notes = text.partition("|")
        words = re.sub(r"\(([^()]*)\)\*(\d+)", lambda match: " ".join([match[1]] * int(match[2])), positions).split()
        told = [word.rstrip("!^") for word in words]
        numbers = [field.element.number for field in ours[tag].fields]
        if numbers[: len(told)] != told:
            found.add(f"{tag} elements")
        spread = re.sub(r"P(\d+)-(\d+)", _pairs, notes).split()
        known = {_sorted(note) for note in spread}
        mine = [f"{note.kind}{''.join(f'{n:02}' for n in note.positions)}" for note in ours[tag].notes]
        found.update(f"{tag} {note}" for note in mine if _sorted(note) not in known)
    assert found == differences("ediengine-segments")


def _sorted(note: str) -> str:
    """The same for notes that say the same: the order of positions matters to C and L alone, and there the first."""
    positions = [note[n : n + 2] for n in range(1, len(note), 2)]
    kept = 1 if note[0] in "CL" else 0
    return note[0] + "".join(positions[:kept] + sorted(positions[kept:]))


def _pairs(match: re.Match[str]) -> str:
    return " ".join(f"P{n:02}{n + 1:02}" for n in range(int(match[1]), int(match[2]), 2))


def test_elements_are_those_of_pyx12() -> None:
    """It has one list for both releases, so the later one is compared."""
    ours = read_elements(ELEMENTS, "005010")
    found: set[str] = set()
    for number, text in told_lines("elements-pyx12.txt", "005010").items():
        kind, _, lengths = text.partition(" ")
        low, high = map(int, lengths.split("/"))
        if ours[number].kind[0] != kind[0] or narrower(ours[number], low, high):
            found.add(f"{number} {text}")
    assert found == differences("pyx12-elements")
