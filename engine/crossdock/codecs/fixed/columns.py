"""The fields of one kind of line at their columns, and the tables in it (OCCURS) with a field for each row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from crossdock.codecs.fixed.layout import Field, Table
from crossdock.codecs.fixed.measure import Measure
from crossdock.codecs.fixed.spec import MOST_FIELDS, NUMBERS, BodySpec, FieldSpec, RecordSpec, TableSpec, TagSpec
from crossdock.codecs.fixed.value import Conversion
from crossdock.yaml_source import Path, suggest


class Fail(Protocol):
    """Takes a mistake."""

    def __call__(self, code: str, message: str, path: Path, hint: str | None = None, *, key: bool = False) -> None:
        """Note it."""
        ...


class Measured(Protocol):
    """Finds what a field counts or sums."""

    def __call__(self, spec: FieldSpec, below: BodySpec, path: Path, *, whole_file: bool) -> Measure | None:
        """None where it does neither."""
        ...


@dataclass(slots=True)
class Fields:
    """Makes them; ``fail`` hears of mistakes."""

    fail: Fail
    conversion: Callable[[FieldSpec, Path], Conversion | None]
    constant: Callable[[FieldSpec, Conversion, Path], str | None]
    measure: Measured

    def of(self, spec: RecordSpec, path: Path, below: BodySpec, *, whole_file: bool) -> tuple[list[Field], list[Table]]:
        """Those of a kind of line."""
        columns, fields, tables = _Columns(spec.tag), list[Field](), list[Table]()
        for name, one in spec.fields.items():
            here = (*path, "fields", name)
            if isinstance(one, TableSpec):
                tables += self._table(name, one, columns, here)
                continue
            for made in self._field(name, one, columns, here):
                measure = self.measure(one, below, here, whole_file=whole_file)
                fields.append(replace(made, measure=measure))
        self._judge_count([*fields, *tables], path)
        for table in tables:
            fields = [_counting(one, table) for one in fields]
            self._judge_by(table, fields, (*path, "fields", table.name, "occurs", "by"))
        return [*fields, *(one for table in tables for row in table.rows for one in row)], tables

    def _field(self, name: str, spec: FieldSpec, columns: _Columns, path: Path) -> list[Field]:
        """The field; nothing where it cannot be made."""
        start = columns.take(spec.width, spec.start)
        if start is None:
            self.fail("F302", f"field '{name}' lies over columns that are taken", path, key=True)
            return []
        both = self.conversion(spec, path)
        return (
            []
            if both is None
            else [Field(name, start, start + spec.width, spec, both, self.constant(spec, both, path))]
        )

    # --- tables ---

    def _table(self, name: str, spec: TableSpec, columns: _Columns, path: Path) -> list[Table]:
        """The table; nothing where it cannot be made."""
        inside = _Columns(None)
        first = [
            made for key, one in spec.fields.items() for made in self._field(key, one, inside, (*path, "fields", key))
        ]
        for key, one in spec.fields.items():
            if one.count is not None or one.sum is not None:
                self.fail("K680", f"'{key}' stands in a row, and a row counts and sums nothing", (*path, "fields", key))
        times = spec.occurs
        if times.least > times.to:
            self.fail("K680", f"at least {times.least} rows are more than {times.to}", (*path, "occurs"))
        if times.to * len(spec.fields) > MOST_FIELDS:
            message = f"{times.to} rows of {len(spec.fields)} fields are more than {MOST_FIELDS:,} fields"
            self.fail("K680", message, (*path, "occurs"))
            return []
        start = columns.take(inside.end * times.to, spec.start) if first else None
        if start is None:
            self.fail("F302", f"table '{name}' lies over columns that are taken", path, key=True)
            return []
        rows = tuple(_row(name, at, start + at * inside.end, first) for at in range(times.to))
        return [Table(name, times.least, times.by, start, inside.end, rows)]

    def _judge_by(self, table: Table, fields: list[Field], path: Path) -> None:
        counting = {one.name for one in fields if one.measure == Measure((table.name,))}
        if table.by is not None and table.by not in counting:
            known = [one.name for one in fields if one.spec.kind in NUMBERS and one.stored]
            message = f"'{table.by}' is no number of this record that could count the rows of '{table.name}' alone"
            self.fail("K680", message, path, suggest(table.by, known))

    def _judge_count(self, made: list[Field | Table], path: Path) -> None:
        rows = sum(one.most * len(one.rows[0]) for one in made if isinstance(one, Table))
        if rows > MOST_FIELDS:
            self.fail("K680", f"the tables have {rows:,} fields, more than {MOST_FIELDS:,}", path, key=True)


def _counting(one: Field, table: Table) -> Field:
    """The field that counts the rows, as what is computed."""
    counts = one.name == table.by and one.spec.kind in NUMBERS and one.stored
    return replace(one, measure=Measure((table.name,))) if counts else one


def _row(table: str, at: int, start: int, fields: list[Field]) -> tuple[Field, ...]:
    return tuple(replace(one, start=start + one.start, end=start + one.end, table=table, row=at) for one in fields)


@dataclass(slots=True)
class _Columns:
    """Deals out the columns of one line, from left to right unless a field names its start."""

    tag: TagSpec | None
    end: int = 0
    _next: int = 0
    _taken: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.tag is not None:
            self._taken.append((self.tag.at - 1, self.tag.at - 1 + len(self.tag.text)))

    def take(self, width: int, wanted: int | None) -> int | None:
        """The first column (from 0) of something that wide; None where another one lies there."""
        start = self._behind_tag(self._next) if wanted is None else wanted - 1
        end = start + width
        if any(start < other_end and other_start < end for other_start, other_end in self._taken):
            return None
        self._taken.append((start, end))
        self._next = end
        self.end = max(self.end, end)
        return start

    def _behind_tag(self, column: int) -> int:
        start, end = self._taken[0] if self.tag is not None else (-1, -1)
        return end if column == start else column
