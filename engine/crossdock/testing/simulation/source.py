"""The other side: a place where files wait until they are taken. It is never told twice what it knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crossdock.connector import Arrival, Verdict
from crossdock.errors import Retry
from crossdock.message import Inline
from crossdock.testing.simulation.process import Process
from crossdock.testing.simulation.world import World


@dataclass(frozen=True, slots=True)
class File:
    """A file that is there from ``at`` on, with one document a line."""

    name: str
    at: float
    lines: tuple[bytes, ...]


@dataclass
class Place:
    """Where files of one route wait. ``failing`` is the chance that looking, or taking one away, fails."""

    world: World
    route: str
    files: list[File]
    failing: float = 0.0
    settled: dict[str, Verdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = self.world.chance(f"place {self.route}")

    def waiting(self) -> list[File]:
        """What is there now, oldest first."""
        return [one for one in self.files if one.at <= self.world.now and one.name not in self.settled]

    def fails(self) -> bool:
        """Whether it fails now."""
        return self._chance.random() < self.failing


class PlaceSource:
    """``Source`` of one intake process."""

    def __init__(self, place: Place, process: Process) -> None:
        self._place = place
        self._process = process

    def poll(self) -> Iterator[Arrival]:
        """See ``Source``."""
        self._process.takes()
        if self._place.fails():
            raise Retry("T212", "the folder cannot be listed")
        for file in self._place.waiting():
            payload = Inline(b"\n".join(file.lines))
            yield Arrival(identity=file.name, payload=payload, headers={"file.name": file.name}, receipt=file.name)

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """See ``Source``."""
        self._process.takes()
        self._process.point("settle")
        if self._place.fails():
            raise Retry("T212", "the file cannot be taken away")
        self._place.settled[arrival.identity] = verdict
        self._process.tell(f"settles {arrival.identity}: {verdict}")
        self._process.point("settled")

    def close(self) -> None:
        """Nothing is held."""
