"""Cross-reference tables: CSV files with a header, read both ways by ``lookup`` and ``reverse_lookup``.

The first column is the key and the second the value unless a call names another. Everything that can be wrong with a
table is found when it is loaded or when a mapping that uses it is compiled, except a code it lacks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from crossdock.errors import ConfigError, Finding, Place
from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library.kinds import text_of
from crossdock.message import Document
from crossdock.yaml_source import suggest

MAX_BYTES = 64 * 1024 * 1024  # a million rows; more belongs into a database
MAX_CELL = 10_000  # characters; a table holds codes and names
MAX_FINDINGS = 100  # of one table: a wrong delimiter makes every row wrong

Find: TypeAlias = Callable[..., Document]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``rows`` maps a key to its cells, ``lines`` to the line it stands on; an empty cell says nothing."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, int]

    def forth(self, column: str | None) -> dict[str, Document]:
        """Key -> cell of a column (the second one if none is named). Raises ``UnusableTableError``."""
        at = self._column(column)
        return {key: cells[at] for key, cells in self.rows.items() if cells[at]}

    def back(self, column: str | None) -> dict[str, Document]:
        """Cell of a column -> key. Raises ``UnusableTableError`` when a cell stands for two keys."""
        at = self._column(column)
        keys: dict[str, Document] = {}
        for key, cells in self.rows.items():
            taken = keys.setdefault(cells[at], key)
            if taken != key and cells[at]:
                lines = f"lines {self.lines[str(taken)]} and {self.lines[key]} of {self.file}"
                raise UnusableTableError(
                    "M123",
                    f"'{cells[at]}' stands for '{taken}' and '{key}' in table '{self.name}' ({lines})",
                    "a column that is read in reverse needs different values",
                )
        keys.pop("", None)
        return keys

    def _column(self, name: str | None) -> int:
        if name is None:
            return 1
        if name not in self.columns:
            raise UnusableTableError("M122", f"table '{self.name}' has no column '{name}'", suggest(name, self.columns))
        return self.columns.index(name)


#: Tables by name.
Tables: TypeAlias = Mapping[str, Table]


class UnusableTableError(Exception):
    """A call names a table, column or direction that cannot be had; the compiler turns it into a finding."""

    def __init__(self, code: str, message: str, hint: str | None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.hint = hint


def _table(tables: Tables, name: str) -> Table:
    table = tables.get(name)
    if table is None:
        hint = suggest(name, tables) or "tables are mappings/tables/*.csv"
        raise UnusableTableError("M121", f"table '{name}' does not exist", hint)
    return table


def bind_lookup(tables: Tables, name: str, column: str | None) -> Find:
    """``lookup`` of one table and column, as ``(key)`` or ``(key, default)``."""
    table = _table(tables, name)
    return _finder("lookup", table, column or table.columns[1], table.forth(column))


def bind_reverse_lookup(tables: Tables, name: str, column: str | None) -> Find:
    """``reverse_lookup`` of one table and column, as ``(value)`` or ``(value, default)``."""
    table = _table(tables, name)
    return _finder("reverse_lookup", table, table.columns[0], table.back(column))


def _finder(function: str, table: Table, column: str, known: Mapping[str, Document]) -> Find:
    def missing(code: str) -> Fault:
        hint = f"add it to {table.file}, or give {function} a default as its last argument"
        return Fault("M306", f"table '{table.name}' has no {column} for {quoted(code)}", code, hint=hint)

    def find(code: Document, *default: Document) -> Document:
        found = known.get(code) if type(code) is str else None
        if found is not None:
            return found
        if code is None or code == "":
            return None
        text = text_of(function, code)
        if text in known:
            return known[text]
        if default:
            return default[0]
        raise missing(text)

    return find


def parse_table(name: str, data: bytes, file: str) -> Table:
    """Read one table. Raises ``ConfigError`` with every mistake and its line."""
    return _Reader(name, file).read(_text_of(data, file))


def _error(code: str, message: str, file: str, line: int, hint: str | None = None) -> Finding:
    return Finding(code=code, message=message, place=Place(file=file, line=line), hint=hint)


def _text_of(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise ConfigError.of([_error("M131", f"table is larger than {MAX_BYTES} bytes", file, 1)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError.of([_error("M131", "table is not UTF-8 text", file, line, "save it as UTF-8")]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ConfigError.of([_error("M131", "table has a NUL character", file, line)])
    return text


class _Reader:
    """Reads the rows of one table and keeps what is wrong with them."""

    def __init__(self, name: str, file: str) -> None:
        self.name = name
        self.file = file
        self.findings: list[Finding] = []
        self.rows: dict[str, tuple[str, ...]] = {}
        self.lines: dict[str, int] = {}
        self.columns: tuple[str, ...] | None = None

    def read(self, text: str) -> Table:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        try:
            for cells in reader:
                if cells:
                    self._row(tuple(cells), line)
                line = reader.line_num + 1
                if len(self.findings) >= MAX_FINDINGS:
                    break
        except csv.Error as error:
            self._wrong("M132", f"not valid CSV: {error}", line)
        if self.columns is None:
            self._wrong("M133", "table has no header", 1, "the first line names the columns")
        if self.findings or self.columns is None:
            raise ConfigError.of(self.findings)
        return Table(self.name, self.file, self.columns, self.rows, self.lines)

    def _wrong(self, code: str, message: str, line: int, hint: str | None = None) -> None:
        self.findings.append(_error(code, message, self.file, line, hint))

    def _row(self, cells: tuple[str, ...], line: int) -> None:
        longest = max(map(len, cells))
        if longest > MAX_CELL:  # the module's own limit belongs to whoever set it last, in the whole process
            self._wrong("M132", f"a cell of {longest} characters is no code", line, f"at most {MAX_CELL}")
        elif self.columns is None:
            self._header(cells, line)
        elif len(cells) != len(self.columns):
            self._wrong("M134", f"row has {len(cells)} cells, the header has {len(self.columns)}", line)
        elif not cells[0]:
            self._wrong("M135", f"row has no {self.columns[0]}", line)
        elif cells[0] in self.rows:
            first = self.lines[cells[0]]
            self._wrong("M136", f"'{cells[0]}' appears twice", line, f"it stands on line {first} already")
        else:
            self.rows[cells[0]] = cells
            self.lines[cells[0]] = line

    def _header(self, cells: tuple[str, ...], line: int) -> None:
        self.columns = cells
        if len(cells) == 1:
            hint = "separate columns by commas" if {";", "\t", "|"} & {*cells[0]} else None
            self._wrong("M133", "table needs at least two columns", line, hint)
        for column in sorted({name for name in cells if not name.strip() or cells.count(name) > 1}):
            problem = f"column '{column}' appears twice" if column.strip() else "a column has no name"
            self._wrong("M133", problem, line)
