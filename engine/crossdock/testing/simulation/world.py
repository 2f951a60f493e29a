"""The simulated time, and who does what in it: one heap of moments, one log, chance from one seed.

Everything that happens is an entry of the heap. A process that sleeps, or waits for an answer, is an entry too, with
a moment drawn by chance: so which of two processes comes first is chance as well, and a call that is slow or a host
that stands still is nothing but a later moment. Nothing reads a real clock, and nothing depends on the order of a set
or on a hash, so one seed gives one log, byte for byte.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from collections.abc import Callable

from crossdock.testing.simulation.fiber import Fiber, pause

BEGIN = 1767268800.0  # 2026-01-01T12:00:00Z
MOST_EVENTS = 60_000  # in one run; more means that something goes round in circles


class Violation(BaseException):
    """A promise was broken: ``rule`` is its short name, the same for every way to break it.

    No ``except Exception`` of the engine may take it for a defect of a connector.
    """

    def __init__(self, rule: str, what: str) -> None:
        super().__init__(f"{rule}: {what}")
        self.rule = rule
        self.what = what


class Sleeper:
    """A fiber's place in the heap: only the latest of its moments counts."""

    def __init__(self, run: Callable[[], None]) -> None:
        self.fiber = Fiber(run)
        self.turn = 0


class World:
    """Time in seconds since the simulation began. ``wall`` is how far somebody has set the wall clock off."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.now = 0.0
        self.wall = 0.0
        self.boots = 1
        self.entries: list[tuple[float, str, str]] = []
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = 0
        self._events = 0
        self._until = 0.0

    # Clocks

    def wall_clock(self) -> float:
        """Unix seconds, as the machines believe."""
        return BEGIN + self.now + self.wall

    def steady(self) -> float:
        """Seconds since boot: nobody sets it."""
        return 1000.0 + self.now

    # Chance and log

    def chance(self, name: str) -> random.Random:
        """A source of chance of its own: what one part draws changes nothing for the others."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - chance that can be repeated

    def tell(self, who: str, what: str) -> None:
        """Into the log."""
        self.entries.append((self.now, who, what))

    def fingerprint(self) -> str:
        """The log as a short text: equal for equal runs."""
        return hashlib.blake2b(repr(self.entries).encode(), digest_size=12).hexdigest()

    # Time

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Do something at a moment, not before now."""
        self._numbers += 1
        heapq.heappush(self._heap, (max(moment, self.now), self._numbers, act))

    def start(self, sleeper: Sleeper) -> None:
        """Let a fiber begin now."""
        self.wake(sleeper)

    def sleep(self, sleeper: Sleeper, seconds: float) -> None:
        """Called inside its fiber: come back after so long, or when woken."""
        moment = self.now + seconds
        if moment <= self._until and (not self._heap or self._heap[0][0] > moment):  # nobody else does anything
            self._count()
            self.now = moment
            return
        self._schedule(sleeper, moment)
        pause()

    def wait(self, sleeper: Sleeper) -> None:
        """Called inside its fiber: come back when woken."""
        sleeper.turn += 1
        pause()

    def wake(self, sleeper: Sleeper) -> None:
        """Let a fiber go on now, whatever it waits for."""
        self._schedule(sleeper, self.now)

    def _schedule(self, sleeper: Sleeper, moment: float) -> None:
        sleeper.turn += 1
        turn = sleeper.turn

        def go_on() -> None:
            if sleeper.turn == turn and not sleeper.fiber.ended:
                sleeper.fiber.go_on()

        self.at(moment, go_on)

    def run(self, until: float) -> None:
        """Let time pass up to a moment. Raises ``Violation``, and whatever the simulated code did not expect."""
        self._until = until
        while self._heap and self._heap[0][0] <= until:
            self._count()
            self.now, _, act = heapq.heappop(self._heap)
            act()
        self.now = max(self.now, until)

    def _count(self) -> None:
        self._events += 1
        if self._events > MOST_EVENTS:
            raise Violation("liveness", f"{MOST_EVENTS} events, and no end: something goes round in circles")
