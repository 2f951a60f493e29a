"""What the cases of a project come to, and what they do not: routes, branches, fields of mappings, rows of tables.

A *point* is one thing a document can come to, with its place. Watching collects the points while the project is loaded
and hears which are come to while the cases run; what is compiled for a run has neither.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crossdock.errors import Place
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.lookup import Table
from crossdock.mapping.marks import CONDITIONS, Mark, Reached
from crossdock.mapping.profile import Clock, Documents, Spent
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.route.condition import Condition
from crossdock.route.load import LoadedProject
from crossdock.route.passage import Emit, Passage, Run, Suspending
from crossdock.route.plan import Deliver, Output


class Kind(enum.StrEnum):
    """What a point is of, in the order of the report."""

    ROUTE = "routes"
    STEP = "steps"
    BRANCH = "branches"
    MAPPING = "mappings"
    FIELD = "fields"
    ROW = "table rows"


#: What counts towards the percentage of all: a code table is data, whose rows are told and not counted.
COUNTED = (Kind.ROUTE, Kind.STEP, Kind.BRANCH, Kind.MAPPING, Kind.FIELD)


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


@dataclass(slots=True)
class Watching:
    """``route.watching.Watch``: the points, and those that were come to."""

    points: set[Point] = field(default_factory=set)
    reached: set[Point] = field(default_factory=set)

    def condition(self, place: Place, text: str, holds: Condition) -> Condition:
        """See ``Watch``."""
        yes = self._new(Kind.BRANCH, place, f"never holds: {text}")
        no = self._new(Kind.BRANCH, place, f"always holds: {text}")
        reached = self.reached

        def watched(document: Document, scope: Scope) -> bool:
            answer = holds(document, scope)
            reached.add(yes if answer else no)
            return answer

        return watched

    def otherwise(self, place: Place) -> Condition:
        """See ``Watch``."""
        found = self._new(Kind.BRANCH, place, "otherwise")

        def watched(document: Document, scope: Scope) -> bool:
            self.reached.add(found)
            return True

        return watched

    def step(self, place: Place, label: str, run: Run) -> Run:
        """See ``Watch``."""
        found = self._new(Kind.STEP, place, f"step {label}")
        if isinstance(run, Suspending):
            return _WatchedQuestion(run, self, found)

        def watched(passage: Passage) -> str | Deliver | None:
            self.reached.add(found)
            return run(passage)

        return watched

    def emit(self, place: Place, emit: Emit) -> Emit:
        """See ``Watch``."""
        found = self._new(Kind.BRANCH, place, "nothing is sent there")

        def watched(passage: Passage) -> Output | None:
            output = emit(passage)
            self.reached.add(found)
            return output

        return watched

    def table(self, table: Table) -> Table:
        """See ``Watch``."""
        points = {
            key: self._new(Kind.ROW, Place(file=table.file, line=table.lines[key], column=1), f"row {key}")
            for key in table.rows
        }
        return WatchedTable(table.name, table.file, table.columns, table.rows, table.lines, points, self.reached)

    def mapping(self, mapping: CompiledMapping) -> CompiledMapping:
        """See ``Watch``."""
        if not isinstance(mapping, YamlMapping):
            return _WatchedMapping(mapping, self.reached, self._of_mapping(mapping.name))
        found = self._of_mapping(mapping.name)

        def mark(one: Mark) -> None:
            self.reached.add(found)
            self.reached.add(_point_of(one))

        self.points |= {_point_of(one) for one in mapping.watched(mark)}
        return mapping

    def _of_mapping(self, name: str) -> Point:
        return self._new(Kind.MAPPING, Place(file="mappings", line=0), f"mapping {name}")

    def _new(self, kind: Kind, place: Place, what: str) -> Point:
        found = point(kind, place, what)
        self.points.add(found)
        return found


def _point_of(mark: Mark) -> Point:
    kind = Kind.BRANCH if mark.reached in CONDITIONS else Kind.FIELD
    return point(kind, mark.place, _TOLD[mark.reached](mark.what))


_TOLD = {
    Reached.SET: "never set: {}".format,
    Reached.DEFAULT: "default never taken: {}".format,
    Reached.LOOP: "loop never entered: {}".format,
    Reached.HOLDS: "never holds: {}".format,
    Reached.FAILS: "always holds: {}".format,
}


class _WatchedQuestion(Suspending):
    """A step that asks."""

    def __init__(self, run: Suspending, watching: Watching, found: Point) -> None:
        self._run = run
        self._watching = watching
        self._found = found

    @property
    def slots(self) -> frozenset[str]:
        """As the step's."""
        return self._run.slots

    def __call__(self, passage: Passage) -> str | Deliver | None:
        """Come to the step."""
        self._watching.reached.add(self._found)
        return self._run(passage)

    def resume(self, slot: str, passage: Passage) -> str | Deliver | None:
        """The rest of it."""
        return self._run.resume(slot, passage)


