"""What becomes of those behind one that was not served: they are not sent in vain, and nothing of them is unclear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from crossdock.connector.contract import Done, Parcel
from crossdock.connector.untried import behind
from crossdock.errors import CrossdockError, Doubt, Halt, Retry

Outcome: TypeAlias = Done | CrossdockError


def in_turn(
    parcels: Sequence[Parcel], size: int, send: Callable[[Sequence[Parcel]], Sequence[Outcome]]
) -> list[Outcome]:
    """Sends ``size`` at a time until one is not served; one outcome for each."""
    outcomes: list[Outcome] = []
    for start in range(0, len(parcels), size):
        outcomes += send(parcels[start : start + size])
        if stops(outcomes[-1]):
            break
    rest = len(parcels) - len(outcomes)
    last = outcomes[-1] if rest else None
    return [*outcomes, *(behind(last, rest) if isinstance(last, CrossdockError) else ())]


def stops(outcome: Outcome) -> bool:
    """Whether others need not be tried now: the peer is away, or does not want to be asked, or does not know us."""
    return isinstance(outcome, Halt) or (
        isinstance(outcome, Retry | Doubt) and not getattr(outcome, "only_this", False)
    )
