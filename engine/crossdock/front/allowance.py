"""How much a caller may send: a bucket for each, filled at a steady rate. Pure: time is an argument."""

from __future__ import annotations

from dataclasses import dataclass

MOST_CALLERS = 10_000  # remembered; those that were full again come to no harm when they are forgotten
_BURST = 1.0  # seconds of the rate that may be used at once


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Allowance:
    """The buckets of every caller."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def take(self, caller: str, rate: float, now: float) -> float:
        """Seconds until ``caller`` may send (0: now, and it counts). ``rate`` is per second, ``now`` monotonic."""
        most = max(1.0, rate * _BURST)
        bucket = self._buckets.get(caller)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[caller] = _Bucket(most, now)
        bucket.left = min(most, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0.0
        return (1 - bucket.left) / rate

    def _make_room(self, now: float) -> None:
        if len(self._buckets) >= MOST_CALLERS:
            oldest = sorted(self._buckets, key=lambda name: self._buckets[name].at)
            for name in oldest[: MOST_CALLERS // 2]:
                del self._buckets[name]
