"""Bad inputs, JSON: refused with place and pointer, before the first item."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from crossdock.codecs.contract import Codec, Part
from crossdock.codecs.json import CODEC, JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.errors import Finding, Reject
from crossdock.message import Inline

Refusal = Callable[[Codec, bytes], tuple[Finding, ...]]

# name: (payload, code, line, column, byte, pointer) of each finding
CASES: dict[str, tuple[bytes, list[tuple[str, int, int, int, str | None]]]] = {
    "duplicate key": (b'{"a": 1,\n "a": 2}', [("J108", 2, 2, 10, "/a")]),
    "duplicate key deep inside": (b'[{"x": {"a": 1, "a": 1}}]', [("J108", 1, 17, 16, "/0/x/a")]),
    "NaN": (b'{"a": NaN}', [("J111", 1, 7, 6, "/a")]),
    "minus infinity": (b"[-Infinity]", [("J111", 1, 2, 1, "/0")]),
    "1e999": (b'{"a": 1e999}', [("J110", 1, 7, 6, "/a")]),
    "exponent beyond what any library holds": (b"[1e999999999999999999999]", [("J110", 1, 2, 1, "/0")]),
    "5,000-digit integer": (b"[" + b"9" * 5000 + b"]", [("J110", 1, 2, 1, "/0")]),
    "5,000-digit fraction": (b"[0." + b"9" * 5000 + b"]", [("J110", 1, 2, 1, "/0")]),
    "lone surrogate": (rb'{"a": "\ud800"}', [("J109", 1, 7, 6, "/a")]),
    "surrogates in the wrong order": (rb'["\udc00\ud800"]', [("J109", 1, 2, 1, "/0")]),
    "lone surrogate in a key": (rb'{"\udfff": 1}', [("J109", 1, 2, 1, None)]),
    "escaped NUL": (rb'["a\u0000"]', [("J109", 1, 2, 1, "/0")]),
    "NUL byte in a text": (b'["abc\0"]', [("J106", 1, 6, 5, "/0")]),
    "NUL byte behind the document": (b"[1234]\0", [("J107", 1, 7, 6, None)]),
    "control character in a text": (b'["a\nb"]', [("J106", 1, 4, 3, "/0")]),
    "trailing garbage": (b'{"a": 1} x', [("J107", 1, 10, 9, None)]),
    "two documents": (b"{}\n{}", [("J107", 2, 1, 3, None)]),
    "empty": (b"", [("J106", 1, 1, 0, None)]),
    "only white space": (b" \n ", [("J106", 2, 2, 3, None)]),
    "cut off": (b'{"a": [1, 2', [("J106", 1, 12, 11, "/a/1")]),
    "cut off in a text": (b'["abc', [("J106", 1, 2, 1, "/0")]),
    "trailing comma": (b"[1,]", [("J106", 1, 4, 3, "/1")]),
    "single quotes": (b"{'a': 1}", [("J106", 1, 2, 1, None)]),
    "leading zero": (b"[01]", [("J106", 1, 2, 1, "/0")]),
    "unknown escape": (rb'["\x41"]', [("J106", 1, 3, 2, "/0")]),
    "comment": (b"[1 /* one */]", [("J106", 1, 4, 3, "/0")]),
    "not UTF-8": (b'{"a": "M\xfcller"}', [("J102", 1, 9, 8, None)]),
    "overlong UTF-8": (b'["\xc0\xaf"]', [("J102", 1, 3, 2, None)]),
    "surrogate as UTF-8": (b'["\xed\xa0\x80"]', [("J102", 1, 3, 2, None)]),
    "several at once": (
        b'{"a": NaN, "b": 1e999, "b": 1}',
        [("J111", 1, 7, 6, "/a"), ("J110", 1, 17, 16, "/b"), ("J108", 1, 24, 23, "/b")],
    ),
    "a place behind a byte order mark and umlauts": (
        b'\xef\xbb\xbf{"\xc3\xa4": NaN}',
        [("J111", 1, 7, 10, "/ä")],
    ),
}


def codec(**options: object) -> JsonCodec:
    return JsonCodec(JsonOptions.model_validate(options))


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_at_its_place(name: str, refusal: Refusal) -> None:
    data, expected = CASES[name]
    told = [
        (one.code, one.place.line, one.place.column, one.place.byte, one.place.pointer)
        for one in refusal(codec(), data)
    ]
    assert told == expected


@pytest.mark.parametrize("depth", [201, 10_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_depth_is_refused_where_it_passes_the_limit(depth: int, opening: bytes, refusal: Refusal) -> None:
    (finding,) = refusal(codec(), opening * depth)
    assert finding.code == "J105"
    assert finding.place.byte == 200 * len(opening)


def test_depth_far_beyond_any_stack_is_refused() -> None:
    with pytest.raises(Reject) as caught:
        codec().whole(Inline(b"[" * 1_000_000))
    assert caught.value.code == "J105"


def test_the_limit_of_depth_itself_is_accepted() -> None:
    assert codec().whole(Inline(b"[" * 200 + b"]" * 200)).document is not None


def test_the_limit_of_depth_counts_from_the_root_for_items_too(refusal: Refusal) -> None:
    deep = b'{"a": {"b": [' + b"[" * 10 + b"]" * 10 + b"]}}"
    assert [one.code for one in refusal(codec(path="/a/b", max_depth=12), deep)] == ["J105"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_and_32_are_refused_by_name(encoding: str, refusal: Refusal) -> None:
    (finding,) = refusal(codec(), '{"a": 1}'.encode(encoding))
    assert (finding.code, finding.rule) == ("J103", "RFC 8259, 8.1")


def test_one_document_of_50_megabytes_is_refused_before_it_is_read(refusal: Refusal) -> None:
    class Huge:
        size = 50_000_001

        def chunks(self) -> None:
            raise AssertionError("must not be read")

    with pytest.raises(Reject) as caught:
        codec().whole(Huge())  # type: ignore[arg-type]  # reading it is what must not happen
    assert caught.value.code == "J101"


def test_a_byte_order_mark_is_accepted() -> None:
    assert codec().whole(Inline(b'\xef\xbb\xbf{"a": 0.1}')).document == {"a": Decimal("0.1")}


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert codec().whole(Inline(rb'["\ud83d\ude9a", "\\u0000 is text"]')).document == ["🚚", r"\u0000 is text"]


def test_a_mistake_in_the_last_item_stops_the_first(refusal: Refusal) -> None:
    data = b"[" + (b'{"a": "' + b"x" * 1000 + b'"},\n') * 2000 + b'{"a": 1e999}]'
    with pytest.raises(Reject) as caught:
        next(codec().read(Inline(data)))
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.line, finding.place.pointer) == ("J110", 2001, "/2000/a")


def test_a_hundred_findings_are_enough(refusal: Refusal) -> None:
    assert len(refusal(codec(), b"[" + b"NaN," * 500 + b"1]")) == 100


def test_a_path_that_leads_nowhere_is_refused(refusal: Refusal) -> None:
    (finding,) = refusal(codec(path="/data/orders"), b'{"data": {"order": []}}')
    assert (finding.code, finding.place.pointer) == ("J120", "/data/orders")


def test_an_object_where_the_path_promises_a_list_is_refused(refusal: Refusal) -> None:
    (finding,) = refusal(codec(path="/data"), b'{"data": {"order": []}}')
    assert (finding.code, finding.message) == ("J120", "at /data stands an object and no list")


def test_every_broken_line_of_json_lines_is_told(refusal: Refusal) -> None:
    findings = refusal(codec(lines=True), b'{"a": 1}\n{"a": }\n\n{"a": NaN}\n{"b": \xff}\n')
    places = [(one.code, one.place.line, one.place.column) for one in findings]
    assert places == [("J106", 2, 7), ("J111", 4, 7), ("J102", 5, 7)]


def test_every_byte_that_is_cut_off_is_noticed() -> None:
    data = b'{"a": [1.5, "x", {"b": null}]}'
    for end in range(len(data)):
        with pytest.raises(Reject):
            codec().whole(Inline(data[:end]))


def test_accepted_text_gives_parts_only_of_what_it_has() -> None:
    parts = [part for part in codec().read(Inline(b"[[], {}, null]")) if isinstance(part, Part)]
    assert [part.document for part in parts] == [[], {}, None]


def test_the_kind_opens_the_codec_without_resources() -> None:
    assert CODEC.shorthand == "path"
