"""Workbooks that are none, that lie, or that would take all memory."""

from __future__ import annotations

import io
import zipfile

import pytest

from crossdock.codecs.excel import ExcelCodec
from crossdock.codecs.excel.options import ExcelOptions
from crossdock.errors import Reject
from crossdock.message import Inline

CODEC = ExcelCodec(ExcelOptions())
BOOK = b"".join(CODEC.write([{"a": 1, "b": "x"}]))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def refused(data: bytes) -> str:
    with pytest.raises(Reject) as caught:
        list(CODEC.read(Inline(data)))
    return caught.value.code


def with_sheet(xml: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name.startswith("xl/worksheets/") else old.read(name))
    return made.getvalue()


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\0" * 100, b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_workbook_is_told(data: bytes) -> None:
    assert refused(data) == "C441"


def test_an_archive_that_is_no_workbook_is_told() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.csv", "a")
    assert refused(made.getvalue()) == "C441"


def test_a_workbook_is_refused_wherever_it_is_cut() -> None:
    for length in range(0, len(BOOK), 7):
        assert refused(BOOK[:length]) == "C441"


def test_one_cell_in_the_last_corner_is_refused_before_a_table_is_made() -> None:
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert (
        refused(with_sheet(b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (MAIN.encode(), rows)))
        == "C442"
    )


def test_a_bomb_of_spaces_is_refused() -> None:
    assert refused(with_sheet(b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>")) == "C441"


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<worksheet",
        b'<!DOCTYPE x [<!ENTITY e "1">]><worksheet xmlns="%s"><sheetData><row r="1"><c r="A1"><v>&e;</v></c></row></sheetData></worksheet>'
        % MAIN.encode(),
        b"\0\0\0",
    ],
)
def test_a_sheet_that_is_no_xml_is_told_or_has_nothing(xml: bytes) -> None:
    assert refused(with_sheet(xml)) in {"C441", "C445"}
