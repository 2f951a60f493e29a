"""Bad inputs, fixed width: a line that is not what the layout says stops the file, with line and column."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.codecs.contract import Codec, Part
from crossdock.errors import Finding, Reject, Severity
from crossdock.message import Inline

Refusal = Callable[[Codec, bytes], tuple[Finding, ...]]
Fixed = Callable[[str], Codec]

LAYOUT = """
width: 12
header:
  tag: HDR
  fields: {system: {width: 4, value: SHOP}}
record:
  tag: ORD
  fields:
    number: {width: 5, required: true}
  groups:
    lines:
      tag: LIN
      required: true
      fields:
        sku: 4
        quantity: {width: 5, decimals: 2}
trailer:
  tag: TRL
  fields:
    orders: {width: 2, count: records}
    lines: {width: 2, count: lines}
    quantity: {width: 5, sum: lines.quantity, decimals: 2}
"""

HDR = b"HDRSHOP     \n"
ORD = b"ORD4711     \n"
LIN = b"LINA   00150\n"
TRL = b"TRL010100150\n"

CASES: dict[str, tuple[bytes, list[tuple[str, int | None, int | None]]]] = {
    "short line": (HDR + ORD + b"LINA   0015\n" + TRL, [("F104", 3, 12)]),
    "short line where only spaces are missing": (HDR + b"ORD4711\n" + LIN + TRL, [("F104", 2, 8)]),
    "long line": (HDR + ORD + b"LINA   00150 \n" + TRL, [("F105", 3, 13)]),
    "unknown record": (HDR + ORD + LIN + b"XYZ         \n" + TRL, [("F106", 4, 1)]),
    "line before its order": (HDR + LIN + ORD + LIN + TRL, [("F107", 2, 1)]),
    "order without lines": (HDR + ORD + b"TRL010000000\n", [("F116", 2, None)]),
    "no header": (ORD + LIN + TRL, [("F108", 3, None)]),
    "header not first": (HDR + ORD + LIN + HDR + TRL, [("F107", 4, None)]),
    "no trailer": (HDR + ORD + LIN, [("F109", 3, None)]),
    "line behind the trailer": (HDR + ORD + LIN + TRL + ORD, [("F110", 5, None)]),
    "empty": (b"", [("F108", None, None), ("F109", None, None)]),
    "count of orders wrong": (HDR + ORD + LIN + b"TRL020100150\n", [("F115", 4, 4)]),
    "count of lines wrong": (HDR + ORD + LIN + b"TRL010200150\n", [("F115", 4, 6)]),
    "sum wrong": (HDR + ORD + LIN + b"TRL010100151\n", [("F115", 4, 8)]),
    "count blank": (HDR + ORD + LIN + b"TRL  0100150\n", [("F115", 4, 4)]),
    "letters in a number": (HDR + ORD + b"LINA   0O150\n" + TRL, [("F111", 3, 8)]),
    "digits of another script in a number": (
        HDR + ORD + "LINA   0\u0661150\n".encode() + TRL,
        [("F111", 3, 8)],
    ),
    "sign alone in a number": (HDR + ORD + b"LINA       -\n" + TRL, [("F111", 3, 8)]),
    "required field blank": (HDR + b"ORD         \n" + LIN + TRL, [("F113", 2, 4)]),
    "other constant": (b"HDRERP1     \n" + ORD + LIN + TRL, [("F114", 1, 4)]),
    "not UTF-8": (HDR + b"ORD47\xff1     \n" + LIN + TRL, [("F101", 2, 6)]),
    "NUL": (HDR + ORD + b"LIN\0   00150\n" + TRL, [("F102", 3, 4)]),
    "text behind 0x1A": (HDR + ORD + LIN + TRL + b"\x1a\nORD", [("F118", 6, 1)]),
    "0x1A inside a line": (HDR + ORD + b"LINA\x1a  00150\n" + TRL, [("F118", 3, 5)]),
    "every mistake": (
        HDR + b"ORD         \n" + b"LINA   0x150\n" + b"?\n" + TRL,
        [("F113", 2, 4), ("F111", 3, 8), ("F106", 4, 1)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_at_its_place(name: str, refusal: Refusal, fixed: Fixed) -> None:
    data, expected = CASES[name]
    told = [(one.code, one.place.line, one.place.column) for one in refusal(fixed(LAYOUT), data)]
    assert sorted(told, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("end", [b"", b"\x1a", b"\x1a\r\n", b"\n\n\x1a", b"\x1a\x1a"])
def test_0x1a_at_the_end_is_accepted(end: bytes, fixed: Fixed) -> None:
    (part,) = fixed(LAYOUT).read(Inline(HDR + ORD + LIN + TRL + end))
    assert isinstance(part, Part)


def test_crlf_and_lf_are_both_ends_of_lines(fixed: Fixed) -> None:
    lines = HDR + ORD + LIN + TRL
    (one,) = fixed(LAYOUT).read(Inline(lines))
    (two,) = fixed(LAYOUT).read(Inline(lines.replace(b"\n", b"\r\n")))
    assert isinstance(one, Part)
    assert isinstance(two, Part)
    assert one.document == two.document


def test_widths_count_characters_so_that_none_is_cut_at_an_edge(fixed: Fixed) -> None:
    layout = "record: {fields: {name: 3, rest: 2}}"
    (part,) = fixed(layout).read(Inline("äöüßx\n".encode()))
    assert isinstance(part, Part)
    assert part.document == {"name": "äöü", "rest": "ßx"}


def test_a_multi_byte_character_makes_a_line_of_bytes_too_short_and_is_told(refusal: Refusal, fixed: Fixed) -> None:
    (finding,) = refusal(fixed("record: {fields: {name: 3, rest: 2}}"), "äxyz\n".encode())
    assert (finding.code, finding.place.column) == ("F104", 5)


def test_20260230_is_not_a_day(refusal: Refusal, fixed: Fixed) -> None:
    (finding,) = refusal(fixed("record: {fields: {day: {width: 8, type: date}}}"), b"20260230\n")
    assert (finding.code, finding.message) == ("F112", "field 'day': '20260230' is not a day of the calendar")


def test_a_record_known_by_its_place_is_missed(refusal: Refusal, fixed: Fixed) -> None:
    layout = "record: {tag: A, groups: {address: {single: true, fields: {street: 5}}}}"
    (finding,) = refusal(fixed(layout), b"A\nA\nHome \n")
    assert (finding.code, finding.place.line) == ("F116", 1)


def test_a_second_single_record_is_refused(refusal: Refusal, fixed: Fixed) -> None:
    layout = "record: {tag: A, groups: {note: {tag: N, single: true, fields: {text: 2}}}}"
    (finding,) = refusal(fixed(layout), b"A\nNab\nNcd\n")
    assert (finding.code, finding.place.line) == ("F117", 3)


def test_an_empty_file_without_header_and_trailer_gives_no_records_and_says_so(fixed: Fixed) -> None:
    (note,) = fixed("record: {fields: {name: 3}}").read(Inline(b""))
    assert isinstance(note, Finding)
    assert (note.code, note.severity) == ("F130", Severity.NOTE)


def test_a_mistake_in_the_last_line_stops_the_first_record(fixed: Fixed) -> None:
    codec = fixed("record: {fields: {name: 1000}}")
    with pytest.raises(Reject) as caught:
        next(codec.read(Inline((b"x" * 1000 + b"\n") * 2000 + b"x\n")))
    assert caught.value.findings[0].place.line == 2001


def test_a_number_wider_than_any_precision_stays_exact(fixed: Fixed) -> None:
    (part,) = fixed("record: {fields: {n: {width: 60, decimals: 2}}}").read(Inline(b"1" * 60 + b"\n"))
    assert isinstance(part, Part)
    assert isinstance(part.document, dict)
    assert str(part.document["n"]) == "1" * 58 + ".11"
