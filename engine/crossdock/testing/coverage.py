"""What the cases of a project come to, and what they do not: routes, branches, fields of mappings, rows of tables.

A *point* is one thing a document can come to, with its place. Watching collects the points while the project is loaded
and hears which are come to while the cases run; what is compiled for a run has neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

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
from crossdock.testing.points import COUNTED, Kind, Point, point
from crossdock.testing.watched_table import WatchedTable, row_points


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

    def agreement(self, place: Place, what: str) -> Callable[[], None]:
        """See ``Watch``."""
        return partial(self.reached.add, self._new(Kind.AGREEMENT, place, what))

    def table(self, table: Table) -> Table:
        """See ``Watch``."""
        points = row_points(table)
        self.points.update(points.values())
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
