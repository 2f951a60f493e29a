"""How much a worker may claim for a destination now: what its breaker, its rate and its batches leave room for."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.delivery.breaker import Failure
from crossdock.journal.contract import WorkStore
from crossdock.runtime.circuits import Circuits, Permit, Verdict
from crossdock.runtime.delivery import Courier
from crossdock.runtime.paces import Paces


class Turnstile:
    """One worker's way to its destinations. Every method raises ``Retry`` where the journal refuses."""

    def __init__(self, journal: WorkStore, circuits: Circuits, paces: Paces) -> None:
        self._journal = journal
        self._circuits = circuits
        self._paces = paces
        self._turns = 0

    def room(self, queue: str, courier: Courier) -> int:
        """How many works to claim now. What comes of that must be told with ``claimed``."""
        limit = courier.room(lambda most: self._journal.backlog(queue, most))
        if not limit:
            return 0
        match self._circuits.permit(queue, courier.patience):
            case Permit.NOTHING:
                self._turns = 0
                return limit if courier.may_do_without else 0
            case Permit.PROBE:
                limit = min(limit, courier.parcel)
        limit = self._in_turn(queue, courier, limit)
        if not limit:
            self._circuits.give_up_probe(queue)
        return limit

    def pause(self, queue: str) -> float:
        """The seconds for which the destination is left alone, as far as this worker knows; 0 where it may be called."""
        return self._circuits.pause(queue)

    def claimed(self, queue: str, courier: Courier, count: int) -> None:
        """So many works were claimed: turns and probes that nobody needs go back."""
        pace = courier.pace
        unused = self._turns - _parcels(courier, count)
        if pace is not None and unused > 0:
            self._paces.give_back(queue, pace, unused)
        if not count:
            self._circuits.give_up_probe(queue)

    def judge(self, queue: str, courier: Courier, outcomes: Sequence[Failure | None]) -> Verdict:
        """What came of a call."""
        return self._circuits.judge(queue, courier.destination.breaker, outcomes)

    def leave(self, queue: str) -> None:
        """A delivery has ended; if it was a probe that told nothing, the next one may go."""
        self._circuits.give_up_probe(queue)

    def _in_turn(self, queue: str, courier: Courier, limit: int) -> int:
        pace = courier.pace
        if pace is None:
            return limit
        if courier.destination.batch is not None:
            self._turns = self._paces.take(queue, pace, 1)
            return limit if self._turns else 0
        waiting, _ = self._journal.backlog(queue, limit)
        self._turns = self._paces.take(queue, pace, min(limit, waiting))
        return self._turns


def _parcels(courier: Courier, works: int) -> int:
    return works if courier.destination.batch is None else min(1, works)
