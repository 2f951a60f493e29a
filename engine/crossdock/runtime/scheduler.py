"""What must happen in time and belongs to nobody's message: signs of life, expired leases, retention."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from crossdock.errors import CrossdockError
from crossdock.journal.contract import Journal, Sent
from crossdock.journal.ledger import Awaiting
from crossdock.runtime.expected import Expected
from crossdock.runtime.paces import forget_over
from crossdock.runtime.presence import Presence
from crossdock.runtime.pulse import Slot
from crossdock.runtime.reserve import Reserve

LOG = logging.getLogger("crossdock.scheduler")

EXPIRE_EVERY = 5.0
PURGE_EVERY = 60.0
PACES_EVERY = 300.0
RESERVE_EVERY = 5.0
PURGE_STEP = 500  # messages forgotten per transaction: the write lock is held for some milliseconds
DEAD_LETTERS_EVERY = 60.0  # of the broker: a connection each time
OVERDUE_EVERY = 5.0
ARRIVALS_EVERY = 5.0
OVERDUE_STEP = 100  # acknowledgements that are told to be overdue per transaction
TICK = 0.2


@dataclass(slots=True)
class _Duty:
    """Something to do every so often. ``work`` says whether it is done for now."""

    name: str
    every: float
    work: Callable[[], bool]
    due: float = 0.0


class Scheduler:
    """``keep_messages`` and ``keep_keys`` are in seconds; ``now`` the wall clock.

    With ``presence`` it does its duties in its turn only. ``overdue`` tells of an acknowledgement that did not come, ``expected`` of
    what no source has brought in time.
    """

    def __init__(  # noqa: PLR0913 - the composition root names each of them
        self,
        *,
        journal: Journal,
        now: Callable[[], float],
        keep_messages: float,
        keep_keys: float = math.inf,
        slot: Slot,
        presence: Presence | None = None,
        reserve: Reserve | None = None,
        dead_letters: Callable[[], bool] | None = None,
        overdue: Callable[[Awaiting], Sent | None] | None = None,
        expected: Expected | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._journal = journal
        self._now = now
        self._keep = keep_messages
        self._keep_keys = keep_keys
        self._slot = slot
        self._presence = presence
        self._monotonic = monotonic
        self._sleep = sleep
        self._duties: tuple[_Duty, ...] = (
            _Duty("leases", EXPIRE_EVERY, self._expire),
            _Duty("retention", PURGE_EVERY, self._purge),
            _Duty("paces", PACES_EVERY, self._forget_paces),
        )
        if dead_letters is not None:
            drain = _Duty("dead letters", DEAD_LETTERS_EVERY, lambda: not self._on_duty() or dead_letters())
            self._duties = (*self._duties, drain)
        if overdue is not None:
            self._duties = (*self._duties, _Duty("overdue", OVERDUE_EVERY, lambda: self._raise_overdue(overdue)))
        if expected is not None:
            self._duties = (*self._duties, _Duty("arrivals", ARRIVALS_EVERY, lambda: self._look_at(expected)))
        if reserve is not None:
            self._duties = (_Duty("reserve", RESERVE_EVERY, lambda: reserve.fill() or True), *self._duties)
        if presence is not None:
            self._duties = (_Duty("presence", presence.every, self._attend), *self._duties)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Do each duty when it is due, until ``stopping``."""
        while not stopping():
            for duty in self._duties:
                if self._monotonic() >= duty.due and self._do(duty):
                    duty.due = self._monotonic() + duty.every
            self._slot.idle()
            self._sleep(TICK)
        self._leave()

    def _do(self, duty: _Duty) -> bool:
        """Whether the duty is done for now; one with more to do gets its turn again after the others."""
        try:
            return duty.work()
        except CrossdockError as error:
            LOG.error("%s: %s", duty.name, error)
            return True

    def _attend(self) -> bool:
        if self._presence is not None:
            self._presence.attend()
        return True

    def _on_duty(self) -> bool:
        return self._presence is None or self._presence.on_duty()

    def _leave(self) -> None:
        try:
            if self._presence is not None:
                self._presence.leave()
        except CrossdockError as error:  # others notice without being told
            LOG.error("others cannot be told that this host leaves: %s", error)

    def _expire(self) -> bool:
        if not self._on_duty():
            return True
        returned = self._journal.give_back(crashed=True)
        if returned:
            LOG.warning("%d pieces of work outlived their lease and were returned", returned)
        return True

    def _forget_paces(self) -> bool:
        if self._on_duty():
            forget_over(self._journal)
        return True

    def _raise_overdue(self, tell: Callable[[Awaiting], Sent | None]) -> bool:
        if not self._on_duty():
            return True
        raised = self._journal.overdue(tell, OVERDUE_STEP)
        if raised:
            LOG.warning("%d documents were not acknowledged in time", raised)
        return raised < OVERDUE_STEP

    def _look_at(self, expected: Expected) -> bool:
        if self._on_duty():
            expected.look(self._journal)
        return True

    def _purge(self) -> bool:
        if not self._on_duty():
            return True
        forgotten = self._journal.purge(
            messages_before=self._now() - self._keep,
            keys_before=max(0.0, self._now() - self._keep_keys),
            limit=PURGE_STEP,
        )
        return forgotten < PURGE_STEP
