"""Documents to a workbook: one row for each, every value a cell of its kind.

Texts are texts, whatever they look like: no formula can come of them, and leading zeros stay. A number of more than
15 digits would be rounded by Excel, so it is a finding.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from xml.sax.saxutils import escape

from crossdock.codecs.excel.options import MAX_COLUMNS, MAX_ROWS, ExcelOptions, cell
from crossdock.codecs.excel.workbook import DAY, MOMENT, workbook
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step
from crossdock.errors import Finding, Place
from crossdock.message import Document
from crossdock.yaml_source import suggest

MAX_DIGITS = 15  # of a number in Excel
MAX_POWER = 300  # of ten: binary doubles end at 308
MAX_TEXT = 32_767  # characters of a cell
_DAY_ZERO = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone. Day 60, a 29 February 1900, never was
_FIRST = datetime.datetime(1900, 3, 1)  # noqa: DTZ001 - before it Excel's days are one off (ECMA-376-1, 18.17.4.1)
_SECONDS = 86_400
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHEET = re.compile(r"[\\/*?:\[\]]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what would be read as a character (ECMA-376-1, 22.4.2.4)


def written(documents: Iterable[Document], options: ExcelOptions, columns: tuple[str, ...] | None = None) -> bytes:
    """The workbook. Raises ``Reject`` with the findings of all documents."""
    faults = Faults()
    rows = _Rows(options, faults, columns or options.columns)
    sheet = options.sheet if isinstance(options.sheet, str) else "Sheet1"
    if _SHEET.search(sheet):
        faults.add(Finding(code="C447", message=f"'{sheet}' is no name of a sheet", value=sheet))
    number = options.sheet if isinstance(options.sheet, int) else 1
    data = workbook(escape(sheet, {'"': "&quot;"}), rows.xml(documents), number)
    faults.judge()
    return data


class _Rows:
    def __init__(self, options: ExcelOptions, faults: Faults, columns: tuple[str, ...] | None) -> None:
        self._options = options
        self._faults = faults
        self._columns = columns
        self._document = 0
        top, left = options.corners[:2]
        self._left = left
        self._row = top

    def xml(self, documents: Iterable[Document]) -> Iterator[str]:
        """The rows, the header first."""
        if self._columns is not None:
            yield self._header()
        for document in documents:
            self._document += 1
            if not isinstance(document, dict):
                self._fault("a row is written from an object, this is none", "")
                continue
            if self._columns is None:
                self._columns = tuple(document)
                yield self._header()
            yield self._line(document)

    def _header(self) -> str:
        names = self._columns or ()
        if self._left + len(names) > MAX_COLUMNS:
            self._fault(f"a sheet has {MAX_COLUMNS:,} columns at most", "")
        return self._xml([self._text(name, "") for name in names])

    def _line(self, document: dict[str, Document]) -> str:
        columns = self._columns or ()
        for name in columns:
            if name not in document:
                self._fault(f"the row has no field '{name}'", step(name))
        for name in document:
            if name not in columns:
                self._fault(f"there is no column '{name}'", step(name), hint=suggest(name, columns))
        return self._xml([self._cell(document.get(name), name) for name in columns])

    def _xml(self, cells: list[str]) -> str:
        """One row, from what stands behind the reference of each cell."""
        row, self._row = self._row, self._row + 1
        if row >= MAX_ROWS:
            self._fault(f"a sheet has {MAX_ROWS:,} rows at most", "")
        filled = [(self._left + at, one) for at, one in enumerate(cells) if one]
        body = "".join(f'<c r="{cell(row, column)}"{one}</c>' for column, one in filled)
        return f'<row r="{row + 1}">{body}</row>'

    def _cell(self, value: Document, name: str) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return f' t="b"><v>{int(value)}</v>'
        if isinstance(value, str):
            return self._day(value, name) if name in self._options.dates else self._text(value, step(name))
        if isinstance(value, int | Decimal):
            return self._number(value, name)
        self._fault("a cell holds a plain value, not a list or an object", step(name))
        return ""

    def _text(self, text: str, pointer: str) -> str:
        bad = _NO_XML.search(text)
        if bad:
            self._fault(f"character U+{ord(bad[0]):04X} cannot stand in a cell", pointer)
            return ""
        if len(text) > MAX_TEXT:
            self._fault(f"a cell holds {MAX_TEXT:,} characters at most, not {len(text):,}", pointer)
        safe = escape(_ESCAPED.sub("_x005F_", text)).replace("\r", "_x000D_")
        return f' t="inlineStr"><is><t xml:space="preserve">{safe}</t></is>'

    def _number(self, value: int | Decimal, name: str) -> str:
        number = Decimal(value)
        digits = len(number.normalize().as_tuple().digits) if number.is_finite() else MAX_DIGITS + 1
        if digits > MAX_DIGITS or abs(number.adjusted()) > MAX_POWER:
            shown = str(number)[:40]
            hint = "make it a text in the mapping"
            self._fault(f"{shown} has more than the {MAX_DIGITS} digits Excel keeps", step(name), shown, hint)
            return ""
        return f"><v>{number:f}</v>"

    def _day(self, text: str, name: str) -> str:
        moment = _moment(text)
        if moment is None:
            self._fault(f"'{text[:40]}' is not a date such as 2026-11-20, from March 1900 on", step(name), text[:80])
            return ""
        passed = moment - _DAY_ZERO
        if "T" not in text and " " not in text:
            return f' s="{DAY}"><v>{passed.days}</v>'
        serial = passed.days + Decimal(passed.seconds) / _SECONDS
        return f' s="{MOMENT}"><v>{serial:.11f}</v>'

    def _fault(self, message: str, pointer: str, value: str | None = None, hint: str | None = None) -> None:
        place = Place(element=f"document {self._document}" if self._document else None, pointer=pointer or None)
        self._faults.add(Finding(code="C447", message=message, place=place, value=value, hint=hint))


def _moment(text: str) -> datetime.datetime | None:
    """The day, or the moment, that a text names without a zone."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment >= _FIRST else None
