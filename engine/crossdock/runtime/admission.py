"""Whether more may come in: open, slow or closed, for each route that brings something.

What is not let in stays where it is: files in their folder, messages at the broker; an HTTP caller is told when to
come again. Decided from what waits in the route and behind it, from the room on the journal's disk, and from whether
the journal takes anything at all.
"""

from __future__ import annotations

import enum
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from crossdock.errors import CrossdockError, Retry
from crossdock.journal.contract import WorkStore
from crossdock.route.compiled import CompiledRoute
from crossdock.route.project import Limits
from crossdock.route.topic import matches
from crossdock.runtime.reserve import Reserve

LOG = logging.getLogger("crossdock.admission")

LOOK_EVERY = 1.0  # seconds between looks …
LOOK_SHARE = 0.05  # … or longer: counting must not take more of the time than this
COME_AGAIN = 5.0  # seconds: what is not let in now is asked for again then
REFUSED_FOR = 5.0  # seconds for which a journal that refused is not asked to take more
SLOWER = 5.0  # times as long between polls where things go slowly


class Gate(enum.StrEnum):
    """How much may come in."""

    OPEN = "open"
    SLOW = "slow"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Admission:
    """The decision for one route, why, and after how many seconds to come again."""

    gate: Gate
    code: str | None = None
    reason: str | None = None
    come_again: float = 0.0


OPEN = Admission(Gate.OPEN)
_TIGHTNESS = {Gate.OPEN: 0, Gate.SLOW: 1, Gate.CLOSED: 2}


@dataclass(frozen=True, slots=True)
class Strain:
    """What is known: messages that wait behind a route, bytes free on the tightest disk (None: unknown, none needed).

    ``refusal`` is what the journal said lately; ``spent`` that its reserve is used up.
    """

    waiting: int = 0
    free: int | None = None
    refusal: str | None = None
    spent: bool = False


def decide(strain: Strain, limits: Limits) -> Admission:
    """The decision. Pure."""
    if strain.refusal is not None:
        return _closed("E774", f"the journal takes nothing now: {strain.refusal}")
    if strain.spent:
        return _closed("E775", "the journal's disk was full; its reserve is used until there is room again")
    found = (_by_room(strain.free, limits.disk_free), _by_backlog(strain.waiting, limits.backlog))
    return max(found, key=lambda one: _TIGHTNESS[one.gate])


def _by_room(free: int | None, least: int) -> Admission:
    if free is None or free >= 2 * least:
        return OPEN
    text = f"{free / 1e6:.0f} MB are left on the journal's disk (limits: {{disk_free: …}})"
    return _closed("E773", text) if free < least else Admission(Gate.SLOW, "E773", text)


def _by_backlog(waiting: int, most: int) -> Admission:
    if 2 * waiting < most:
        return OPEN
    text = f"{waiting} messages wait behind it (limits: {{backlog: …}})"
    return _closed("E772", text) if waiting >= most else Admission(Gate.SLOW, "E772", text)


def _closed(code: str, reason: str) -> Admission:
    return Admission(Gate.CLOSED, code, reason, COME_AGAIN)


class Door(Protocol):
    """What an intake asks before it polls, and between batches."""

    def look(self) -> None:
        """See how things are, when that is due. Never raises. Belongs to one thread, ``of`` to any."""
        ...

    def of(self, route: str) -> Admission:
        """The decision for what comes in by ``route``, as it was at the last look."""
        ...

    def refused(self, error: Retry) -> None:
        """The journal did not take an arrival."""
        ...


class OpenDoor:
    """The door of who has no limits."""

    def look(self) -> None:
        """See ``Door``."""

    def of(self, route: str) -> Admission:
        """See ``Door``."""
        return OPEN

    def refused(self, error: Retry) -> None:
        """See ``Door``."""


class Admissions:
    """The door of a project. ``folders`` are those the journal writes to (empty: a server keeps it)."""

    def __init__(
        self,
        *,
        journal: WorkStore,
        routes: Mapping[str, CompiledRoute],
        limits: Limits,
        folders: Iterable[Path] = (),
        reserve: Reserve | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._behind = behind(routes)
        self._limits = limits
        self._folders = tuple(folders)
        self._reserve = reserve
        self._monotonic = monotonic
        self._due = 0.0
        self._refusal: tuple[float, str] | None = None
        self._decided: dict[str, Admission] = {}

    def look(self) -> None:
        """See ``Door``."""
        begun = self._monotonic()
        if begun < self._due:
            return
        decided = self._look_at_all()
        for route, admission in decided.items():
            _tell(route, self._decided.get(route, OPEN), admission)
        self._decided = decided
        took = self._monotonic() - begun
        self._due = begun + max(LOOK_EVERY, took / LOOK_SHARE)

    def of(self, route: str) -> Admission:
        """See ``Door``."""
        return self._decided.get(route, OPEN)

    def refused(self, error: Retry) -> None:
        """See ``Door``."""
        self._refusal = (self._monotonic() + REFUSED_FOR, str(error))
        self._due = 0.0

    def _look_at_all(self) -> dict[str, Admission]:
        free, spent = self._free(), self._reserve is not None and self._reserve.spent()
        waiting: dict[str, int] = {}
        refusal = self._lately_refused()
        try:
            for queue in {queue for queues in self._behind.values() for queue in queues} if refusal is None else ():
                waiting[queue] = self._journal.backlog(queue, self._limits.backlog)[0]
        except CrossdockError as error:
            refusal = str(error)
        return {
            route: decide(Strain(sum(waiting.get(one, 0) for one in queues), free, refusal, spent), self._limits)
            for route, queues in self._behind.items()
        }

    def _lately_refused(self) -> str | None:
        if self._refusal is not None and self._monotonic() >= self._refusal[0]:
            self._refusal = None
        return self._refusal[1] if self._refusal is not None else None

    def _free(self) -> int | None:
        found = [free for folder in self._folders if (free := _free_in(folder)) is not None]
        return min(found, default=None)


def _free_in(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _tell(route: str, before: Admission, after: Admission) -> None:
    if before.gate is not after.gate:
        tell = LOG.warning if after.gate is not Gate.OPEN else LOG.info
        tell("the source of route %s is %s: %s", route, after.gate, after.reason or "there is room")


def behind(routes: Mapping[str, CompiledRoute]) -> dict[str, frozenset[str]]:
    """Of each route with a source: its queue, its destinations', and those of every route that reads what it sends."""
    return {route.name: _reached(route, routes) for route in routes.values() if route.brings}


def _reached(start: CompiledRoute, routes: Mapping[str, CompiledRoute]) -> frozenset[str]:
    found, next_ones = {start.name}, [start]
    while next_ones:
        sends = next_ones.pop().published
        for reader in routes.values():
            if reader.name not in found and any(matches(topic, one) for topic in reader.topics for one in sends):
                found.add(reader.name)
                next_ones.append(reader)
    return frozenset(queue for name in found for queue in _queues(routes[name]))


def _queues(route: CompiledRoute) -> list[str]:
    return [route.name, *(f"{route.name}/{one.slot}" for one in route.destinations)]
