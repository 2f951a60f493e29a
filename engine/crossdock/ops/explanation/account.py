"""What a mapping made of one document, with every source value at its place in the payload."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from crossdock.codecs.contract import Part
from crossdock.codecs.provenance.shown import Shown, Spot
from crossdock.errors import Finding
from crossdock.mapping.conversion import rows_of
from crossdock.mapping.explanation.told import Told
from crossdock.mapping.jmespath.trace import TableRow
from crossdock.mapping.library.kinds import text_of
from crossdock.mapping.lookup import Table
from crossdock.message import Document
from crossdock.ops.explanation.meaning import Meaning
from crossdock.ops.explanation.repeats import Repeats, at
from crossdock.ops.explanation.unused import Unused, unused

MAX_SOURCES = 200  # of one field: a sum over ten thousand lines is told by the first of them
MAX_UNUSED = 500  # kinds of values


@dataclass(frozen=True, slots=True)
class Source:
    """A value of the source document. ``spot`` is None for what no byte of the payload says."""

    pointer: str
    value: Document
    meaning: str
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table that was asked for; ``line`` is None where the table has none."""

    asked: TableRow
    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the result. ``more`` counts the sources that are not listed."""

    told: Told
    sources: tuple[Source, ...]
    consulted: tuple[Source, ...]
    rows: tuple[Row, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Left:
    """Values that no expression used."""

    kind: Unused
    meaning: str
    examples: tuple[Source, ...]


@dataclass(slots=True)
class Account:
    """One document explained. ``shown`` is the payload as text, where it can be shown; ``notes`` say what is not told."""

    name: str
    position: int
    result: Document = None
    fields: list[Field] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    shown: Shown | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Accountant:
    """Finds places, meanings and rows for one part; each source is looked for once."""

    part: Part
    shown: Shown | None
    meaning: Meaning
    tables: Mapping[str, Table]
    _found: dict[str, Source] = field(default_factory=dict)
    _repeats: Repeats = field(init=False)

    def __post_init__(self) -> None:
        """Know what the document has twice."""
        self._repeats = Repeats(self.part.document)

    def source(self, pointer: str) -> Source:
        """The value at a pointer of the source document."""
        if pointer not in self._found:
            pointer = self._repeats.originals(pointer)[-1]
        if pointer not in self._found:
            value = at(self.part.document, pointer)
            self._found[pointer] = Source(pointer, value, self.meaning(pointer), self._spot(pointer))
        return self._found[pointer]

    def _spot(self, pointer: str) -> Spot | None:
        if self.shown is not None:
            return self.shown.spot(self.part, pointer)
        place = self.part.place(pointer)
        return None if place is None else Spot(place)

    def field(self, told: Told) -> Field:
        """A field with its sources."""
        rows = tuple(dict.fromkeys(row for asked in told.rows for row in self._rows(asked)))
        more = max(0, len(told.origins) - MAX_SOURCES) + max(0, len(told.consulted) - MAX_SOURCES)
        return Field(told, self._sources(told.origins), self._sources(told.consulted), rows, more)

    def _sources(self, pointers: Collection[str]) -> tuple[Source, ...]:
        return tuple(self.source(pointer) for pointer in list(pointers)[:MAX_SOURCES])

    def _rows(self, asked: TableRow) -> Iterator[Row]:
        table = self.tables.get(asked.table)
        if table is None:
            yield Row(asked, asked.table, None)
        elif asked.function == "convert":
            for unit in rows_of(table, str(asked.key)):
                yield Row(replace(asked, key=unit), table.file, table.lines[unit])
        else:
            yield Row(asked, table.file, table.lines.get(_key(table, asked)))

    def left(self, used: Iterable[str]) -> list[Left]:
        """What no expression used."""
        groups = unused(self.part.document, set(used))[:MAX_UNUSED]
        return [
            Left(group, self.meaning(group.pointers[0]), tuple(self.source(one) for one in group.pointers))
            for group in groups
        ]


def _key(table: Table, asked: TableRow) -> str:
    """Of the row that answered; nothing where none did."""
    key = text_of(asked.function, asked.key)
    if asked.function == "lookup_for":
        whom = "" if asked.whom is None else text_of(asked.function, asked.whom)
        return table.answering(whom, key, asked.column or None) or ""
    if asked.function == "reverse_lookup":
        column = table.columns.index(asked.column) if asked.column in table.columns else 1
        return next((known for known, cells in table.rows.items() if cells[column] == key), "")
    return key
