"""The tables compile, are consistent, and say what public guides say."""

from __future__ import annotations

import pytest

from crossdock.codecs.edi.model import Node, Note
from crossdock.codecs.edi.notation import read_elements, read_set
from crossdock.codecs.x12.dictionary.library import find_set, known_sets, segments_of
from crossdock.codecs.x12.grammar import grammar_of


def test_850_is_described_at_two_releases() -> None:
    assert known_sets() == [("850", "004010"), ("850", "005010")]
    assert find_set("850", "004010VICS") is find_set("850", "004010")
    assert find_set("850", "003020") is None
    assert find_set("999", "005010") is None


@pytest.mark.parametrize(("number", "release"), known_sets())
def test_every_note_points_at_an_element_of_its_segment(number: str, release: str) -> None:
    for segment in segments_of(release).values():
        for note in segment.notes:
            assert max(note.positions) <= len(segment.fields), (segment.tag, note)
            assert note.kind in "PRECL"


@pytest.mark.parametrize(("number", "release"), known_sets())
def test_no_two_places_of_one_level_share_a_key(number: str, release: str) -> None:
    def check(nodes: tuple[Node, ...]) -> None:
        names = [node.name for node in nodes]
        assert len(set(names)) == len(names)
        for node in nodes:
            assert node.tag not in {child.name for child in node.children}
            check(node.children)

    definition = find_set(number, release)
    assert definition is not None
    check(definition.nodes)


@pytest.mark.parametrize(("number", "release"), known_sets())
def test_every_place_of_a_set_can_be_reached(number: str, release: str) -> None:
    grammar = grammar_of(number, release)
    assert grammar is not None
    seen, waiting = set(), [grammar.start]
    while waiting:
        state = waiting.pop()
        if id(state) in seen:
            continue
        seen.add(id(state))
        waiting += [move[1] for move in state.moves.values()]
        waiting += [move[1] for move, _ in state.gaps.values()]
    assert len(seen) == 1 + sum(1 for node in grammar.definition.nodes for _ in node.walk())


FACTS = [
    ("004010", "PO1", 2, "330", "R", 1, 15),
    ("005010", "PO1", 2, "380", "R", 1, 15),
    ("004010", "REF", 2, "127", "AN", 1, 30),
    ("005010", "REF", 2, "127", "AN", 1, 50),
    ("004010", "PER", 4, "364", "AN", 1, 80),
    ("005010", "PER", 4, "364", "AN", 1, 256),
    ("004010", "BEG", 5, "373", "DT", 8, 8),
    ("004010", "N1", 4, "67", "AN", 2, 80),
    ("004010", "SAC", 5, "610", "N2", 1, 15),
    ("004010", "CTT", 1, "354", "N0", 1, 6),
]


@pytest.mark.parametrize(("release", "tag", "position", "number", "kind", "low", "high"), FACTS)
def test_elements_are_those_of_the_standard(
    release: str, tag: str, position: int, number: str, kind: str, low: int, high: int
) -> None:
    element = segments_of(release)[tag].fields[position - 1].element
    assert (element.number, element.kind, element.low, element.high) == (number, kind, low, high)


def test_product_pairs_are_found_at_their_positions() -> None:
    assert segments_of("004010")["PO1"].pairs[:2] == ((6, 7), (8, 9))
    assert segments_of("004010")["LIN"].pairs[0] == (2, 3)
    assert segments_of("004010")["SLN"].pairs[0] == (9, 10)


@pytest.mark.parametrize(
    ("note", "present", "broken", "blamed"),
    [
        (Note("P", (1, 2)), (True, False), True, 2),
        (Note("P", (1, 2)), (True, True), False, 1),
        (Note("R", (1, 2)), (False, False, True), True, 1),
        (Note("E", (1, 2)), (True, True), True, 2),
        (Note("C", (2, 1)), (False, True), True, 1),
        (Note("C", (2, 1)), (True, False), False, 2),
        (Note("L", (1, 2, 3)), (True,), True, 2),
        (Note("L", (1, 2, 3)), (True, False, True), False, 2),
    ],
)
def test_syntax_notes(note: Note, present: tuple[bool, ...], broken: bool, blamed: int) -> None:  # noqa: FBT001 - a table's column
    assert note.broken(present) is broken
    if broken:
        assert note.absent(present) == blamed


def test_a_second_place_of_a_tag_at_one_level_gets_its_name_from_the_table() -> None:
    text = "999 004010 ZZ\nBEG M; AMT=AMT_head 2; PO1 M 5 { PID };\nAMT=AMT_sum;"
    definition = read_set(text, segments_of("004010"))
    assert [node.name for node in definition.nodes] == ["BEG", "AMT_head", "PO1", "AMT_sum"]


def test_a_mistake_in_a_table_is_told() -> None:
    with pytest.raises(ValueError, match="element not understood"):
        read_elements("1 XX 1-2 nonsense", "004010")
    with pytest.raises(ValueError, match="place not understood"):
        read_set("999 004010 ZZ\nBEG sometimes;", segments_of("004010"))
