"""The points of a project: the single things that a document can come to, by kind and place."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crossdock.errors import Place


class Kind(enum.StrEnum):
    """What a point is of, in the order of the report."""

    ROUTE = "routes"
    STEP = "steps"
    BRANCH = "branches"
    MAPPING = "mappings"
    FIELD = "fields"
    AGREEMENT = "agreements"
    ROW = "table rows"


#: What counts towards the percentage of all: a code table is data, whose rows are told and not counted.
COUNTED = (Kind.ROUTE, Kind.STEP, Kind.BRANCH, Kind.MAPPING, Kind.FIELD, Kind.AGREEMENT)


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One thing that can be come to: ``what`` of it, for people."""

    kind: Kind
    file: str
    line: int
    column: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def point(kind: Kind, place: Place, what: str) -> Point:
    """A point at a place."""
    return Point(kind, place.file or "", place.line or 0, place.column or 0, what)
