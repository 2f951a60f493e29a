"""The faults of a case: which systems are down, slow, or served by a worker that is lost, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from crossdock.errors import Doubt
from crossdock.route.faults import Fault, down, duplicated, slow
from crossdock.route.spec import CaseSpec


class WorkerLost(BaseException):
    """The worker is gone, between what a system did and the note of it. Nothing in between may catch this."""


def is_slow(name: str) -> Doubt:
    """What comes of a system that does what it is told and answers too late."""
    return Doubt("R460", f"the case says that {name} is slow: it did not answer in time")


class Faults:
    """What a case does to the systems, each under any of its names. ``now`` is the moment on the clock of the case."""

    def __init__(self, case: CaseSpec, now: Callable[[], float]) -> None:
        self._now = now
        self._begun = now()
        self._down, self._slow = down(case), slow(case)
        self._duplicated = duplicated(case)
        self._calls: dict[tuple[str, str], int] = {}
        self._lost: set[str] = set()

    def is_down(self, names: Sequence[str]) -> bool:
        """Whether a call that is made now does not reach the system."""
        return self._holds("down", self._down, names)

    def is_slow(self, names: Sequence[str]) -> bool:
        """Whether a call that has reached the system now is answered too late."""
        return self._holds("slow", self._slow, names)

    def lose_worker(self, names: Sequence[str], keys: Iterable[str]) -> None:
        """Raises ``WorkerLost`` where the worker is to be lost now: once for each of ``keys``."""
        fresh = set(keys) - self._lost
        if fresh and set(names) & set(self._duplicated):
            self._lost |= fresh
            raise WorkerLost

    def _holds(self, kind: str, faults: Mapping[str, Fault], names: Sequence[str]) -> bool:
        name = next((name for name in names if name in faults), None)
        if name is None:
            return False
        calls = self._calls[kind, name] = self._calls.get((kind, name), 0) + 1
        match faults[name]:
            case None:
                return True
            case int() as times:
                return calls <= times
            case seconds:
                return self._now() - self._begun < seconds