@dataclass(frozen=True, slots=True)
class _WatchedMapping:
    """A stylesheet: nobody looks inside, but it is known whether it was applied."""

    inner: CompiledMapping
    reached: set[Point]
    found: Point

    @property
    def name(self) -> str:
        """As the stylesheet's."""
        return self.inner.name

    @property
    def reads(self) -> str | None:
        """As the stylesheet's."""
        return self.inner.reads

    @property
    def makes(self) -> str | None:
        """As the stylesheet's."""
        return self.inner.makes

    @property
    def parameters(self) -> Mapping[str, bool]:
        """As the stylesheet's."""
        return self.inner.parameters

    def apply(self, document: Document, scope: Scope) -> Document:
        """Apply it."""
        self.reached.add(self.found)
        return self.inner.apply(document, scope)

    def profile(self, documents: Documents, clock: Clock) -> list[Spent]:
        """As the stylesheet's."""
        return self.inner.profile(documents, clock)


class _Found(dict[str, Document]):
    """What is found in a table, by what is looked for: each find is heard."""

    def __init__(self, values: Mapping[str, Document], points: Mapping[str, Point], reached: set[Point]) -> None:
        super().__init__(values)
        self._points = points
        self._reached = reached

    def __getitem__(self, key: str) -> Document:
        self._reached.add(self._points[key])
        return super().__getitem__(key)

    def get(self, key: object, default: Document = None) -> Document:  # type: ignore[override]  # nobody looks for more
        """As a dictionary's."""
        return self[key] if isinstance(key, str) and key in self else default


@dataclass(frozen=True, slots=True)
class WatchedTable(Table):
    """A table whose rows are watched."""

    points: Mapping[str, Point]
    reached: set[Point]

    def forth(self, column: str | None) -> dict[str, Document]:
        """See ``Table``."""
        return _Found(Table.forth(self, column), self.points, self.reached)

    def back(self, column: str | None) -> dict[str, Document]:
        """See ``Table``."""
        found = Table.back(self, column)
        return _Found(found, {cell: self.points[str(key)] for cell, key in found.items()}, self.reached)

    def records(self) -> Mapping[str, dict[str, Document]]:
        """See ``Table``."""
        found: dict[str, Document] = {**Table.records(self)}
        return _Found(found, self.points, self.reached)  # type: ignore[return-value]  # the values are those of records


@dataclass(frozen=True, slots=True)
class Share:
    """How many of something were come to."""

    reached: int
    all: int

    @property
    def percent(self) -> float:
        """100 where there is nothing to come to."""
        return 100.0 if not self.all else 100.0 * self.reached / self.all


@dataclass(frozen=True, slots=True)
class Coverage:
    """The account of a project: every point, and those its cases came to."""

    points: frozenset[Point]
    reached: frozenset[Point]

    def share(self, *kinds: Kind) -> Share:
        """Of these kinds, or of all that are counted."""
        wanted = kinds or COUNTED
        points = {one for one in self.points if one.kind in wanted}
        return Share(len(points & self.reached), len(points))

    @property
    def missing(self) -> Sequence[Point]:
        """What no case comes to, in the order of the files."""
        return sorted(self.points - self.reached, key=lambda one: (one.file, one.line, one.column, one.what))

    def as_dict(self) -> dict[str, object]:
        """As plain data."""
        shares = {kind.value: self.share(kind) for kind in Kind}
        return {
            "percent": round(self.share().percent, 2),
            "kinds": {
                name: {"reached": one.reached, "all": one.all, "percent": round(one.percent, 2)}
                for name, one in shares.items()
            },
            "missing": [
                {"kind": one.kind.value, "file": one.file, "line": one.line, "column": one.column, "what": one.what}
                for one in self.missing
            ],
        }


def routes_reached(project: LoadedProject, queues: Iterable[str]) -> set[Point]:
    """The points of routes that had work in these queues."""
    return {_of_route(project, name) for name in queues if name in project.routes}


def coverage(project: LoadedProject, watching: Watching, reached: Iterable[Point]) -> Coverage:
    """The account. A route that is switched off and has no case is not wanted."""
    routes = {_of_route(project, name) for name, route in project.routes.items() if route.enabled or route.cases}
    return Coverage(frozenset(watching.points | routes), frozenset({*reached} & (watching.points | routes)))


def _of_route(project: LoadedProject, name: str) -> Point:
    route = project.routes[name]
    place = route.places.get("from", Place(file=route.file, line=1, column=1))
    return point(Kind.ROUTE, place, f"route {name}")
