"""Every fact of the tables is what at least two independent public sources say (provenance/README.md names them)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from crossdock.codecs.edi.model import Field, Node, Segment
from crossdock.codecs.edifact.dictionary.library import find_set, known_sets, segments_of

PROVENANCE = Path(__file__).parent / "provenance"
DIRECTORIES = ("D96A", "D01B")
SYNTAXES = ("D3", "41")


class Fact(NamedTuple):
    mark: str  # "" for what we hold, "but" for what a witness says otherwise, "wider" for what we take beyond it
    release: str
    kind: str
    name: str
    witnesses: str
    said: str


def facts(file: str, release: str) -> Iterator[Fact]:
    for line in (PROVENANCE / file).read_text("ascii").splitlines():
        words = line.split()
        if words[0] == "release":
            release = words[1]
            continue
        mark = words.pop(0) if words[0] in ("but", "wider") else ""
        yield Fact(mark, release, words[0], words[1], words[2], " ".join(words[3:]))


FACTS = [*facts("d96a.txt", "D96A"), *facts("d01b.txt", "D01B"), *facts("service.txt", "")]
WIDER = {(fact.release, fact.kind, fact.name): fact.said for fact in FACTS if fact.mark == "wider"}


def field_word(field: Field) -> str:
    repeats = f"^{field.most}" if field.repeats else ""
    return f"{field.element.number}{'!' if field.required else ''}{repeats}"


def words(fields: tuple[Field, ...]) -> str:
    return " ".join(map(field_word, fields))


def composites(release: str) -> dict[str, str]:
    return {
        field.element.number: words(field.parts)
        for segment in segments_of(release).values()
        for field in segment.fields
        if field.parts
    }


def simple_elements(release: str) -> dict[str, str]:
    fields = [field for segment in segments_of(release).values() for field in segment.fields]
    used = [one.element for field in fields for one in field.parts or (field,)]
    return {element.number: f"{element.kind} {element.low}/{element.high}" for element in used}


def notes(segment: Segment) -> str:
    return " ".join(note.kind + "".join(f"{position:02}" for position in note.positions) for note in segment.notes)


def message(nodes: tuple[Node, ...]) -> str:
    return " ".join(
        f"{node.tag}{'!' if node.required else ''}{node.maximum}"
        + (f"{{{message(node.children)}}}" if node.children else "")
        for node in nodes
    )


def ours(release: str) -> dict[tuple[str, str], str]:
    segments = segments_of(release)
    held = {("segment", tag): words(segment.fields) for tag, segment in segments.items() if segment.fields}
    held |= {("note", tag): notes(segment) for tag, segment in segments.items() if segment.notes}
    held |= {("composite", name): said for name, said in composites(release).items()}
    held |= {("element", name): said for name, said in simple_elements(release).items()}
    for name, at in known_sets():
        definition = find_set(name, at)
        if at == release and definition is not None:
            held["message", name] = message(definition.nodes)
    return held


@pytest.mark.parametrize("release", [*DIRECTORIES, *SYNTAXES])
def test_the_tables_say_what_the_witnesses_say(release: str) -> None:
    held = ours(release)
    for fact in FACTS:
        if fact.release == release and not fact.mark:
            expected = WIDER.get((release, fact.kind, fact.name), fact.said)
            assert held[fact.kind, fact.name] == expected, fact
            assert expected.startswith(fact.said)


@pytest.mark.parametrize("release", DIRECTORIES)
def test_every_fact_of_a_directory_has_two_witnesses(release: str) -> None:
    told = {(fact.kind, fact.name): fact.witnesses for fact in FACTS if fact.release == release and not fact.mark}
    missing = [key for key in ours(release) if key not in ours("D3") and len(set(told.get(key, ""))) < 2]
    assert missing == []


@pytest.mark.parametrize("release", SYNTAXES)
def test_every_service_segment_and_composite_has_a_witness(release: str) -> None:
    told = {(fact.kind, fact.name) for fact in FACTS if fact.release in ("D3", release)}
    missing = [key for key in ours(release) if key[0] in ("segment", "composite", "message") and key not in told]
    assert missing == []


def test_who_says_otherwise_is_outvoted_or_knows_no_repetitions() -> None:
    held = {(fact.release, fact.kind, fact.name): fact.witnesses for fact in FACTS if not fact.mark}
    for fact in FACTS:
        if fact.mark == "but":
            agreeing = held[fact.release, fact.kind, fact.name]
            assert len(agreeing) >= len(fact.witnesses), fact
