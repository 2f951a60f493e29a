"""Documents to CSV: one object of plain values for each row.

Texts are written as they are, integers and decimals in full (``12.50``, never an exponent), ``true`` and ``false``,
null as an empty field. A missing or surplus field, a list or an object is a finding: a row is never bent into shape.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from crossdock.codecs.csv.options import CsvOptions
from crossdock.codecs.csv.record_text import line_text, trailer_text
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step
from crossdock.errors import Finding, Place
from crossdock.message import Document
from crossdock.yaml_source import suggest

MAX_EXPONENT = 400  # a number of more digits than this is a mistake or an attack; binary doubles end at 308
MAX_BITS = 1328  # what a whole number of that many digits fits into

_FORMULA = re.compile(
    r"[=+\-@\t\r]"
)  # what makes a spreadsheet program read a text as a formula (OWASP, CSV injection)
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?\Z")


class Writer:
    """Writes one payload."""

    def __init__(self, options: CsvOptions) -> None:
        self._options = options
        self._columns = options.columns
        self._faults = Faults()
        self._rows = 0

    def lines(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The payload, a line at a time. Raises ``Reject`` with the findings of all documents."""
        encoder = codecs.getincrementalencoder(self._options.encoding)()
        if self._columns is not None:
            yield from self._header(encoder)
        for document in documents:
            if self._columns is None and isinstance(document, dict):
                self._columns = tuple(document)
                yield from self._header(encoder)
            self._rows += 1
            line = self._row(document)
            if not self._faults:
                yield encoder.encode(line)
        self._faults.judge()
        if self._options.trailer is not None:
            yield encoder.encode(trailer_text(self._options.trailer, (), self._rows, self._options))

    def _header(self, encoder: codecs.IncrementalEncoder) -> Iterator[bytes]:
        for name in self._columns or ():
            self._encodable(name, "")
            if not name:
                self._fault("S207", "a column needs a name", "")
        if self._options.header and not self._faults:
            yield encoder.encode(line_text([self._safe(name) for name in self._columns or ()], self._options))

    def _row(self, document: Document) -> str:
        if not isinstance(document, dict):
            self._fault("S201", "a row is written from an object, this is none", "", value=str(document)[:80])
            return ""
        columns = self._columns or ()
        self._judge_fields(document, columns)
        texts = [self._text(document.get(name), name) for name in columns]
        trailer = self._options.trailer
        if trailer is not None and texts and texts[0] == trailer.starts:
            self._fault("S206", "the row would be read as the trailer", step(columns[0]), value=texts[0])
        return line_text(texts, self._options)

    def _judge_fields(self, document: dict[str, Document], columns: tuple[str, ...]) -> None:
        if tuple(document) == columns or (len(document) == len(columns) and all(name in document for name in columns)):
            return
        for name in columns:
            if name not in document:
                self._fault("S202", f"the row has no field '{name}'", step(name))
        for name in document:
            if name not in columns:
                self._fault("S203", f"there is no column '{name}'", step(name), hint=suggest(name, columns))

    def _text(self, value: Document, name: str) -> str:
        if isinstance(value, str):
            if not value.isascii() or "\0" in value:
                self._encodable(value, step(name))
            return self._safe(value)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal):
            return self._decimal(value, name)
        if isinstance(value, int):
            return self._whole(value, name)
        self._fault("S204", "a field holds a plain value, not a list or an object", step(name))
        return ""

    def _whole(self, value: int, name: str) -> str:
        if value.bit_length() <= MAX_BITS:
            return str(value)
        shown = f"a number of {value.bit_length()} bits"
        self._fault("S208", f"{shown} is not a number to write", step(name), value=shown)
        return ""

    def _decimal(self, value: Decimal, name: str) -> str:
        if value.is_finite() and abs(value.adjusted()) <= MAX_EXPONENT:
            return format(value, "f")
        self._fault("S208", f"{value} is not a number to write", step(name), value=str(value))
        return ""

    def _safe(self, text: str) -> str:
        if self._options.spreadsheet_safe and _FORMULA.match(text) and not _NUMBER.match(text):
            return "'" + text
        return text

    def _encodable(self, text: str, pointer: str) -> None:
        if "\0" in text:
            self._fault("S205", "a NUL character cannot be written", pointer, value=ascii(text[:80]))
        if text.isascii():
            return
        try:
            text.encode(self._options.encoding)
        except UnicodeEncodeError as error:
            character = ascii(text[error.start])
            message = f"character {character} does not exist in {self._options.encoding}"
            self._fault("S205", message, pointer, value=ascii(text[:80]))

    def _fault(
        self, code: str, message: str, pointer: str, *, value: str | None = None, hint: str | None = None
    ) -> None:
        place = Place(element=f"document {self._rows}" if self._rows else None, pointer=pointer or None)
        self._faults.add(Finding(code=code, message=message, place=place, value=value, hint=hint))
