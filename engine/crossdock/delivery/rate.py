"""How often a destination may be asked: a token bucket that holds one second's worth."""

from __future__ import annotations


class Rate:
    """``per_second`` parcels a second. The caller brings the time (seconds, any steady origin)."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._tokens = max(1.0, per_second)
        self._at: float | None = None

    def allowed(self, wanted: int, now: float) -> int:
        """How many of ``wanted`` may go now. Whoever lets them go says so with ``spend``."""
        if self._at is not None:
            self._tokens = min(max(1.0, self._per_second), self._tokens + max(0.0, now - self._at) * self._per_second)
        self._at = now
        return max(0, min(wanted, int(self._tokens)))

    def spend(self, parcels: int) -> None:
        """So many went."""
        self._tokens -= parcels
