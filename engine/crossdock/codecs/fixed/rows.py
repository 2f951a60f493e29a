"""The rows of a table inside one line (OCCURS), while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from crossdock.codecs.fixed.group import Line
from crossdock.codecs.fixed.layout import Field, Table
from crossdock.errors import Place
from crossdock.message import Document

_EMPTY = " \0"  # what fills rows that are not used: spaces, or the low values of COBOL


class Fault(Protocol):
    """Takes a finding."""

    def __call__(
        self, code: str, message: str, place: Place, *, value: str | None = None, hint: str | None = None
    ) -> None:
        """Note it."""
        ...


class Value(Protocol):
    """Reads the text of a field."""

    def __call__(self, one: Field, text: str, line: Line) -> Document:
        """Its value, or a finding and None."""
        ...


class Constant(Protocol):
    """Judges the text of a constant."""

    def __call__(self, one: Field, text: str, line: Line) -> None:
        """A finding where it is another."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads tables. ``text`` is the line at its full width, ``line`` as it came."""

    fault: Fault
    value: Value
    constant: Constant

    def of(self, table: Table, text: str, line: Line, counts: Mapping[str, Document]) -> Document:
        """The rows that are used."""
        if table.by is not None:
            return self._counted(table, text, line, counts.get(table.by))
        used = len(text[table.start : table.end(table.most)].rstrip(_EMPTY))
        rows = [self._row(fields, text, line) for fields in table.rows[: -(-used // table.size)]]
        while rows and not any(rows[-1].values()):  # None and zero: what a program leaves in rows it does not use
            rows.pop()
        if len(rows) < table.least:
            message = f"'{table.name}' has {len(rows)} rows, and must have {table.least}"
            self.fault("K681", message, line.place(table.start, table.name))
        return [*rows]

    def _counted(self, table: Table, text: str, line: Line, count: Document) -> Document:
        place = line.place(table.start, table.name)
        if not isinstance(count, int) or not table.least <= count <= table.most:
            said = "nothing" if count is None else str(count)[:40]
            message = f"'{table.by}' counts {said} rows of '{table.name}'; there may be {table.least} to {table.most}"
            self.fault("K681", message, place, value=said)
            return []
        if len(line.text) < table.end(count):
            room = max(0, len(line.text) - table.start) // table.size
            message = f"'{table.by}' counts {count} rows of '{table.name}', and the record ends behind {room}"
            self.fault("K681", message, place, value=str(count), hint="the record may have been cut off")
            return []
        return [self._row(fields, text, line) for fields in table.rows[:count]]

    def _row(self, fields: tuple[Field, ...], text: str, line: Line) -> dict[str, Document]:
        row: dict[str, Document] = {}
        for one in fields:
            part = text[one.start : one.end]
            if one.constant is not None:
                self.constant(one, part, line)
            else:
                row[one.name] = self.value(one, part, line)
        return row
