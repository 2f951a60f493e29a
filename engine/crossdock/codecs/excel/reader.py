"""A workbook to rows. The archive is judged before the reader in Rust sees it, what it says of cells after."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias
from xml.sax.saxutils import unescape

import python_calamine as calamine

from crossdock.codecs.archive.entry import Entry, Limits
from crossdock.codecs.archive.zip import unzip
from crossdock.codecs.contract import Part
from crossdock.codecs.excel.options import ExcelOptions, cell, number_of
from crossdock.codecs.excel.writer import written
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step, steps_of
from crossdock.errors import Finding, Place, Reject, Severity
from crossdock.message import Document, Inline
from crossdock.yaml_source import suggest

Value: TypeAlias = "int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta"

MAX_UNPACKED = 300_000_000  # bytes of XML in a workbook
_OLE = b"\xd0\xcf\x11\xe0"  # a compound file: an old .xls, or a new one with a password
_CELL = re.compile(rb"<(?:[a-z]+:)?(?:row|c)\s[^>]*?\br=[\"']([A-Z]{0,3})([0-9]{1,9})[\"']")
_FAILED = re.compile(rb"<(?:[a-z]+:)?c\s[^>]*\bt=[\"']e[\"'][^>]*>")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,9})[\"']")
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_TAIL = 512  # bytes of XML that a start tag may have at the edge of two pieces
_WHOLE = 2**53  # beyond it a binary fraction does not hold every whole number
_MIDNIGHT = datetime.time()


def rows_of(data: bytes, options: ExcelOptions) -> Iterator[Part | Finding]:
    """A part for each row that is not empty. Raises ``Reject``."""
    entries = _judged(data, options)
    name, grid = _grid(data, options)
    table = _Table(name, options, Faults(), _errors_of(name, entries))
    yield from table.parts(grid)


def cells_of(data: bytes, options: ExcelOptions) -> tuple[str, list[tuple[int, int, str]]]:
    """The name of the sheet, and (row, column, text) of its cells that are not empty. Raises ``Reject``."""
    _judged(data, options)
    name, grid = _grid(data, options)
    plain = [(row, first + at, _plain(value)) for row, first, values in grid for at, value in enumerate(values)]
    return name, [(row, column, str(value)) for row, column, value in plain if value is not None]


def _judged(data: bytes, options: ExcelOptions) -> dict[str, Entry]:
    """The files of the workbook. Raises ``Reject`` for whatever cannot be read, or would take more memory than a table of ``max_cells``."""
    if data.startswith(_OLE):
        message = "this is an old workbook (.xls), or one with a password"
        raise _refuse("C441", message, hint="have it saved as .xlsx without a password")
    try:
        entries = unzip(Inline(data), Limits(total=MAX_UNPACKED))
    except Reject as reject:
        found = [Finding(code="C441", message=f"no workbook: {one.message}", hint=one.hint) for one in reject.findings]
        raise Reject.of(found) from reject
    if not any(one.name.startswith("xl/workbook") and one.name.endswith(".xml") for one in entries):
        raise _refuse("C441", "this is an archive, and no workbook (.xlsx)", hint="have it saved as .xlsx")
    for one in entries:
        if one.name.startswith("xl/worksheets/"):
            _judge_extent(one.name, one.content.chunks(), options.max_cells)
    return {one.name: one for one in entries}


def _judge_extent(name: str, pieces: Iterator[bytes], most: int) -> None:
    """One filled cell in the last corner of a sheet makes a table of 17 billion."""
    rows = columns = 1
    rest = b""
    for piece in pieces:
        text = rest + piece
        for letters, digits in _CELL.findall(text):
            rows = max(rows, int(digits))
            columns = max(columns, number_of(letters.decode()) if letters else 1)
        rest = text[-_TAIL:]
    if rows * columns > most:
        message = f"{name}: a table of {rows:,} rows and {columns:,} columns has more than {most:,} cells"
        raise _refuse("C442", message, hint="delete what stands far from the table, or raise 'max_cells'")


def _errors_of(sheet: str, entries: dict[str, Entry]) -> frozenset[tuple[int, int]]:
    """The cells whose formula failed: the reader makes them empty, and nothing may become null unseen."""
    names = {
        unescape(_attribute(tag, b"name"), _QUOTES): _attribute(tag, b"r:id")
        for tag in _tags(entries, "xl/workbook.xml", b"sheet")
    }
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target")
        for tag in _tags(entries, "xl/_rels/workbook.xml.rels", b"Relationship")
    }
    target = targets.get(names.get(sheet, ""), "").removeprefix("/xl/")
    cells, rest = set[tuple[int, int]](), b""
    for piece in entries[f"xl/{target}"].content.chunks() if f"xl/{target}" in entries else ():
        text = rest + piece
        for found in _FAILED.finditer(text):
            place = _REFERENCE.search(found[0])
            if place is not None:
                cells.add((int(place[2]) - 1, number_of(place[1].decode()) - 1))
        rest = text[-_TAIL:]
    return frozenset(cells)


def _tags(entries: dict[str, Entry], name: str, tag: bytes) -> list[bytes]:
    data = b"".join(entries[name].content.chunks()) if name in entries else b""
    return re.findall(rb"<(?:[a-z]+:)?" + tag + rb"\s[^>]*>", data)


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"=[\"']([^\"']*)[\"']", tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _grid(data: bytes, options: ExcelOptions) -> tuple[str, list[tuple[int, int, list[Value]]]]:
    """The name of the sheet, and its rows: number, first column, values."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = _sheet(book, options)
        sheet = book.get_sheet_by_name(name)
        first = sheet.start or (0, 0)
        grid = [(index, first[1], list(values)) for index, values in enumerate(sheet.iter_rows())]
        if options.fill_merged:
            _fill(grid, sheet.merged_cell_ranges or [])
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise _refuse("C441", f"the workbook cannot be read: {str(error)[:200]}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _refuse("C441", "the workbook cannot be read: it is damaged") from error
    return name, grid


def _sheet(book: calamine.CalamineWorkbook, options: ExcelOptions) -> str:
    sheets = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    visible = [one.name for one in sheets if one.visible == calamine.SheetVisibleEnum.Visible]
    names = [one.name for one in sheets]
    if options.sheet is None and visible:
        return visible[0]
    if isinstance(options.sheet, int) and options.sheet <= len(names):
        return names[options.sheet - 1]
    if isinstance(options.sheet, str) and options.sheet in names:
        return options.sheet
    what = "a visible sheet" if options.sheet is None else f"a sheet '{options.sheet}'"
    raise _refuse("C444", f"the workbook has not {what}", hint=f"it has: {', '.join(names)}"[:200])


def _fill(grid: list[tuple[int, int, list[Value]]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    by_row = {row: (column, values) for row, column, values in grid}
    for (top, left), (bottom, right) in merged:
        if top not in by_row:
            continue
        column, values = by_row[top]
        value = values[left - column] if 0 <= left - column < len(values) else ""
        for row in range(top, min(bottom, max(by_row)) + 1):
            start, filled = by_row.get(row, (0, []))
            for at in range(max(left, start), min(right, start + len(filled) - 1) + 1):
                filled[at - start] = value


class _Table:
    """The rows under one header."""

    def __init__(self, sheet: str, options: ExcelOptions, faults: Faults, failed: frozenset[tuple[int, int]]) -> None:
        self._sheet = sheet
        self._options = options
        self._faults = faults
        self._failed = failed
        self._columns: dict[int, str] = {}

    def parts(self, grid: list[tuple[int, int, list[Value]]]) -> Iterator[Part | Finding]:
        """A part for each row. Raises ``Reject`` with all that was found, before the first."""
        top, left, bottom, right = self._options.corners
        found: list[Part] = []
        failed_rows = {row for row, column in self._failed if left <= column <= right}
        for row, start, values in grid:
            cells = {start + at: one for at, one in enumerate(values) if one != "" and left <= start + at <= right}
            if not top <= row <= bottom or not (cells or row in failed_rows):
                continue
            if not self._columns:
                self._header(row, cells)
            else:
                found.append(self._part(row, cells, len(found) + 1))
        if not self._columns:
            raise _refuse("C445", f"sheet '{self._sheet}' has no header there", hint="set 'sheet' or 'range'")
        self._faults.judge()
        yield from found
        if not found:
            yield Finding(code="C448", severity=Severity.NOTE, message=f"sheet '{self._sheet}' has no rows")

    def _header(self, row: int, cells: dict[int, Value]) -> None:
        expected = self._options.columns
        for column, value in cells.items():
            name = str(_plain(value)).strip()
            if name in self._columns.values():
                self._fault("C445", f"column '{name}' appears twice", row, column, name)
            elif expected is not None and name not in expected:
                hint = suggest(name, expected)
                self._fault("C445", f"column '{name}' is not expected", row, column, name, hint=hint)
            self._columns[column] = name
        for name in expected or ():
            if name not in self._columns.values():
                self._fault("C445", f"column '{name}' is missing", row, min(cells), name)

    def _part(self, row: int, cells: dict[int, Value], position: int) -> Part:
        for column, value in cells.items():
            if column not in self._columns:
                self._fault("C446", "a cell stands outside of the columns of the header", row, column, str(value)[:80])
        document: dict[str, Document] = {
            name: self._value(cells.get(column, ""), row, column, name) for column, name in self._columns.items()
        }
        return Part(
            position=position,
            document=document,
            raw=lambda: written([document], self._options, tuple(self._columns.values())),
            place=lambda pointer: self._place(row, pointer),
        )

    def _value(self, value: Value, row: int, column: int, name: str) -> Document:
        if (row, column) in self._failed:
            self._fault("C443", "the cell is an error (#N/A, #REF! …)", row, column, None, hint="mend the formula")
            return None
        plain = _plain(value)
        if name in self._options.text and isinstance(plain, int | Decimal) and not isinstance(plain, bool):
            return format(plain, "f") if isinstance(plain, Decimal) else str(plain)
        return plain

    def _place(self, row: int, pointer: str) -> Place | None:
        steps = steps_of(pointer)
        columns = {name: column for column, name in self._columns.items()}
        if not steps:
            return Place(line=row + 1, element=self._sheet)
        return self._at(row, columns[steps[0]], pointer) if steps[0] in columns else None

    def _at(self, row: int, column: int, pointer: str | None) -> Place:
        return Place(line=row + 1, column=column + 1, element=f"{self._sheet}!{cell(row, column)}", pointer=pointer)

    def _fault(
        self, code: str, message: str, row: int, column: int, value: str | None, *, hint: str | None = None
    ) -> None:
        name = self._columns.get(column)
        place = self._at(row, column, step(name) if name else None)
        self._faults.add(Finding(code=code, message=message, place=place, value=value, hint=hint))


def _plain(value: Value) -> Document:
    """What a cell holds, as a document says it."""
    if isinstance(value, bool) or value == "":
        return value if isinstance(value, bool) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _WHOLE else Decimal(repr(value))
    if isinstance(value, datetime.datetime):
        day = value.time() == _MIDNIGHT
        return value.date().isoformat() if day else value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    return value


def _duration(value: datetime.timedelta) -> str:
    """Hours, minutes and seconds, as a cell of the form [h]:mm:ss shows it."""
    seconds = int(value.total_seconds())
    minutes, second = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60:02}:{minutes % 60:02}:{second:02}"


def _refuse(code: str, message: str, hint: str | None = None) -> Reject:
    return Reject.of([Finding(code=code, message=message, hint=hint)])
