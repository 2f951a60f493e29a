"""The tables compile, are consistent, and are found by what a UNH says."""

from __future__ import annotations

import pytest

from crossdock.codecs.edi.model import Node
from crossdock.codecs.edi.notation import read_set, release_order
from crossdock.codecs.edifact.dictionary.library import (
    find_set,
    known_sets,
    knows_set,
    segments_of,
    service_segments,
    version_key,
)
from crossdock.codecs.edifact.grammar import grammar_of

MESSAGES = [
    "APERAK",
    "DESADV",
    "INVOIC",
    "INVRPT",
    "ORDCHG",
    "ORDERS",
    "ORDRSP",
    "PRICAT",
    "RECADV",
    "REMADV",
    "SLSRPT",
]
KNOWN = known_sets()


def nodes_of(name: str, release: str) -> tuple[Node, ...]:
    definition = find_set(name, release)
    assert definition is not None
    return definition.nodes


def test_the_messages_of_two_directories_are_described() -> None:
    expected = [(name, "D96A") for name in MESSAGES] + [(name, "D01B") for name in [*MESSAGES, "RETANN"]]
    assert sorted(KNOWN) == sorted([*expected, ("CONTRL", "D3"), ("CONTRL", "41")])
    assert knows_set("ORDERS")
    assert not knows_set("IFTMIN")
    assert find_set("RETANN", "D96A") is None
    assert find_set("ORDERS", "D03A") is None


@pytest.mark.parametrize(("name", "release"), KNOWN)
def test_no_two_places_of_one_level_share_a_key(name: str, release: str) -> None:
    def check(nodes: tuple[Node, ...]) -> None:
        names = [node.name for node in nodes]
        assert len(set(names)) == len(names)
        for node in nodes:
            assert node.tag not in {child.name for child in node.children}
            check(node.children)

    check(nodes_of(name, release))


@pytest.mark.parametrize(("name", "release"), KNOWN)
def test_every_place_of_a_message_can_be_reached(name: str, release: str) -> None:
    grammar = grammar_of(name, release)
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


@pytest.mark.parametrize(("name", "release"), KNOWN)
def test_totals_lead_to_places_of_their_message(name: str, release: str) -> None:
    definition = find_set(name, release)
    assert definition is not None
    for balance in definition.balances:
        for path in ((balance.total,), *balance.paths):
            nodes = definition.nodes
            for step in path:
                (node,) = [node for node in nodes if node.name == step.name]
                nodes = node.children


@pytest.mark.parametrize("release", ["D96A", "D01B", "D3", "41"])
def test_every_note_points_at_an_element_of_its_segment(release: str) -> None:
    for segment in segments_of(release).values():
        for note in segment.notes:
            assert max(note.positions) <= len(segment.fields), (segment.tag, note)
            assert note.kind in "PRECL"


@pytest.mark.parametrize(
    ("said", "release"),
    [
        ("D:96A:UN", "D96A"),
        ("D:96A:UN:EAN008", "D96A"),
        ("D:01B:UN:EAN011", "D01B"),
        ("D:01B:EN:EAN003", "D01B"),
        ("d:01b", "D01B"),
        ("D96A:003", "D96A"),
        ("D:03A:UN", "D03A"),
        ("1:921:UN", "1921"),
    ],
)
def test_the_association_code_does_not_change_which_directory_is_meant(said: str, release: str) -> None:
    assert version_key(*said.split(":")) == release


@pytest.mark.parametrize(
    ("version", "release"), [("2:2", "D3"), ("D:3", "D3"), ("D:96A", "D3"), ("4:1", "41"), ("4:2", "41")]
)
def test_a_control_message_is_found_by_syntax_version(version: str, release: str) -> None:
    assert find_set("CONTRL", version_key(*version.split(":"))) is find_set("CONTRL", release)


def test_what_stands_after_the_section_control_is_told_from_its_like_before() -> None:
    names = [node.name for node in nodes_of("INVOIC", "D96A")]
    assert names.index("ALC") < names.index("LIN") < names.index("UNS") < names.index("ALC_sum")
    assert names[-3:] == ["MOA_sum", "TAX_sum", "ALC_sum"]


def test_a_message_travels_under_its_own_name_and_names_its_standard() -> None:
    definition = find_set("ORDERS", "D96A")
    assert definition is not None
    assert (definition.group, definition.rule) == ("ORDERS", "EDIFACT D96A")


