"""A cross-reference table that hears which of its rows are found, whichever function or step looks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crossdock.errors import Place
from crossdock.mapping.lookup import BETWEEN, Table
from crossdock.message import Document
from crossdock.testing.points import Kind, Point, point

V = TypeVar("V")


def row_points(table: Table) -> dict[str, Point]:
    """The points of its rows, by key."""
    places = {key: Place(file=table.file, line=line, column=1) for key, line in table.lines.items()}
    return {key: point(Kind.ROW, place, _row(key)) for key, place in places.items()}


def _row(key: str) -> str:
    """A row by its key; in a table with rows for some also by whom it is for."""
    whom, _, code = key.rpartition(BETWEEN)
    return f"row {code} for {whom}" if whom else f"row {code}"


class _Found(dict[str, V]):
    """What is found in a table, by what is looked for: each find is heard, with the rows it is found by."""

    def __init__(self, values: Mapping[str, V], points: Mapping[str, Sequence[Point]], reached: set[Point]) -> None:
        super().__init__(values)
        self._points = points
        self._reached = reached

    def __getitem__(self, key: str) -> V:
        self._reached.update(self._points[key])
        return super().__getitem__(key)

    def get(self, key: object, default: V | None = None) -> V | None:  # type: ignore[override]  # nobody looks for more
        """As a dictionary's."""
        return self[key] if isinstance(key, str) and key in self else default


@dataclass(frozen=True, slots=True)
class WatchedTable(Table):
    """A table whose rows are watched."""

    points: Mapping[str, Point]
    reached: set[Point]

    def forth(self, column: str | None) -> dict[str, Document]:
        """See ``Table``."""
        found = Table.forth(self, column)
        return self.found(found, {key: (key,) for key in found})

    def back(self, column: str | None) -> dict[str, Document]:
        """See ``Table``."""
        found = Table.back(self, column)
        return self.found(found, {cell: (str(key),) for cell, key in found.items()})

    def records(self) -> Mapping[str, dict[str, Document]]:
        """See ``Table``."""
        return self.found({**Table.records(self)}, {key: (key,) for key in self.rows})

    def found(self, values: dict[str, V], rows: Mapping[str, Sequence[str]]) -> dict[str, V]:
        """See ``Table``."""
        points = {key: tuple(self.points[row] for row in rows[key]) for key in values}
        return _Found(values, points, self.reached)
