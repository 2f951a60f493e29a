"""Cross-reference tables: CSV files with a header, read both ways by ``lookup`` and ``reverse_lookup``.

The first column is the key and the second the value unless a call names another. Everything that can be wrong with a
table is found when it is loaded or when a mapping that uses it is compiled, except a code it lacks.

In a table whose first column is called ``for``, that column says whom a row is meant for, and the second is the key:
``lookup_for`` finds the row of a partner, or else the one that is for everybody (blank).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from crossdock.errors import ConfigError, Finding, Place
from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library.kinds import text_of
from crossdock.message import Document
from crossdock.yaml_source import suggest

MAX_BYTES = 64 * 1024 * 1024  # a million rows; more belongs into a database
MAX_CELL = 10_000  # characters; a table holds codes and names
MAX_FINDINGS = 100  # of one table: a wrong delimiter makes every row wrong

FOR = "for"  # the first column of a table with rows for some
BETWEEN = "\N{SYMBOL FOR UNIT SEPARATOR}"  # stands between whom a row is for and its key

V = TypeVar("V")

Find: TypeAlias = Callable[..., Document]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``rows`` maps a key to its cells, ``lines`` to the line it stands on; an empty cell says nothing."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, int]

    @property
    def has_rows_for_some(self) -> bool:
        """Whether the first column says whom a row is for. The keys of ``rows`` then say so too."""
        return self.columns[0] == FOR

    def forth(self, column: str | None) -> dict[str, Document]:
        """Key -> cell of a column (the first after the key if none is named). Raises ``UnusableTableError``."""
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

    def records(self) -> Mapping[str, dict[str, Document]]:
        """Key -> the row as an object of its columns, without empty cells."""
        return {key: self._record(cells) for key, cells in self.rows.items()}

    def found(self, values: dict[str, V], rows: Mapping[str, Sequence[str]]) -> dict[str, V]:
        """What is looked for in the table by other means; ``rows`` are the keys of the rows that each is found by."""
        return values

    def answering(self, whom: str, code: str, column: str | None = None) -> str | None:
        """The key of the row that ``lookup_for`` finds: the one for ``whom``, or else the one for everybody."""
        at = self._column(column)
        keys = (whom + BETWEEN + code, BETWEEN + code)
        return next((key for key in keys if key in self.rows and self.rows[key][at]), None)

    def _record(self, cells: tuple[str, ...]) -> dict[str, Document]:
        return {column: cell for column, cell in zip(self.columns, cells, strict=True) if cell}

    def _column(self, name: str | None) -> int:
        if name is None:
            return 1 + self.has_rows_for_some
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


def table_of(tables: Tables, name: str, *, for_some: bool = False) -> Table:
    """The table of that name. Raises ``UnusableTableError``."""
    table = tables.get(name)
    if table is None:
        hint = suggest(name, tables) or "tables are mappings/tables/*.csv"
        raise UnusableTableError("M121", f"table '{name}' does not exist", hint)
    if table.has_rows_for_some is not for_some:
        problem = f"the first column of table '{name}' is {'not ' if for_some else ''}called '{FOR}'"
        raise UnusableTableError("M325", problem, f"lookup_for() reads tables with a column '{FOR}', lookup() others")
    return table


def bind_lookup(tables: Tables, name: str, column: str | None = None) -> Find:
    """``lookup`` of one table and column, as ``(key)`` or ``(key, default)``."""
    table = table_of(tables, name)
    return _finder("lookup", table, column or table.columns[1], table.forth(column))


def bind_reverse_lookup(tables: Tables, name: str, column: str | None = None) -> Find:
    """``reverse_lookup`` of one table and column, as ``(value)`` or ``(value, default)``."""
    table = table_of(tables, name)
    return _finder("reverse_lookup", table, table.columns[0], table.back(column))


def bind_lookup_for(tables: Tables, name: str, column: str | None = None) -> Find:
    """``lookup_for`` of one table and column, as ``(partner, key)`` or ``(partner, key, default)``."""
    table = table_of(tables, name, for_some=True)
    known, wanted = table.forth(column), column or table.columns[2]

    def find(partner: Document, code: Document, *default: Document) -> Document:
        if code is None or code == "":
            return None
        text = text_of("lookup_for", code, 1)
        whom = "" if partner is None else text_of("lookup_for", partner)
        for key in (whom + BETWEEN + text, BETWEEN + text):
            if key in known:
                return known[key]
        if default:
            return default[0]
        raise _missing("lookup_for", table, wanted, text, argument=1)

    return find


def _missing(function: str, table: Table, column: str, code: str, argument: int = 0) -> Fault:
    hint = f"add it to {table.file}, or give {function} a default as its last argument"
    message = f"table '{table.name}' has no {column} for {quoted(code)}"
    return Fault("M306", message, code, hint=hint, argument=argument)


def _finder(function: str, table: Table, column: str, known: Mapping[str, Document]) -> Find:
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
        raise _missing(function, table, column, text)

    return find


def parse_table(name: str, data: bytes, file: str) -> Table:
    """Read one table. Raises ``ConfigError`` with every mistake and its line."""
    return _Reader(name, file).read(_text_of(data, file))


def _error(code: str, message: str, file: str, line: int, hint: str | None = None) -> Finding:
    return Finding(code=code, message=message, place=Place(file=file, line=line, column=1), hint=hint)


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
        self.key = 0  # the column of the key

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
        elif not cells[self.key]:
            self._wrong("M135", f"row has no {self.columns[self.key]}", line)
        else:
            self._keep(BETWEEN.join(cells[: self.key + 1]), cells, line)

    def _keep(self, key: str, cells: tuple[str, ...], line: int) -> None:
        if key in self.rows:
            whom = f" for '{cells[0]}'" if self.key and cells[0] else ""
            hint = f"it stands on line {self.lines[key]} already"
            self._wrong("M136", f"'{cells[self.key]}' appears twice{whom}", line, hint)
        else:
            self.rows[key] = cells
            self.lines[key] = line

    def _header(self, cells: tuple[str, ...], line: int) -> None:
        self.columns = cells
        self.key = int(cells[0] == FOR)
        if len(cells) == self.key + 1:
            hint = "separate columns by commas" if {";", "\t", "|"} & {*cells[0]} else None
            self._wrong("M133", f"table needs at least {self.key + 2} columns", line, hint)
        for column in sorted({name for name in cells if not name.strip() or cells.count(name) > 1}):
            problem = f"column '{column}' appears twice" if column.strip() else "a column has no name"
            self._wrong("M133", problem, line)
