"""What one worker has in hand: batches, streams, deliveries, and queues it is about to stop.

A *suspect* was in hand when a worker died. It goes on only while nothing else is in hand, so that its neighbours are
not counted for what it does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeAlias

from crossdock.journal.contract import Result, Work
from crossdock.runtime.actions import Action, SinkOutcome, Steps
from crossdock.runtime.delivery import Courier

#: Commits on a connection of its own, while the worker goes on.
Ahead: TypeAlias = Callable[[Sequence[Result]], "Future[list[bool]]"]

#: Runs a call elsewhere: ``ThreadPoolExecutor.submit``, or at once in tests.
Submit: TypeAlias = Callable[[Callable[[], Sequence[SinkOutcome]]], "Future[Sequence[SinkOutcome]]"]


@dataclass(slots=True)
class Batch:
    """Messages of a route that does not split: those to come, and what came of those done and not yet committed."""

    queue: str
    works: deque[Work]
    results: list[Result] = field(default_factory=list)

    @classmethod
    def of(cls, queue: str, works: Sequence[Work]) -> Batch:
        """A batch just claimed."""
        return cls(queue, deque(works))

    @property
    def suspect(self) -> bool:
        """Whether it is to be alone."""
        return any(work.crashes for work in self.works)

    def held(self) -> Iterator[Work]:
        """Everything of it that is leased."""
        yield from self.works
        yield from (result.work for result in self.results)


@dataclass(slots=True)
class Stream:
    """A message that is being split: its results so far to come, and those made that are not committed yet.

    The first of those may be under way to a journal that commits while the next is made.
    """

    work: Work
    results: Iterator[Result]
    suspect: bool
    made: deque[Result] = field(default_factory=deque)
    under_way: Future[list[bool]] | None = None

    @property
    def complete(self) -> bool:
        """Whether its last result is made."""
        return bool(self.made) and self.made[-1].outcome is not None

    def committed(self) -> Result:
        """So much is done. A stream that is no longer careful is above suspicion."""
        result = self.made.popleft()
        self.suspect = self.suspect and len(result.children) == 1
        return result


@dataclass(slots=True, eq=False)
class Delivery:
    """One claimed batch of a destination on its way: its steps, what they asked for last, the call they wait for.

    ``deadline`` (monotonic seconds) is when that call counts as one that never returns.
    """

    queue: str
    courier: Courier
    works: Sequence[Work]
    steps: Steps
    action: Action | None = None
    call: Future[Sequence[SinkOutcome]] | None = None
    deadline: float = 0.0

    @property
    def suspect(self) -> bool:
        """Whether it is to be alone."""
        return any(work.crashes for work in self.works)


Hand: TypeAlias = Batch | Stream | Delivery


@dataclass(slots=True)
class Stop:
    """A queue to be stopped, and what is to be committed with that."""

    queue: str
    reason: str
    results: list[Result]
