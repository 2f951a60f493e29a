"""JSON of any size: items are read in flat memory, and no differently from a text that is held as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.codecs.conftest import Cut

from crossdock.codecs.contract import Part
from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.codecs.json.reader import items_at
from crossdock.codecs.json.stream import Window, streamed
from crossdock.codecs.judged import Faults
from crossdock.codecs.text_lines import LineCodes
from crossdock.errors import Finding, Reject
from crossdock.message import Document, Inline, Payload

CODES = LineCodes(undecodable="J102", nul="J112", too_long="J113", choice=False)


def by_stream(payload: Payload, **options: object) -> list[Part | Finding]:
    return list(streamed(payload, JsonOptions.model_validate(options), CODES))


def told(read: Callable[[], list[Part | Finding]]) -> object:
    """Documents with their places and payloads, or the findings of a refusal."""
    try:
        found = read()
    except Reject as reject:
        return [
            (one.code, one.place.line, one.place.column, one.place.byte, one.place.pointer) for one in reject.findings
        ]
    return [
        (one.position, one.document, one.raw(), one.place(""), one.place("/a")) if isinstance(one, Part) else one.code
        for one in found
    ]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "ü/~"]), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80)
@given(st.lists(VALUES, max_size=5), st.integers(1, 40), st.sampled_from([None, 1]))
def test_a_stream_gives_what_the_text_gives_however_it_is_cut(
    items: list[object], size: int, indent: int | None
) -> None:
    data = json.dumps(items, ensure_ascii=False, indent=indent).encode()
    whole = told(lambda: list(JsonCodec(JsonOptions()).read(Inline(data))))
    assert told(lambda: by_stream(Cut(data, size))) == whole


@settings(max_examples=80)
@given(st.text(st.sampled_from('{}[]",:0123eE.-\\u tn\nü'), max_size=14), st.integers(1, 5))
def test_a_stream_refuses_what_the_text_refuses(text: str, size: int) -> None:
    data = f"[{text}]".encode()
    whole = told(lambda: list(JsonCodec(JsonOptions()).read(Inline(data))))
    stream = told(lambda: by_stream(Cut(data, size)))
    assert refused(stream) == refused(whole)


@pytest.mark.parametrize("number", ["12.50", "1E0", "-0.5e-12", "12e+3", "0", "-7"])
@pytest.mark.parametrize("size", range(1, 8))
def test_a_number_that_a_piece_ends_in_is_whole(number: str, size: int) -> None:
    found = by_stream(Cut(f"[{number},{number}]".encode(), size))
    assert [one.document for one in found if isinstance(one, Part)] == [Decimal(number), Decimal(number)]


def refused(found: object) -> bool:
    return isinstance(found, list) and bool(found) and isinstance(found[0], tuple) and isinstance(found[0][0], str)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (b'{"data": {"orders": [{"a": 1}, {"a": 0.10}]}, "more": [1, 2]}', {"path": "/data/orders"}),
        (b'{"a": 7}', {}),
        (b"[]", {}),
        (b"\xef\xbb\xbf[1]", {}),
        (b'  [ {"a" : 1} , "\xf0\x9f\x9a\x9a" ]\n', {}),
        (b'{"x": 1}', {"path": "/orders"}),
        (b'{"orders": 5}', {"path": "/orders"}),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_stream_reads_as_the_text_does(data: bytes, options: dict[str, object], size: int) -> None:
    codec = JsonCodec(JsonOptions.model_validate(options))
    assert told(lambda: by_stream(Cut(data, size), **options)) == told(lambda: list(codec.read(Inline(data))))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_every_broken_item_is_told_with_line_byte_and_pointer(size: int) -> None:
    data = '[{"ü": 1},\n {"a": 1, "a": 2},\n {"a": {"b": NaN}},\n {"c": 1e999}, 5]'.encode()
    found = told(lambda: by_stream(Cut(data, size)))
    assert found == [
        ("J108", 2, 11, 22, "/1/a"),
        ("J111", 3, 14, 44, "/2/a/b"),
        ("J110", 4, 8, 58, "/3/c"),
    ]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_payload_that_is_cut_off_is_refused_where_it_ends(size: int) -> None:
    data = b'[{"a": 1},\n {"a": 2'
    assert told(lambda: by_stream(Cut(data, size))) == [("J106", 2, 9, 19, "/1/a")]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_byte_that_is_no_text_is_refused_with_its_offset(size: int) -> None:
    data = b'[{"a": 1},\n {"a": "\xff"}]'
    assert told(lambda: by_stream(Cut(data, size))) == [("J102", 2, 9, 19, None)]


def test_one_item_may_be_as_large_as_max_size_and_no_larger() -> None:
    data = b'["' + b"x" * 3000 + b'"]'
    assert len(by_stream(Inline(data), max_size=4000)) == 1
    found = told(lambda: by_stream(Cut(data, 100), max_size=1000))
    assert isinstance(found, list)
    assert found[0][0] == "J101"


@dataclass(frozen=True)
class Repeated:
    """An array of as many orders as it takes, never held."""

    count: int
    item: bytes = b'{"number": "4711", "total": 12.50, "lines": [{"sku": "A-1", "quantity": 10}, {"sku": "B-2"}]}'

    @property
    def size(self) -> int:
        return self.count * (len(self.item) + 2)

    def chunks(self) -> Iterator[bytes]:
        block = b",\n".join([self.item] * 1000)
        yield b"["
        for number in range(self.count // 1000):
            yield (b",\n" if number else b"") + block
        yield b"]"


def test_no_more_of_an_array_is_held_than_a_few_items() -> None:
    window = Window(Repeated(20_000), JsonOptions(), CODES, Faults())
    longest = max(len(window.text) for _ in items_at(window, []))
    assert longest < 4 * 1000 * len(Repeated(0).item)


def test_numbers_stay_exact_in_a_stream() -> None:
    (part,) = by_stream(Inline(b"[0.10000000000000000000000000001]"))
    assert isinstance(part, Part)
    assert part.document == Decimal("0.10000000000000000000000000001")


def test_a_document_is_never_a_float() -> None:
    documents: list[Document] = [one.document for one in by_stream(Inline(b"[1e2, 1.0]")) if isinstance(one, Part)]
    assert [type(one) for one in documents] == [Decimal, Decimal]
