"""Documents as lines: every value at its columns or a finding; nothing is cut, rounded or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeAlias

from crossdock.codecs.fixed.layout import Field, Layout, Record, Table, items_of, lines_in
from crossdock.codecs.fixed.measure import Measure, Tally
from crossdock.codecs.fixed.spec import MAINFRAME
from crossdock.codecs.fixed.unfit import Unfit
from crossdock.codecs.fixed.value import told
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step
from crossdock.errors import Finding, Place
from crossdock.message import Document
from crossdock.yaml_source import suggest

_Row: TypeAlias = dict[str, Document]


class Lines:
    """Writes records under a layout. ``subject`` names the document in findings: ``document 3``."""

    def __init__(self, layout: Layout, faults: Faults) -> None:
        self.subject = ""
        self._layout = layout
        self._faults = faults

    def of_end(self, end: Record, values: Mapping[str, Document], tally: Tally) -> str:
        """The header or trailer."""
        self.subject = end.name
        return self._line(end, values, tally.total, "")

    def of(self, document: Document, record: Record, pointer: str = "") -> list[str]:
        """The line of a record, and behind it the lines of its groups."""
        if not isinstance(document, dict):
            self._fail("F209", f"a record '{record.label}' is written from an object, this is none", pointer)
            return []
        if not document.keys() <= record.keys:
            self._tell_unknown(document, record, pointer)
        lines = lines_in(document, record) if record.measures else 0
        texts = [self._line(record, document, lambda measure: measure.of(document, lines), pointer)]
        for group in record.groups:
            texts += self._group(document, group, pointer + step(group.name))
        return texts

    def _group(self, document: dict[str, Document], group: Record, pointer: str) -> list[str]:
        items = items_of(document, group)
        if group.single and isinstance(document.get(group.name), list):
            self._fail("F211", f"'{group.name}' is one object, not a list", pointer)
            return []
        if not items and (group.required or group.tag is None):
            self._fail("F212", f"'{group.name}' is required and empty", pointer)
        if group.single:
            return [text for item in items for text in self.of(item, group, pointer)]
        return [text for index, item in enumerate(items) for text in self.of(item, group, f"{pointer}/{index}")]

    def _tell_unknown(self, document: dict[str, Document], record: Record, pointer: str) -> None:
        for key in sorted(document.keys() - record.keys):
            computed = any(field.name == key for field in record.fields)
            hint = "the layout itself fills it" if computed else suggest(key, record.keys)
            self._fail("F208", f"record '{record.label}' has no field '{key}'", pointer + step(key), hint=hint)

    def _line(
        self, record: Record, values: Mapping[str, Document], total: Callable[[Measure], Decimal], pointer: str
    ) -> str:
        texts = []
        tables = self._tables(record, values, pointer)
        for piece in record.template:
            if isinstance(piece, str):
                texts.append(piece)
                continue
            if piece.table is not None:
                texts.append(self._in_row(piece, tables[piece.table], f"{pointer}{step(piece.table)}/{piece.row}"))
                continue
            value = values.get(piece.name) if piece.measure is None else total(piece.measure)
            texts.append(self._text(piece, value, pointer))
        line = "".join(texts)
        if record.last_table is not None and self._layout.recfm in ("V", "VB"):
            line = line[: record.last_table.end(len(tables[record.last_table.name]))]
        if not line.isascii():
            self._judge_characters(record, texts, pointer)
        if not self._layout.plain and self._layout.identify(line) is not (record if record.tag else None):
            self._fail(
                "F210", f"the line of '{record.label}' would be read as another record", pointer, value=line[:60]
            )
        return line

    def _tables(self, record: Record, values: Mapping[str, Document], pointer: str) -> dict[str, list[_Row]]:
        """The rows of each table, those that are objects."""
        return {one.name: self._rows(one, values.get(one.name), pointer + step(one.name)) for one in record.tables}

    def _rows(self, table: Table, found: Document, pointer: str) -> list[_Row]:
        rows = [] if found is None else found
        if not isinstance(rows, list):
            self._fail("K682", f"'{table.name}' is a list of rows, this is none", pointer)
            return []
        if not table.least <= len(rows) <= table.most:
            message = f"'{table.name}' has {len(rows)} rows; there may be {table.least} to {table.most}"
            self._fail("K682", message, pointer)
        fitting: list[_Row] = []
        for at, row in enumerate(rows[: table.most]):
            here = f"{pointer}/{at}"
            if not isinstance(row, dict):
                self._fail("K682", f"a row of '{table.name}' is written from an object, this is none", here)
            elif unknown := sorted(row.keys() - table.keys):
                hint = suggest(unknown[0], table.keys)
                self._fail("F208", f"a row of '{table.name}' has no field '{unknown[0]}'", here, hint=hint)
            fitting.append(row if isinstance(row, dict) else {})
        return fitting

    def _in_row(self, field: Field, rows: list[_Row], pointer: str) -> str:
        """A field of a row; of one that is not used, spaces, or zero where spaces would be no number."""
        if field.row >= len(rows):
            return field.conversion.write(0) if field.spec.kind in MAINFRAME else " " * field.spec.width
        return field.constant or self._text(field, rows[field.row].get(field.name), pointer)

    def _text(self, field: Field, value: Document, pointer: str) -> str:
        """Exactly the field's width, spaces where there is a finding."""
        if value is None or (isinstance(value, str) and not value):
            value = field.spec.default
            if value is None:
                if field.spec.required or field.spec.kind == "binary":  # which has nothing that means null
                    self._fail("F202", f"field '{field.name}' is required", pointer + step(field.name))
                return " " * field.spec.width
        try:
            return field.conversion.write(value)
        except Unfit as unfit:
            message, where = f"field '{field.name}': {unfit.message}", pointer + step(field.name)
            self._fail(unfit.code, message, where, value=told(value))
            return " " * field.spec.width

    def _judge_characters(self, record: Record, texts: list[str], pointer: str) -> None:
        """Every character must exist in the encoding of the file."""
        for piece, text in zip(record.template, texts, strict=True):
            character = self._layout.refuses(text)
            if character is not None:
                name = "" if isinstance(piece, str) else piece.name
                message = f"field '{name}': character {character!a} does not exist in {self._layout.encoding}"
                self._fail("F203", message, pointer + step(name), value=text.strip()[:80])

    def _fail(
        self, code: str, message: str, pointer: str, *, value: str | None = None, hint: str | None = None
    ) -> None:
        place = Place(element=self.subject or None, pointer=pointer or None)
        self._faults.add(Finding(code=code, message=message, place=place, value=value, hint=hint))