FACTS = [
    ("D96A", "BGM02", "1004 AN 1/35"),
    ("D01B", "BGM0201", "1004 AN 1/35"),
    ("D96A", "DTM0102", "2380 AN 1/35"),
    ("D96A", "LIN01", "1082 N 1/6"),
    ("D01B", "LIN01", "1082 AN 1/6"),
    ("D96A", "QTY0102", "6060 N 1/15 M"),
    ("D01B", "QTY0102", "6060 AN 1/35 M"),
    ("D96A", "MOA0102", "5004 N 1/18"),
    ("D01B", "MOA0102", "5004 N 1/35"),
    ("D96A", "RFF0102", "1154 AN 1/35"),
    ("D01B", "RFF0102", "1154 AN 1/70"),
    ("D96A", "NAD0201", "3039 AN 1/35 M"),
    ("D01B", "FTX0401", "4440 AN 1/512 M"),
    ("D96A", "UNS01", "0081 A 1/1 M"),
]


@pytest.mark.parametrize(("release", "key", "fact"), FACTS)
def test_elements_stand_where_the_directory_puts_them(release: str, key: str, fact: str) -> None:
    field = segments_of(release)[key[:3]].fields[int(key[3:5]) - 1]
    field = field.parts[int(key[5:]) - 1] if key[5:] else field
    element = field.element
    told = f"{element.number} {element.kind} {element.low}/{element.high}{' M' if field.required else ''}"
    assert told == fact


def test_segments_that_came_later_are_not_in_the_older_directory() -> None:
    assert "HYN" in segments_of("D01B")
    assert "HYN" not in segments_of("D96A")


def test_what_may_repeat_is_taken_in_one_position_and_in_several() -> None:
    fields = segments_of("D01B")["COM"].fields
    assert (fields[0].required, fields[0].repeats, fields[0].most) == (True, True, 3)
    assert [field.required for field in fields] == [True, False, False]
    assert len(segments_of("D96A")["COM"].fields) == 1


def test_a_segment_no_message_uses_is_known_by_its_tag() -> None:
    assert segments_of("D96A")["BUS"].open
    assert segments_of("D96A")["BUS"].fields == ()
    assert "ZZZ" not in segments_of("D96A")


def test_a_repetition_is_bounded_where_the_syntax_bounds_it() -> None:
    references = service_segments("4")["UNO"].fields[1]
    assert (references.repeats, references.most, references.required) == (True, 99, True)


def test_service_segments_follow_the_syntax_version() -> None:
    assert service_segments("1") is service_segments("3")
    assert service_segments("3")["UNT"].fields[0].element.high == 6
    assert service_segments("4")["UNT"].fields[0].element.high == 10
    assert "UNO" not in service_segments("2")
    assert len(service_segments("4")["UNH"].fields) == 7


def test_a_response_to_a_message_or_a_package_names_exactly_one() -> None:
    response = service_segments("4")["UCM"]
    message, package, both, neither = (
        (True, True, True),
        (False, False, True, False, False, False, True, True),
        (True, True, True, False, False, False, True, True),
        (False, False, True),
    )
    broken = [
        [note.kind for note in response.notes if note.broken(there)] for there in (message, package, both, neither)
    ]
    assert broken == [[], [], ["E"], ["R"]]


def test_asking_for_segments_of_a_release_nobody_knows_keeps_nothing() -> None:
    assert segments_of("D77Z") is segments_of("D3")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("D96A", "D01B"), ("D96A", "D96B"), ("D99B", "D00A"), ("D3", "41"), ("004010", "005010"), ("", "D96A")],
)
def test_releases_are_in_order_of_their_years(earlier: str, later: str) -> None:
    assert release_order(earlier) < release_order(later)


def test_a_mistake_in_a_total_is_told() -> None:
    segments = segments_of("D96A")
    with pytest.raises(ValueError, match="check not understood"):
        read_set("ORDERS D96A\nBGM M;\ncheck CNT[2] is count(LIN);", segments)
    with pytest.raises(ValueError, match="path not understood"):
        read_set("ORDERS D96A\nBGM M;\ncheck CNT[2] == count(LIN[);", segments)


def test_names_are_ours_and_on_one_line() -> None:
    for release in ("D96A", "D01B", "D3", "41"):
        for segment in segments_of(release).values():
            for field in segment.fields:
                for one in (field, *field.parts):
                    name = one.element.name
                    assert name == name.strip()
                    assert 0 < len(name) <= 50
