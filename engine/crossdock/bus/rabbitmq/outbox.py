"""Hints on their way to the publishing thread: putting some in costs the worker some microseconds.

Bounded, so that a broker that is away for a day costs nothing: the oldest hints go first, because work that was told of
long ago has been found in the journal long ago.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Sequence

from crossdock.bus.contract import Hint

ROOM = 20_000  # hints


class Wake:
    """Ends another thread's look at its link: a pipe that becomes readable. For any thread."""

    def __init__(self) -> None:
        self.descriptor, self._end = os.pipe()
        self._lock = threading.Lock()
        self._called = False

    def call(self) -> None:
        """Wake whoever looks, once."""
        with self._lock:
            if not self._called:
                self._called = True
                os.write(self._end, b"!")

    def heard(self) -> None:
        """Woken: the next call is a new one."""
        with self._lock:
            if self._called:
                os.read(self.descriptor, 1)
                self._called = False

    def close(self) -> None:
        """Release the pipe. Calls go nowhere from then on."""
        with self._lock:
            if self._end >= 0:
                os.close(self.descriptor)
                os.close(self._end)
            self._called, self._end = True, -1


class Outbox:
    """Filled by the worker, emptied by the publishing thread."""

    def __init__(self, room: int = ROOM) -> None:
        self.dropped = 0
        self.wake = Wake()
        self._lock = threading.Lock()
        self._hints: deque[Hint] = deque(maxlen=room)
        self._room = room

    def __len__(self) -> int:
        return len(self._hints)

    def put(self, hints: Sequence[Hint]) -> None:
        """Add hints; the oldest go where there is no room."""
        with self._lock:
            self.dropped += max(0, len(self._hints) + len(hints) - self._room)
            self._hints.extend(hints)
        self.wake.call()

    def put_back(self, hints: Iterable[Hint]) -> None:
        """Hints that did not get through go first, as far as there is room."""
        with self._lock:
            back = list(hints)
            fit = max(0, self._room - len(self._hints))
            self.dropped += max(0, len(back) - fit)
            self._hints.extendleft(reversed(back[-fit:] if fit else []))

    def take(self, limit: int) -> list[Hint]:
        """Up to ``limit`` hints, oldest first."""
        with self._lock:
            return [self._hints.popleft() for _ in range(min(limit, len(self._hints)))]
