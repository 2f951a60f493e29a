"""From a JSON pointer back to the payload, and the view a person gets."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

from typing import Any

import pytest

from crossdock.codecs.x12.caret import caret_view
from crossdock.errors import Finding, Place

POINTERS = [
    ("/BEG/BEG03", 2, b"PO1**"),
    ("/N1/0/N4/0/N401", 5, b"MEMPHIS"),
    ("/PO1/0/PO107", 6, b"SKU1"),
    ("/PO1/0/PID/0/PID05", 7, b"HEX BOLT"),
    ("/CTT/CTT01", 8, b"1~SE"),
    ("/PO1/0", 6, b"PO1*1"),
]


@pytest.mark.parametrize(("pointer", "segment", "text"), POINTERS, ids=[row[0] for row in POINTERS])
def test_a_pointer_is_found_in_the_payload(bench: Any, pointer: str, segment: int, text: bytes) -> None:
    data = b"\r\n" + bench.wrap(bench.order)
    place = bench.read(data).part.place(pointer)
    assert place.segment == segment
    assert place.pointer == pointer
    assert data[place.byte :].startswith(text)


def test_the_second_transaction_counts_bytes_from_the_beginning_of_the_payload(bench: Any) -> None:
    data = bench.wrap(bench.order, bench.order, end="~\r\n")
    place = bench.read(data).parts[1].place("/PO1/0/PO102")
    assert data[place.byte :].startswith(b"10*EA")
    assert place.byte > data.index(b"ST*850*0002")


def test_a_pointer_to_what_no_byte_stands_for_is_nowhere(bench: Any) -> None:
    part = bench.read(bench.wrap(bench.order)).part
    assert part.place("/_env/separators") is None
    assert part.place("/SCH/0") is None


def test_a_pointer_is_found_without_dictionary_too(bench: Any) -> None:
    data = bench.wrap(["BSN*00*S1", "HL*1**S", "TD5*B*2*UPSN", "HL*2*1*O", "PRF*PO1"], number="861", group="RC")
    place = bench.read(data).part.place("/HL/1/PRF/0/PRF01")
    assert data[place.byte :].startswith(b"PO1~")


def test_the_caret_view_shows_the_value_in_its_segment(bench: Any) -> None:
    view = caret_view(bench.read_order(("PO1*1*10*EA", "PO1*1*1O*EA")).part)
    assert view.splitlines() == [
        'Segment 6, byte 241: PO1 line 1, quantity (PO102) is "1O": not a number',
        "    PO1*1*1O*EA*12.5**VP*SKU1~",
        "          ^^",
        "Rule of X12 004010; AK304 8, AK403 6.",
    ]


def test_the_caret_view_marks_the_tag_for_a_whole_segment(bench: Any) -> None:
    lines = caret_view(bench.read_order(("CTT*1", "ZZZ*1\nCTT*1")).part).splitlines()
    assert lines[1:3] == ["    ZZZ*1~", "    ^^^"]


def test_the_caret_view_cuts_long_segments_and_hides_control_characters(bench: Any) -> None:
    part = bench.read_order(("HEX BOLT", "A" * 400 + "\x07"), ("PID*F", "PID*Q")).part
    view = caret_view(part)
    assert "\x07" not in view
    assert all(len(line) < 180 for line in view.splitlines())


def test_a_finding_without_segment_is_shown_as_its_message(bench: Any) -> None:
    part = bench.read(bench.wrap(bench.order)).part
    said = Finding(code="V1", message="price is missing", place=Place(pointer="/price"))
    assert caret_view(part, [said]) == "price is missing"
