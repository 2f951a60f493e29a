"""The bus of a simulation: hints that come late, twice or never. Nothing but time may depend on them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crossdock.bus.contract import Hint
from crossdock.errors import Retry
from crossdock.testing.simulation.journal import Disk
from crossdock.testing.simulation.process import Process
from crossdock.testing.simulation.world import World

LATE = 0.05  # seconds a hint is under way at most, where nothing is wrong
LONGEST_LOOK = 20.0  # seconds between looks of a process that has looked in vain again and again


@dataclass
class Exchange:
    """Where hints go: to one of those who listen. ``loses`` and ``doubles`` are chances, ``delay`` is in seconds."""

    world: World
    loses: float = 0.0
    doubles: float = 0.0
    delay: float = LATE
    listeners: dict[str, Callable[[Hint], None]] = field(default_factory=dict)
    generation: int = 0

    def __post_init__(self) -> None:
        self._chance = self.world.chance("bus")

    def publish(self, hint: Hint) -> None:
        """A hint sets out."""
        copies = 0 if self._chance.random() < self.loses else 2 if self._chance.random() < self.doubles else 1
        generation = self.generation
        for _ in range(copies):
            self.world.at(self.world.now + self._chance.random() * self.delay, lambda: self._arrive(hint, generation))

    def delete_queues(self) -> None:
        """Every hint that is under way is gone."""
        self.generation += 1

    def mend(self) -> None:
        """From now on hints come once, and soon."""
        self.loses, self.doubles, self.delay = 0.0, 0.0, LATE

    def _arrive(self, hint: Hint, generation: int) -> None:
        if generation == self.generation and self.listeners:
            self.listeners[self._chance.choice(sorted(self.listeners))](hint)


class Ear:
    """``Bus`` as one process has it. ``exchange`` is None where the journal's own rows are the bus."""

    def __init__(self, process: Process, disk: Disk, exchange: Exchange | None) -> None:
        self._process = process
        self._disk = disk
        self._exchange = exchange
        self._heard: list[Hint] = []
        self._seen = -1
        self._in_vain = 0
        self._chance: random.Random = process.world.chance(f"ear {process.name}#{process.life}")

    def publish(self, hints: Sequence[Hint]) -> None:
        """See ``Bus``."""
        if self._exchange is None or not hints:
            return
        self._process.takes()
        self._process.point("publish")
        if self._process.host.bus_cut:
            raise Retry("T203", "the bus cannot be reached")
        for hint in hints:
            self._exchange.publish(hint)

    def wait(self, timeout: float, interrupt: Callable[[], bool]) -> Sequence[Hint]:
        """See ``Bus``. Looks that could find nothing new are left out: they would change nothing but the log."""
        if self._exchange is not None and not self._process.host.bus_cut:
            self._exchange.listeners[self._process.name] = self._hear
        while not interrupt() and not self._heard:
            changes = self._disk.foreign_changes(self._process.name)
            if changes != self._seen:
                self._seen, self._in_vain = changes, 0
                self._process.sleep(self._chance.random() * (timeout if self._exchange else LATE))
                break
            if self._sleep_until_something(timeout):
                break
        heard, self._heard = tuple(self._heard), []
        return heard

    def close(self) -> None:
        """Listen no longer."""
        if self._exchange is not None:
            self._exchange.listeners.pop(self._process.name, None)

    def _hear(self, hint: Hint) -> None:
        self._heard.append(hint)
        self._process.wake()

    def _sleep_until_something(self, timeout: float) -> bool:
        """Whether it is time to look, though nothing has changed."""
        due = self._disk.next_due()
        look = due is not None and due <= 0
        pause = min(LONGEST_LOOK, timeout * 2**self._in_vain) if look else due if due is not None else LONGEST_LOOK * 50
        self._in_vain += look
        self._disk.watch(self._process.name, self._process.wake)
        try:
            self._process.sleep(pause)
        finally:
            self._disk.watch(self._process.name, None)
        return look
