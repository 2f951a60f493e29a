"""Bad inputs, CSV: what was meant cannot be known, so the file is refused at the place of the mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.codecs.contract import Codec, Part
from crossdock.codecs.csv import CsvCodec
from crossdock.codecs.csv.options import CsvOptions
from crossdock.errors import Finding, Reject, Severity
from crossdock.message import Inline

Refusal = Callable[[Codec, bytes], tuple[Finding, ...]]

TRAILER: dict[str, object] = {"trailer": {"starts": "TRL", "count": 2}}

# name: (options, payload, code, line, column) of each finding
CASES: dict[str, tuple[dict[str, object], bytes, list[tuple[str, int | None, int | None]]]] = {
    "semicolons": ({}, b"sku;qty\nA;1\n", [("S113", 1, 1)]),
    "tabs": ({}, b"sku\tqty\nA\t1\n", [("S113", 1, 1)]),
    "commas under semicolons": ({"delimiter": ";"}, b"sku,qty\nA,1\n", [("S113", 1, 1)]),
    "short row": ({}, b"sku,qty\nA,1\nB\n", [("S115", 3, None)]),
    "long row": ({}, b"sku,qty\nA,1,x\n", [("S116", 2, None)]),
    "every bad row": ({}, b"sku,qty\nA\nB,1\nC,1,2\n", [("S115", 2, None), ("S116", 4, None)]),
    "unterminated quote": ({}, b'sku,qty\nA,1\nB,"2\nC,3\n', [("S104", 3, 3)]),
    "unterminated quote behind a quoted line break": ({}, b'a,b\n"x\ny","2\nC,3\n', [("S104", 3, 4)]),
    "text behind a closing quote": ({}, b'sku,qty\n"A"x,1\n', [("S104", 2, 1)]),
    "quote that closes too late": ({}, b'a,b\n1,"2\n3,"4"\n', [("S104", 2, 3)]),
    "duplicate header": ({}, b"sku,qty,sku\nA,1,B\n", [("S111", 1, 9)]),
    "column without a name": ({}, b"sku,,qty\nA,1,B\n", [("S112", 1, 5)]),
    "NUL": ({}, b"sku,qty\nA,1\nB,\0\n", [("S102", 3, 3)]),
    "cp1252 in UTF-8": ({}, b"sku,name\nA,M\xfcller\n", [("S101", 2, 4)]),
    "UTF-16": ({}, "sku,qty\n".encode("utf-16"), [("S101", 1, 1)]),
    "cut inside a character": ({}, "sku,qty\nA,ä".encode()[:-1], [("S101", 2, 3)]),
    "CR inside a line": ({}, b"sku,qty\nA,1\rB,2\n", [("S106", 2, 7)]),
    "empty": ({}, b"", [("S110", 1, None)]),
    "only blank lines": ({}, b"\n\n", [("S110", 1, None)]),
    "trailer counts too many": (TRAILER, b"sku,qty\nA,1\nTRL,2\n", [("S122", 3, 5)]),
    "trailer counts too few": (TRAILER, b"sku,qty\nA,1\nB,1\nTRL,1\n", [("S122", 4, 5)]),
    "trailer without a count": (TRAILER, b"sku,qty\nA,1\nTRL\n", [("S123", 3, 1)]),
    "trailer with 5,000 digits": (TRAILER, b"sku,qty\nTRL," + b"9" * 5000 + b"\n", [("S122", 2, 5)]),
    "no trailer": (TRAILER, b"sku,qty\nA,1\n", [("S120", None, None)]),
    "row behind the trailer": (TRAILER, b"sku,qty\nTRL,0\nA,1\n", [("S121", 3, None)]),
    "two trailers": (TRAILER, b"sku,qty\nTRL,0\nTRL,0\n", [("S121", 3, None)]),
    "other columns than expected": (
        {"columns": ["sku", "qty"]},
        b"sku,quantity\nA,1\n",
        [("S114", 1, 5), ("S114", 1, None)],
    ),
    "mistakes before a byte that is no text": ({}, b"a,b\n1\n\xff", [("S115", 2, None), ("S101", 3, 1)]),
}


def codec(**options: object) -> CsvCodec:
    return CsvCodec(CsvOptions.model_validate(options))


def documents(made: CsvCodec, data: bytes) -> list[object]:
    return [part.document for part in made.read(Inline(data)) if isinstance(part, Part)]


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_at_its_place(name: str, refusal: Refusal) -> None:
    options, data, expected = CASES[name]
    told = [(one.code, one.place.line, one.place.column) for one in refusal(codec(**options), data)]
    assert told == expected


def test_a_byte_that_is_no_text_is_told_with_its_offset_and_never_replaced(refusal: Refusal) -> None:
    (finding,) = refusal(codec(), b"\xef\xbb\xbfsku,name\nA,M\xfcller\n")
    assert (finding.place.byte, finding.value) == (15, "fc")
    assert finding.hint == "if the sender writes Windows text, set 'encoding: cp1252'"


def test_the_hint_names_the_delimiter(refusal: Refusal) -> None:
    (finding,) = refusal(codec(), b"sku;qty\nA;1\n")
    assert finding.hint == "set 'delimiter: \";\"'"


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert documents(codec(), b"\xef\xbb\xbfsku,qty\n007,1\n") == [{"sku": "007", "qty": "1"}]


def test_a_line_break_in_quotes_stays() -> None:
    assert documents(codec(), b'a,b\r\n"x\r\ny",2\r\n') == [{"a": "x\r\ny", "b": "2"}]


def test_leading_zeros_and_what_looks_like_a_number_stay_text() -> None:
    assert documents(codec(), b"a,b\n00120,1E5\n") == [{"a": "00120", "b": "1E5"}]


def test_a_field_of_131073_characters_is_read() -> None:
    assert documents(codec(), b"a,b\n" + b"x" * 131_073 + b",1\n") == [{"a": "x" * 131_073, "b": "1"}]


def test_a_field_beyond_the_limit_is_told_with_its_place(refusal: Refusal) -> None:
    with pytest.raises(Reject) as caught:
        next(codec().read(Inline(b'a,b\n1,"' + b"x\n" * 2_200_000)))
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.line, finding.place.column) == ("S105", 2, 3)


def test_a_line_beyond_the_limit_is_refused() -> None:
    with pytest.raises(Reject) as caught:
        next(codec().read(Inline(b"a,b\n" + b"1," * 4_300_000)))
    assert (caught.value.code, caught.value.findings[0].place.line) == ("S103", 2)


def test_a_header_alone_gives_no_rows_and_says_so() -> None:
    (note,) = codec().read(Inline(b"sku,qty\n"))
    assert isinstance(note, Finding)
    assert (note.code, note.severity) == ("S130", Severity.NOTE)


def test_a_mistake_in_the_last_row_stops_the_first() -> None:
    with pytest.raises(Reject) as caught:
        next(codec().read(Inline(b"a,b\n" + (b"1," + b"x" * 1000 + b"\n") * 2000 + b"1\n")))
    assert caught.value.findings[0].place.line == 2002


def test_a_hundred_findings_are_enough(refusal: Refusal) -> None:
    assert len(refusal(codec(), b"a,b\n" + b"1\n" * 500)) == 100
