"""The embedded bus: the journal's own work rows. All that is left to do is to notice that the file changed.

SQLite counts foreign commits in ``data_version``, which costs some microseconds to ask. A waiting worker asks every
millisecond at first and more lazily the longer nothing happens, so an idle process costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crossdock.bus.contract import Hint

SHORTEST, LONGEST = 0.001, 0.02  # seconds between looks; the longest is what an idle system adds to latency


class EmbeddedBus:
    """Watches ``changed`` (a number that differs after another process committed). No broker, nothing to lose."""

    def __init__(
        self, changed: Callable[[], int], sleep: Callable[[float], None], monotonic: Callable[[], float]
    ) -> None:
        self._changed = changed
        self._sleep = sleep
        self._monotonic = monotonic
        self._last = changed()

    def publish(self, hints: Sequence[Hint]) -> None:
        """Nothing to do: the commit that made the work is the message."""

    def wait(self, timeout: float, interrupt: Callable[[], bool]) -> Sequence[Hint]:
        """See ``Bus``; always *look in the journal*."""
        end, pause = self._monotonic() + timeout, SHORTEST
        while self._monotonic() < end and not interrupt():
            seen = self._changed()
            if seen != self._last:
                self._last = seen
                break
            self._sleep(pause)
            pause = min(LONGEST, pause * 1.5)
        return ()

    def close(self) -> None:
        """Nothing is held."""
