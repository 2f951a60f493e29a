"""A bus in memory, for tests and for ``crossdock test``: keeps hints until they are waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from crossdock.bus.contract import Hint


class MemoryBus:
    """One queue of hints in this process; ``wait`` never sleeps."""

    def __init__(self) -> None:
        self._hints: deque[Hint] = deque()

    def publish(self, hints: Sequence[Hint]) -> None:
        """See ``Bus``."""
        self._hints.extend(hints)

    def wait(self, timeout: float, interrupt: Callable[[], bool]) -> Sequence[Hint]:
        """See ``Bus``."""
        arrived = tuple(self._hints)
        self._hints.clear()
        return arrived

    def close(self) -> None:
        """Forget every hint: allowed at any time, the journal has the work."""
        self._hints.clear()
