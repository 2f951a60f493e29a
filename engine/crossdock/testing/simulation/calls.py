"""The pool a worker gives its calls into sinks to, in simulated time.

A call reaches the other side some time after it was made, and its answer comes some time after that; both are moments
of the heap. A process that dies in between never hears the answer, and its request may already be on its way: then
it takes effect all the same, as requests do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from crossdock.runtime.actions import SinkOutcome
from crossdock.testing.simulation.process import Killed, Process

Call = Callable[[], Sequence[SinkOutcome]]
UNDER_WAY = 0.5  # chance that the request of a process that died meanwhile arrives all the same


@dataclass
class Calls:
    """Calls of one process. ``lag`` is how many seconds a request is under way at most, as things are now."""

    process: Process
    lag: Callable[[], float]
    delay: float = 0.0

    def __post_init__(self) -> None:
        process = self.process
        self._chance = process.world.chance(f"calls {process.name}#{process.life}")

    def takes(self, seconds: float) -> None:
        """Said by a sink that is being called: so much later its answer comes; infinity: never."""
        self.delay += seconds

    def reach(self, name: str) -> None:
        """A fail point within a call. A request that outlives its process passes it."""
        if not self.process.dead:
            self.process.point(name)

    def submit(self, call: Call) -> Future[Sequence[SinkOutcome]]:
        """As ``ThreadPoolExecutor.submit``."""
        future: Future[Sequence[SinkOutcome]] = Future()
        world = self.process.world
        there = world.now + self.lag() * self._chance.random()
        world.at(there, lambda: self._arrive(call, future))
        return future

    def _arrive(self, call: Call, future: Future[Sequence[SinkOutcome]]) -> None:
        process = self.process
        if process.dead:
            if self._chance.random() < UNDER_WAY:
                process.tell("is dead, but what it asked for arrives")
                call()  # nobody hears what comes of it
            return
        self.delay = 0.0
        try:
            outcomes = call()
        except Killed:
            process.world.wake(process.sleeper)
            return
        if self.delay == float("inf"):
            process.tell("made a call that never returns")
        else:
            process.world.at(process.world.now + self.delay, lambda: self._answer(future, outcomes))

    def _answer(self, future: Future[Sequence[SinkOutcome]], outcomes: Sequence[SinkOutcome]) -> None:
        future.set_result(outcomes)
        self.process.wake()
