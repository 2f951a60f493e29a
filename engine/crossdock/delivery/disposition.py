"""What an error makes of a piece of work: a value the worker carries out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from crossdock.delivery.schedule import RetryPolicy
from crossdock.errors import CrossdockError, Halt, Hold, Retry

#: A piece of work that was in hand this many times when its worker died is parked: it is the likely killer.
MAX_CRASHES = 3


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Due again in ``delay`` seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class Park:
    """For a person to decide."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Dead letter. ``exhausted`` tells a refused document from one whose attempts ran out."""

    exhausted: bool


@dataclass(frozen=True, slots=True)
class StopQueue:
    """Put it back untouched and stop its queue until the configuration changes."""


Disposition: TypeAlias = TryAgain | Park | GiveUp | StopQueue


def dispose(error: CrossdockError, attempt: int, policy: RetryPolicy, jitter: float) -> Disposition:
    """What follows from ``error`` in ``attempt`` (from 1) under ``policy``; ``jitter`` is a draw from [0, 1)."""
    match error:
        case Retry() if policy.exhausted(attempt):
            return GiveUp(exhausted=True)
        case Retry(after=None):
            return TryAgain(policy.delay(attempt, jitter))
        case Retry(after=seconds):
            return TryAgain(seconds or 0.0)
        case Hold():
            return Park()
        case Halt():
            return StopQueue()
        case _:
            return GiveUp(exhausted=False)
