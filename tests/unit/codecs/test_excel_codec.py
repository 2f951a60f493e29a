"""The excel codec: cells to documents of their own kind, and back."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from crossdock.codecs.contract import Part
from crossdock.codecs.excel import ExcelCodec, sniff
from crossdock.codecs.excel.options import ExcelOptions, cell, letters_of, number_of
from crossdock.errors import Finding, Reject
from crossdock.message import Document, Inline

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def codec(**options: object) -> ExcelCodec:
    return ExcelCodec(ExcelOptions.model_validate(options))


def write(documents: list[Document], **options: object) -> bytes:
    return b"".join(codec(**options).write(documents))


def documents(data: bytes, **options: object) -> list[Document]:
    return [part.document for part in codec(**options).read(Inline(data)) if isinstance(part, Part)]


def with_sheet(xml: str, extra: dict[str, str] | None = None, **options: object) -> bytes:
    """A workbook whose sheet is this XML."""
    made = io.BytesIO()
    written = write([{"a": 1}], **options)
    with zipfile.ZipFile(io.BytesIO(written)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = xml if name == "xl/worksheets/sheet1.xml" else old.read(name).decode()
            new.writestr(name, (extra or {}).get(name, text))
    return made.getvalue()


def sheet(rows: str, behind: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{behind}</worksheet>'


ROW: dict[str, Document] = {
    "sku": "00471",
    "price": Decimal("12.5"),
    "pack": 7,
    "live": True,
    "from": "2026-11-20",
    "at": "2026-11-20T10:30:15",
    "text": "=1+1 <&> _x0041_ \n",
    "none": None,
}


def test_every_kind_of_value_is_written_and_read_again() -> None:
    assert documents(write([ROW], dates=["from", "at"])) == [ROW]


def test_a_date_that_is_written_is_a_date_for_excel() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(write([ROW], dates=["from"])))
    assert [str(value) for value in book.get_sheet_by_index(0).to_python()[1][4:6]] == [
        "2026-11-20",
        "2026-11-20T10:30:15",
    ]


def test_the_same_documents_make_the_same_bytes() -> None:
    assert write([ROW]) == write([ROW])


def test_a_number_in_a_column_of_texts_is_a_text() -> None:
    assert documents(write([{"sku": 4711, "b": Decimal("0.10")}]), text=["sku", "b"]) == [{"sku": "4711", "b": "0.1"}]


def test_a_formula_is_its_last_value_and_an_error_is_a_finding_with_its_cell() -> None:
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>n</t></is></c></row>'
    good = with_sheet(sheet(f'{head}<row r="2"><c r="A2"><f>1+1.1</f><v>2.1</v></c></row>'))
    assert documents(good) == [{"n": Decimal("2.1")}]
    bad = with_sheet(sheet(f'{head}<row r="2"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'))
    with pytest.raises(Reject) as caught:
        documents(bad)
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.element, finding.place.pointer) == ("C443", "Sheet1!A2", "/n")


def test_a_merged_range_has_its_value_in_the_first_cell_or_everywhere() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c></row>'
    )
    data = with_sheet(sheet(rows, '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'))
    assert documents(data) == [{"a": 1, "b": 2}, {"a": None, "b": 3}]
    assert documents(data, fill_merged=True) == [{"a": 1, "b": 2}, {"a": 1, "b": 3}]


def test_a_sheet_is_found_by_name_or_number_and_a_hidden_one_is_not_the_default() -> None:
    data = write([{"a": 1}], sheet=2)
    assert documents(data, sheet=2) == [{"a": 1}]
    assert documents(data, sheet="Sheet1") == [{"a": 1}]
    hidden = write([{"a": 1}], sheet=2)
    with zipfile.ZipFile(io.BytesIO(hidden)) as old:
        book = old.read("xl/workbook.xml").decode().replace('name="Empty1"', 'name="Empty1" state="hidden"')
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(hidden)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, book if name == "xl/workbook.xml" else old.read(name))
    assert documents(made.getvalue()) == [{"a": 1}]


@pytest.mark.parametrize("name", ["Prices", 3])
def test_a_sheet_that_is_not_there_is_told_with_those_that_are(name: object) -> None:
    with pytest.raises(Reject) as caught:
        documents(write([{"a": 1}]), sheet=name)
    assert (caught.value.code, caught.value.findings[0].hint) == ("C444", "it has: Sheet1")


def test_a_table_stands_where_the_range_says() -> None:
    data = write([{"a": 1, "b": 2}, {"a": 3, "b": 4}, {"a": 5, "b": 6}], range="C5:D")
    assert documents(data, range="C5:D6") == [{"a": 1, "b": 2}]
    assert documents(data, range="D5:D") == [{"b": 2}, {"b": 4}, {"b": 6}]
    assert documents(data) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}, {"a": 5, "b": 6}]


@pytest.mark.parametrize(
    ("columns", "told"),
    [(["a"], "column 'b' is not expected"), (["a", "b", "c"], "column 'c' is missing")],
)
def test_a_header_that_is_not_as_expected_is_told(columns: list[str], told: str) -> None:
    with pytest.raises(Reject) as caught:
        documents(write([{"a": 1, "b": 2}]), columns=columns)
    assert [(one.code, one.message) for one in caught.value.findings] == [("C445", told)]


def test_a_sheet_with_a_header_alone_has_no_rows_and_says_so() -> None:
    (finding,) = codec().read(Inline(write([], columns=["a"])))
    assert isinstance(finding, Finding)
    assert finding.code == "C448"


@pytest.mark.parametrize(
    "value",
    [Decimal("1234567890.1234567"), 10**16 + 1, Decimal("1e301"), Decimal("NaN"), "x" * 40_000, "\x01", [1], {"a": 1}],
)
def test_what_a_cell_cannot_hold_is_a_finding(value: Document) -> None:
    with pytest.raises(Reject) as caught:
        write([{"a": value}])
    assert [(one.code, one.place.pointer) for one in caught.value.findings] == [("C447", "/a")]


@pytest.mark.parametrize("day", ["20261120", "2026-02-30", "1900-02-28", "2026-11-20T10:00:00Z", "soon"])
def test_what_is_no_date_cannot_be_written_as_one(day: str) -> None:
    with pytest.raises(Reject) as caught:
        write([{"a": day}], dates=["a"])
    assert caught.value.code == "C447"


def test_a_part_is_a_workbook_that_decodes_to_itself() -> None:
    data = write([{"a": "x"}, {"a": "007"}], sheet=3, range="B2:C")
    (_, part) = [one for one in codec(sheet=3, range="B2:C").read(Inline(data)) if isinstance(one, Part)]
    assert documents(part.raw(), sheet=3, range="B2:C") == [{"a": "007"}]
    place = part.place("/a")
    assert place is not None
    assert (place.element, place.line, place.column) == ("Sheet1!B4", 4, 2)


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=12
)


@settings(max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries({"a": TEXTS, "b": NUMBERS, "c": st.integers(-(10**14), 10**14)}), min_size=1, max_size=3
    )
)
def test_what_is_written_is_read_again(rows: list[dict[str, Document]]) -> None:
    assert documents(write(list(rows))) == rows


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16_384)])
def test_columns_are_counted_in_letters(letters: str, number: int) -> None:
    assert (number_of(letters), letters_of(number)) == (number, letters)
    assert cell(6, 1) == "B7"


def test_a_workbook_is_recognised_by_its_beginning() -> None:
    assert sniff(write([ROW])[:2000]) == 90
    assert sniff(b"a;b;c\n") == 0
