"""When to try again: exponential back-off with full jitter, capped.

Full jitter (a uniform draw between nothing and the capped exponential) spreads a thousand messages that failed
together over the whole interval, instead of sending them back as one wave.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``attempts`` counts the first one too; ``first`` and ``max`` are seconds."""

    attempts: int = 6
    first: float = 2.0
    factor: float = 3.0
    max: float = 900.0

    def exhausted(self, attempt: int) -> bool:
        """Whether ``attempt`` (from 1) was the last one."""
        return attempt >= self.attempts

    def delay(self, attempt: int, jitter: float) -> float:
        """Seconds to wait after failed ``attempt`` (from 1); ``jitter`` is a uniform draw from [0, 1)."""
        exponent = min(attempt - 1, 64)  # beyond any cap, and far from overflow
        return min(self.max, self.first * self.factor**exponent) * jitter

    @property
    def horizon(self) -> float:
        """The longest time, in seconds, between the first and the last attempt."""
        return sum(self.delay(attempt, 1.0) for attempt in range(1, self.attempts))
