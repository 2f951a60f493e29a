"""The json codec: what it reads, splits, writes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crossdock.codecs.contract import Part
from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.errors import Finding, Reject, Severity
from crossdock.message import Document, Inline, Payload

Cut = Callable[[bytes, int], Payload]


def codec(**options: object) -> JsonCodec:
    return JsonCodec(JsonOptions.model_validate(options))


def parts(made: JsonCodec, payload: Payload) -> list[Part]:
    return [part for part in made.read(payload) if isinstance(part, Part)]


def test_fractions_keep_every_digit_and_integers_stay_integers() -> None:
    document = (
        codec().whole(Inline(b'{"a": 0.1, "b": 12.50, "c": 7, "d": 1e2, "e": 123456789012345678901234567890}')).document
    )
    assert document == {
        "a": Decimal("0.1"),
        "b": Decimal("12.50"),
        "c": 7,
        "d": Decimal("1E+2"),
        "e": 123456789012345678901234567890,
    }
    assert isinstance(document, dict)
    assert str(document["b"]) == "12.50"


def test_the_items_of_the_list_are_the_parts() -> None:
    read = parts(codec(), Inline(b'[{"n": 1}, 2, [3]]'))
    assert [(part.position, part.document) for part in read] == [(1, {"n": 1}), (2, 2), (3, [3])]


def test_a_document_that_is_no_list_is_one_part() -> None:
    (part,) = parts(codec(), Inline(b'{"n": [1]}'))
    assert part.document == {"n": [1]}


def test_a_path_leads_to_the_list_through_objects_and_lists() -> None:
    data = b'{"meta": {"orders": 1}, "data": [null, {"or/ders": [1, 2]}], "z": []}'
    assert [part.document for part in parts(codec(path="/data/1/or~1ders"), Inline(data))] == [1, 2]


def test_an_empty_list_gives_no_parts_and_says_so() -> None:
    (note,) = codec().read(Inline(b"[]"))
    assert isinstance(note, Finding)
    assert (note.code, note.severity) == ("J130", Severity.NOTE)


@pytest.mark.parametrize(
    ("options", "data"),
    [
        ({}, b'[{"n": 1.50}, {"n": 2}]'),
        ({"path": "/a/0/b"}, b'{"a": [{"b": [{"n": 1}, {"n": 2}]}]}'),
        ({"lines": True}, b'{"n": 1}\n\n{"n": 2}'),
        ({}, b'{"n": 1}'),
    ],
)
def test_a_part_decodes_on_its_own_to_the_same_document(options: dict[str, object], data: bytes) -> None:
    made = codec(**options)
    for part in parts(made, Inline(data)):
        (alone,) = parts(made, Inline(part.raw()))
        assert alone.document == part.document


def test_a_place_is_line_and_column_in_the_payload() -> None:
    data = b'{"orders": [\n  {"n": 1},\n  {"n": 2,\n   "lines": [{"q": "x"}]}\n]}'
    second = parts(codec(path="/orders"), Inline(data))[1]
    assert second.place("/lines/0/q") is not None
    place = second.place("/lines/0/q")
    assert place is not None
    assert (place.line, place.column, place.pointer) == (4, 20, "/lines/0/q")
    assert second.place("/lines/1") is None
    assert second.place("/n/x") is None


def test_the_place_of_a_value_in_a_whole_document() -> None:
    place = codec().whole(Inline(b'{"a":\n [1,\n 2]}')).place("/a/1")
    assert place is not None
    assert (place.line, place.column) == (3, 2)


def test_json_lines_are_parts_with_their_places() -> None:
    first, second = parts(codec(lines=True), Inline(b'{"n": 1}\n\n{"n": 2}\n'))
    assert (first.document, second.document) == ({"n": 1}, {"n": 2})
    place = second.place("/n")
    assert place is not None
    assert (place.line, place.column) == (3, 7)
    whole = codec(lines=True).whole(Inline(b'{"n": 1}\n\n{"n": 2}\n'))
    assert whole.document == [{"n": 1}, {"n": 2}]
    assert whole.place("/1/n") == place


def test_one_document_is_written_as_it_is_and_several_as_a_list() -> None:
    assert b"".join(codec().write([{"n": Decimal("1.50")}])) == b'{"n":1.50}\n'
    assert b"".join(codec().write([1, 2])) == b"[\n1,\n2\n]\n"
    assert b"".join(codec(array=True).write([1])) == b"[\n1\n]\n"
    assert b"".join(codec().write([])) == b"[\n]\n"
    assert b"".join(codec(lines=True).write([{"n": 1}, 2])) == b'{"n":1}\n2\n'
    assert b"".join(codec(path="/a/b").write([1])) == b'{"a":{"b":[\n1\n]}}\n'


def test_indent_is_for_people() -> None:
    assert b"".join(codec(indent=2).write([{"n": Decimal("1.50")}])) == b'{\n  "n": 1.50\n}\n'


def test_the_content_type_tells_lines_from_a_document() -> None:
    assert (codec().content_type, codec(lines=True).content_type) == ("application/json", "application/x-ndjson")


@pytest.mark.parametrize(
    "options", [{"path": "orders"}, {"lines": True, "indent": 2}, {"lines": True, "path": "/a"}, {"pth": "/a"}]
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        JsonOptions.model_validate(options)


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
# a decimal without fraction and exponent is an integer to every reader
SCALARS: st.SearchStrategy[Document] = (
    st.none()
    | st.booleans()
    | st.integers()
    | DECIMALS.filter(lambda number: "." in str(number) or "E" in str(number))
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
DOCUMENTS: st.SearchStrategy[Document] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


@settings(max_examples=60)
@given(
    st.lists(DOCUMENTS, max_size=4),
    st.sampled_from([{"array": True}, {"lines": True}, {"path": "/a/b~1c"}, {"array": True, "indent": 3}]),
    st.integers(1, 40),
)
def test_what_is_written_is_read_again_however_it_is_cut(
    cut: Cut, documents: list[Document], options: dict[str, object], piece: int
) -> None:
    made = codec(**options)
    data = b"".join(made.write(documents))
    assert [part.document for part in parts(made, cut(data, piece))] == documents


@settings(max_examples=150)
@given(st.text(st.sampled_from('{}[]",:0123eE.-\\u tn'), max_size=12))
def test_a_refusal_always_says_where(text: str) -> None:
    refused: tuple[Finding, ...] = ()
    try:
        codec().whole(Inline(text.encode()))
    except Reject as reject:
        refused = reject.findings
    assert all(finding.place.line is not None for finding in refused)
