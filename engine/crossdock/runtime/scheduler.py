"""What must happen in time and belongs to nobody's message: expired leases, retention."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from crossdock.errors import CrossdockError
from crossdock.journal.contract import Journal
from crossdock.runtime.pulse import Slot

LOG = logging.getLogger("crossdock.scheduler")

EXPIRE_EVERY = 5.0
PURGE_EVERY = 60.0
PURGE_STEP = 500  # messages forgotten per transaction: the write lock is held for some milliseconds
TICK = 0.2


@dataclass(slots=True)
class _Duty:
    """Something to do every so often. ``work`` says whether it is done for now."""

    name: str
    every: float
    work: Callable[[], bool]
    due: float = 0.0


class Scheduler:
    """``keep_messages`` is in seconds; ``now`` the wall clock."""

    def __init__(self, *, journal: Journal, now: Callable[[], float], keep_messages: float, slot: Slot) -> None:
        self._journal = journal
        self._now = now
        self._keep = keep_messages
        self._slot = slot
        self._duties = (_Duty("leases", EXPIRE_EVERY, self._expire), _Duty("retention", PURGE_EVERY, self._purge))

    def run(self, stopping: Callable[[], bool]) -> None:
        """Do each duty when it is due, until ``stopping``."""
        while not stopping():
            for duty in self._duties:
                if time.monotonic() >= duty.due and self._do(duty):
                    duty.due = time.monotonic() + duty.every
            self._slot.idle()
            time.sleep(TICK)

    def _do(self, duty: _Duty) -> bool:
        """Whether the duty is done for now; one with more to do gets its turn again after the others."""
        try:
            return duty.work()
        except CrossdockError as error:
            LOG.error("%s: %s", duty.name, error)
            return True

    def _expire(self) -> bool:
        returned = self._journal.give_back(crashed=True)
        if returned:
            LOG.warning("%d pieces of work outlived their lease and were returned", returned)
        return True

    def _purge(self) -> bool:
        return self._journal.purge(messages_before=self._now() - self._keep, limit=PURGE_STEP) < PURGE_STEP
