"""A clock that moves when it is told to: nothing in a test waits."""

from __future__ import annotations

#: 2026-01-01T12:00:00Z, in Unix seconds.
NOW = 1767268800.0


class ManualClock:
    """``journal.contract.Clock`` under the test's control. Begins at 2026-01-01T12:00:00Z if nothing else is said."""

    def __init__(self, now: float = NOW) -> None:
        self._now = now
        self._boot = 1000.0
        self._boots = 1

    def now(self) -> float:
        """Wall clock, Unix seconds."""
        return self._now

    def boot(self) -> float:
        """Seconds since boot."""
        return self._boot

    def boot_id(self) -> str:
        """Changes with ``reboot``."""
        return f"boot {self._boots}"

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self._now += seconds
        self._boot += seconds

    def set_wall(self, seconds: float) -> None:
        """Somebody sets the wall clock by so much, forward or back. Nothing else moves."""
        self._now += seconds

    def reboot(self) -> None:
        """The machine starts anew a minute later."""
        self._now += 60.0
        self._boot = 5.0
        self._boots += 1
