"""The tables compile, are consistent, and say what public guides say."""

from __future__ import annotations

import pytest

from crossdock.codecs.edi.model import Node, Note
from crossdock.codecs.edi.notation import read_elements, read_set, set_texts
from crossdock.codecs.x12.dictionary.library import find_set, known_sets, segments_of
from crossdock.codecs.x12.grammar import grammar_of

SETS = [
    "180",
    "204",
    "214",
    "810",
    "820",
    "824",
    "832",
    "846",
    "850",
    "852",
    "855",
    "856",
    "860",
    "864",
    "865",
    "940",
    "943",
    "944",
    "945",
    "947",
    "990",
    "997",
]


def test_every_set_is_described_at_two_releases_and_999_where_it_exists() -> None:
    both = [(number, release) for number in SETS for release in ("004010", "005010")]
    assert known_sets() == sorted([*both, ("999", "005010")])
    assert find_set("850", "004010VICS") is find_set("850", "004010")
    assert find_set("850", "003020") is None
    assert find_set("999", "004010") is None


GROUPS = {
    "180": "AN",
    "204": "SM",
    "214": "QM",
    "810": "IN",
    "820": "RA",
    "824": "AG",
    "832": "SC",
    "846": "IB",
    "850": "PO",
    "852": "PD",
    "855": "PR",
    "856": "SH",
    "860": "PC",
    "864": "TX",
    "865": "CA",
    "940": "OW",
    "943": "AR",
    "944": "RE",
    "945": "SW",
    "947": "AW",
    "990": "GF",
    "997": "FA",
    "999": "FA",
}


def test_every_set_travels_under_its_functional_identifier() -> None:
    assert {number: find_set(number, "005010").group for number in GROUPS} == GROUPS  # type: ignore[union-attr]  # described, see above


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


TA1 = [("I12", "N0", 9, 9), ("I08", "DT", 6, 6), ("I09", "TM", 4, 4), ("I17", "ID", 1, 1), ("I18", "ID", 3, 3)]


@pytest.mark.parametrize("release", ["004010", "005010"])
def test_ta1_is_described_though_it_belongs_to_no_set(release: str) -> None:
    fields = segments_of(release)["TA1"].fields
    assert [(f.element.number, f.element.kind, f.element.low, f.element.high) for f in fields] == TA1
    assert all(field.required for field in fields)


MARKED = "\nBEG M; MSG@<005010 5; MTX@005010 *; TD5 12 @005010: *; PER M 3 @005010: 2; LDT@005010 { QTY };\n"


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("004010", [("BEG", 1, True), ("MSG", 5, False), ("TD5", 12, False), ("PER", 3, True)]),
        (
            "005010",
            [("BEG", 1, True), ("MTX", 10**9, False), ("TD5", 10**9, False), ("PER", 2, False), ("LDT", 1, False)],
        ),
    ],
)
def test_a_place_may_be_there_or_wider_at_one_release_only(release: str, expected: list[tuple[str, int, bool]]) -> None:
    definition = read_set(f"999 {release} ZZ{MARKED}", segments_of(release))
    assert [(node.tag, node.maximum, node.required) for node in definition.nodes] == expected


def test_a_check_may_hold_at_one_release_only() -> None:
    text = "999 {} ZZ\nBEG M;\ncheck@<005010 CTT01 == count(PO1);\ncheck@005010 CTT01 == count(POC);"
    paths = [read_set(text.format(release), segments_of(release)).checks[0].path for release in ("004010", "005010")]
    assert paths == [("PO1",), ("POC",)]


def test_a_set_of_two_releases_is_written_once() -> None:
    table = "set 850 004010 005010 PO\nBEG M;\n\nset ORDERS D96A D01B\nBGM M;\n"
    assert [(number, release) for number, release, _ in set_texts(table)] == [
        ("850", "004010"),
        ("850", "005010"),
        ("ORDERS", "D96A"),
        ("ORDERS", "D01B"),
    ]
