"""How long to wait for a file: until it is stable, or until it may be tried again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

LONGEST_PAUSE = 60.0  # seconds between two tries of one file
REMEMBERED = 10_000  # files in trouble; one that is forgotten is simply found again

S = TypeVar("S")
T = TypeVar("T")


class Sightings(Generic[S]):
    """Which files looked the same (a stamp ``S`` that is equal) in two polls at least ``stable_for`` seconds apart."""

    def __init__(self, stable_for: float) -> None:
        self._stable_for = stable_for
        self._last: dict[str, tuple[S, float]] = {}
        self._next: dict[str, tuple[S, float]] = {}
        self.unstable = 0

    def begin(self) -> None:
        """A new poll begins: who is not seen in it is forgotten."""
        self._last, self._next = self._next, {}
        self.unstable = 0

    def is_stable(self, path: str, seen: S, now: float, patience: float = 1) -> bool:
        """Note what ``path`` looks like at ``now`` (seconds, monotonic); whether it has looked so for long enough."""
        before = self._last.get(path)
        since = before[1] if before is not None and before[0] == seen else now
        self._next[path] = (seen, since)
        stable = before is not None and before[0] == seen and now - since >= self._stable_for * patience
        self.unstable += not stable
        return stable

    def lost(self, path: str) -> None:
        """The file changed after all."""
        self._next.pop(path, None)
        self.unstable += 1


@dataclass(frozen=True, slots=True)
class Pause(Generic[T]):
    """A file that is left alone until ``until``; ``tries`` so far; ``about`` is what is to be done then."""

    until: float
    tries: int
    about: T | None


class Pauses(Generic[T]):
    """Files in trouble, each with its own pause (1 s, doubled up to a minute), so that none stands before others."""

    def __init__(self) -> None:
        self._pauses: OrderedDict[str, Pause[T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pauses)

    def again(self, path: str, now: float, about: T | None = None) -> None:
        """It failed: not before its next turn."""
        tries = self._pauses[path].tries + 1 if path in self._pauses else 1
        pause = min(2.0 ** (tries - 1), LONGEST_PAUSE)
        self._pauses.pop(path, None)
        self._pauses[path] = Pause(now + pause, tries, about)
        if len(self._pauses) > REMEMBERED:
            self._pauses.popitem(last=False)

    def is_waiting(self, path: str, now: float) -> bool:
        """Whether it is not its turn yet. One that only waits for its owner to hand over stays out until then."""
        pause = self._pauses.get(path)
        return pause is not None and (pause.about is not None or now < pause.until)

    def due(self, now: float) -> Iterator[tuple[str, T]]:
        """What is to be done again now."""
        ready = [(path, one.about) for path, one in self._pauses.items() if one.until <= now]
        yield from ((path, about) for path, about in ready if about is not None)

    def over(self, path: str) -> None:
        """No longer in trouble."""
        self._pauses.pop(path, None)
