"""The load: files for the inboxes of a stage, the same for the same seed, each with a time at which it is dropped."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.errors import Halt
from crossdock.testing.orders import interchange
from crossdock.testing.torture.stage import Entrance, Stage

_LINES = 3  # of a made order: many small ones hurt more than few large ones
_ORDERS = (1, 60)  # in a made file
_MADE = "orders-in"  # the route of the distributor pack that takes what crossdock.testing.orders makes


@dataclass(frozen=True, slots=True)
class Drop:
    """A file: for which route, under which name, when (0 to 1 of the whole time), and how many orders count for it.

    ``sample`` is what it holds; without one ``count`` orders from number ``first`` are made.
    """

    route: str
    name: str
    moment: float
    count: int
    first: int = 0
    sample: bytes | None = field(default=None, repr=False)

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the file."""
        if self.sample is not None:
            yield self.sample
        else:
            yield from interchange(self.count, lines=_LINES, control=self.first, first=self.first)


def make_load(stage: Stage, orders: int, seed: int, *, pack: bool) -> list[Drop]:
    """Drops of about so many orders in all. Orders are made for the ``pack``; other routes get copies of samples."""
    chance = random.Random(seed)  # noqa: S311 - the same load each time
    entrances = [entrance for entrance in stage.entrances if entrance.samples]
    drops: list[Drop] = []
    done = 0
    while done < orders:
        entrance = chance.choice(entrances)
        made = pack and entrance.route == _MADE
        count = min(chance.randint(*_ORDERS), orders - done) if made else 1
        drops.append(_drop(entrance, len(drops), count, done + 1, made=made, chance=chance))
        done += count
    return sorted(drops, key=lambda drop: drop.moment)


def _drop(entrance: Entrance, number: int, count: int, first: int, *, made: bool, chance: random.Random) -> Drop:
    path = chance.choice(entrance.samples)
    name = f"{entrance.route}-{number:06d}{path.suffix}"
    return Drop(entrance.route, name, chance.random(), count, first=first, sample=None if made else path.read_bytes())


class Dropper(threading.Thread):
    """Drops files over ``seconds``, each whole, as a partner would; ``dropped`` tells when (Unix seconds)."""

    def __init__(self, drops: Sequence[Drop], inboxes: dict[str, Path], seconds: float) -> None:
        super().__init__(daemon=True, name="load")
        self._drops = drops
        self._inboxes = inboxes
        self._seconds = seconds
        self._over = threading.Event()
        self.dropped: dict[str, float] = {}
        self.error: OSError | None = None

    def run(self) -> None:
        """Drop them all, or what there was time for; ``error`` tells what was in the way."""
        begun = time.monotonic()
        try:
            for drop in self._drops:
                if self._over.wait(max(0.0, begun + drop.moment * self._seconds - time.monotonic())):
                    return
                self._put(drop)
        except OSError as error:
            self.error = error

    def finish(self) -> None:
        """Wait until all are dropped. Raises ``Halt`` T114 where they could not be."""
        if self.is_alive():
            self.join()
        if self.error is not None:
            raise Halt("T114", f"the load cannot be dropped: {self.error}") from self.error

    def _put(self, drop: Drop) -> None:
        target = self._inboxes[drop.route] / drop.name
        temporary = target.with_name(f".{drop.name}.tmp")
        with temporary.open("wb") as file:
            file.writelines(drop.pieces())
        self.dropped[drop.name] = time.time()
        os.rename(temporary, target)  # noqa: PTH104 - nothing between the time and the name

    def close(self) -> None:
        """Drop no more."""
        self._over.set()
        self.join()


def left(stage: Stage) -> list[str]:
    """Files that still lie where they were dropped."""
    return [path.name for entrance in stage.entrances for path in entrance.inbox.iterdir() if path.is_file()]
