"""Rows that come again inside one record (OCCURS): read, written, counted, and refused where the count is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crossdock.codecs.fixed import FixedCodec
from crossdock.codecs.fixed.making import make_layout
from crossdock.codecs.fixed.usual import usual_lines
from crossdock.errors import ConfigError, Reject
from crossdock.mapping.shapes.shape import Listed
from crossdock.message import Document, Inline
from crossdock.route.documents.fixed import shape_of_layout
from crossdock.yaml_source import load

FIXED = "record:\n  fields:\n    number: 4\n    lines: {occurs: 3, fields: {sku: 2, quantity: {width: 3, type: int}}}\n    end: 1\n"
COUNTED = (
    "encoding: cp037\nrecfm: %s\nrecord:\n  fields:\n    number: 4\n    line_count: {type: zoned, digits: 2, signed: false}\n    lines:\n"
    "      occurs: {from: 1, to: 3, by: line_count}\n      fields: {sku: 2, quantity: 'packed(3)'}\n"
)
VARIABLE, WHOLE = COUNTED % "V", COUNTED % "F\nwidth: 18"
TWO: Document = {"number": "A1", "lines": [{"sku": "X", "quantity": 5}, {"sku": "Y", "quantity": 7}]}


def _codec(text: str) -> FixedCodec:
    layout = make_layout(load(text.encode(), "layout.yaml"))
    return FixedCodec(layout, usual_lines(layout))


def _written(text: str, document: Document) -> bytes:
    return b"".join(_codec(text).write([document]))


def _read(text: str, data: bytes) -> Document:
    return _codec(text).whole(Inline(data)).document


def _codes(refused: pytest.ExceptionInfo[Reject]) -> list[str]:
    return [one.code for one in refused.value.findings]


def _word(data: bytes) -> bytes:
    return (len(data) + 4).to_bytes(2, "big") + b"\0\0" + data


def test_rows_stand_side_by_side_and_those_that_are_not_used_are_spaces() -> None:
    data = _written(FIXED, {**TWO, "end": "!"})  # type: ignore[dict-item]
    assert data == b"A1  X 005Y 007     !\n"
    assert _read(FIXED, data) == [{**TWO, "end": "!"}]  # type: ignore[dict-item]


@pytest.mark.parametrize("rest", [b"     ", b"  000", b"\0\0\0\0\0"])
def test_without_a_count_rows_that_hold_nothing_at_the_end_are_none(rest: bytes) -> None:
    if b"\0" in rest:
        width = FIXED.replace("record:", "encoding: latin-1\nrecfm: F\nwidth: 20\nrecord:", 1)
        assert _read(width, b"A1  X 005Y 007" + rest + b"!") == [{**TWO, "end": "!"}]  # type: ignore[dict-item]
        return
    assert _read(FIXED, b"A1  X 005Y 007" + rest + b"!\n") == [{**TWO, "end": "!"}]  # type: ignore[dict-item]


def test_a_row_of_nothing_between_others_stays_where_it_is() -> None:
    rows: Document = [{"sku": "X", "quantity": 5}, {"sku": None, "quantity": None}, {"sku": "Z", "quantity": 1}]
    assert _read(FIXED, b"A1  X 005     Z 001!\n") == [{"number": "A1", "lines": rows, "end": "!"}]


@pytest.mark.parametrize("layout", [VARIABLE, WHOLE])
def test_a_counted_table_comes_back_and_the_count_is_the_layouts_business(layout: str) -> None:
    assert _read(layout, _written(layout, TWO)) == [TWO]


def test_a_variable_record_ends_behind_its_last_row_and_one_of_a_length_has_zeros() -> None:
    used = "A1  02X ".encode("cp037") + b"\x00\x5c" + "Y ".encode("cp037") + b"\x00\x7c"
    assert _written(VARIABLE, TWO) == _word(used)
    assert _written(WHOLE, TWO) == used + "  ".encode("cp037") + b"\x00\x0c"


def test_what_stands_in_rows_that_are_not_counted_is_nobodys_business() -> None:
    data = bytearray(_written(WHOLE, TWO))
    data[-2:] = b"\xff\xff"
    assert _read(WHOLE, bytes(data)) == [TWO]


@pytest.mark.parametrize("count", ["00", "04", "99", "  ", "-1"])
def test_a_count_out_of_range_is_told_at_its_table(count: str) -> None:
    data = _written(WHOLE, TWO).replace("02".encode("cp037"), count.encode("cp037"))
    with pytest.raises(Reject) as refused:
        _read(WHOLE, data)
    assert "K681" in _codes(refused)
    (finding,) = [one for one in refused.value.findings if one.code == "K681"]
    assert finding.place is not None
    assert (finding.place.line, finding.place.element) == (1, "lines")


def test_a_record_that_ends_before_its_count_is_told() -> None:
    cut = "A1  03X ".encode("cp037") + b"\x00\x5c" + "Y".encode("cp037")
    with pytest.raises(Reject) as refused:
        _read(VARIABLE, _word(cut))
    assert _codes(refused) == ["K681"]


@pytest.mark.parametrize(
    "lines",
    [[], [{"sku": "X", "quantity": 1}] * 4, {"sku": "X"}, "X", [7], [None, {}], None],
)
def test_rows_that_cannot_be_written_are_refused(lines: Document) -> None:
    with pytest.raises(Reject) as refused:
        _written(WHOLE, {"number": "A1", "lines": lines})
    assert "K682" in _codes(refused)


def test_a_value_that_does_not_fit_is_told_by_its_row() -> None:
    with pytest.raises(Reject) as refused:
        _written(FIXED, {"number": "A", "lines": [{"sku": "X"}, {"sku": "TOO LONG", "size": 1}], "end": "!"})
    assert {one.place.pointer for one in refused.value.findings} == {"/lines/1/sku", "/lines/1"}


def test_a_value_of_a_row_is_found_again() -> None:
    place = _codec(FIXED).whole(Inline(b"A1  X 005Y 007     !\n")).place("/0/lines/1/quantity")
    assert place is not None
    assert (place.line, place.column, place.length) == (1, 12, 3)


def test_mappings_see_a_list_of_rows() -> None:
    shape = shape_of_layout("orders", load(WHOLE.encode(), "orders.yaml"))
    assert set(shape.fields) == {"number", "lines"}
    rows = shape.fields["lines"].shape
    assert isinstance(rows, Listed)


@pytest.mark.parametrize(
    ("occurs", "code"),
    [
        ("0", "F301"),
        ("5001", "F301"),
        ("{to: 3, by: number}", "K680"),
        ("{to: 3, by: nobody}", "K680"),
        ("{from: 4, to: 3}", "K680"),
        ("{to: three}", "F301"),
        ("[3]", "F301"),
        ("{from: 1}", "F301"),
    ],
)
def test_a_table_that_makes_no_sense_is_told_where_it_stands(occurs: str, code: str) -> None:
    text = f"record:\n  fields:\n    number: 4\n    lines: {{occurs: {occurs}, fields: {{sku: 2}}}}\n"
    with pytest.raises(ConfigError) as refused:
        make_layout(load(text.encode(), "layout.yaml"))
    assert [one.code for one in refused.value.findings] == [code]
    assert all(one.place.line == 4 for one in refused.value.findings)


def test_a_table_may_not_grow_without_bound() -> None:
    fields = ", ".join(f"f{number}: 1" for number in range(5))
    text = f"record:\n  fields:\n    lines: {{occurs: 5000, fields: {{{fields}}}}}\n"
    with pytest.raises(ConfigError) as refused:
        make_layout(load(text.encode(), "layout.yaml"))
    assert refused.value.findings[0].code == "K680"


def test_decimals_of_rows_are_exact() -> None:
    text = "record:\n  fields:\n    lines: {occurs: 2, fields: {price: {width: 6, decimals: 2}}}\n"
    assert _read(text, b"000455000010\n") == [{"lines": [{"price": Decimal("4.55")}, {"price": Decimal("0.10")}]}]
