"""How often something may happen: a generic cell rate algorithm, as pure functions over one shared number.

The number is the *theoretical arrival time*: when, at an even pace, the next one would be expected. Whoever is ahead
of it by less than what may come at once goes; each that goes moves it on by one interval. One number, whoever asks and
however many machines: the generic cell rate algorithm of ITU-T I.371 (2004), virtual scheduling form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_NEXT_TO_NOTHING = 1e-9  # of an interval: what floats lose must not cost a turn


@dataclass(frozen=True, slots=True)
class Pace:
    """``per_second`` in the long run; one second's worth, and at least one, may come at once."""

    per_second: float

    @property
    def interval(self) -> float:
        """Seconds between two at an even pace."""
        return 1.0 / self.per_second

    @property
    def slack(self) -> float:
        """Seconds by which arrivals may be ahead of the even pace."""
        return (max(1.0, self.per_second) - 1.0) * self.interval


@dataclass(frozen=True, slots=True)
class Taken:
    """How many go now, the shared number after that, and the seconds until one more may go."""

    count: int
    expected: float
    wait: float


def take(expected: float | None, wanted: int, pace: Pace, now: float) -> Taken:
    """As many of ``wanted`` as may go now; ``expected`` is the shared number, None where there is none yet."""
    at = now if expected is None else max(expected, now)
    room = math.floor((now + pace.slack - at) / pace.interval + 1 + _NEXT_TO_NOTHING)
    count = max(0, min(wanted, room))
    after = at + count * pace.interval
    return Taken(count, after, max(0.0, after - pace.slack - now))


def give_back(expected: float | None, count: int, pace: Pace) -> float | None:
    """The shared number when ``count`` of those taken did not go."""
    return None if expected is None else expected - count * pace.interval


def reserve(expected: float | None, count: int, pace: Pace, now: float) -> tuple[float, float]:
    """Turns for ``count``, however late: the first one's moment (the others follow at the pace), the number after."""
    at = now if expected is None else max(expected, now)
    return at - pace.slack, at + count * pace.interval


def is_over(expected: float, now: float) -> bool:
    """Whether the number says nothing any more: nobody is ahead of the pace."""
    return expected <= now


def text_of(expected: float | None) -> str | None:
    """The number as a register keeps it."""
    return None if expected is None else repr(expected)


def read(text: str | None) -> float | None:
    """The number in a register; None for one that another version wrote in words we do not know."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
