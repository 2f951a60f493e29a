"""What a worker commits, and whom it tells of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from crossdock.bus.contract import Bus, Hint
from crossdock.errors import Retry
from crossdock.journal.contract import Journal, Result
from crossdock.runtime.hints import hints_of
from crossdock.runtime.pulse import Slot

LOG = logging.getLogger("crossdock.worker")

T = TypeVar("T")


class Recorder:
    """Commits to ``journal``, and tells ``bus`` of what that makes ready. Raises ``Retry`` where the journal refuses."""

    def __init__(self, journal: Journal, bus: Bus, slot: Slot) -> None:
        self._journal = journal
        self._bus = bus
        self._slot = slot

    def commit(self, results: Sequence[Result]) -> list[bool]:
        """Whether the lease of each was still held."""
        if not results:
            return []
        held = self.recorded(lambda: self._journal.commit(results))
        self.tell(results, held)
        return held

    def tell(self, results: Sequence[Result], held: Sequence[bool]) -> None:
        """The bus hears of what was committed."""
        self._hint([hint for result, kept in zip(results, held, strict=True) if kept for hint in hints_of(result)])

    def recorded(self, record: Callable[[], T]) -> T:
        """Waiting for the disk is nobody's fault: no deadline runs meanwhile."""
        self._slot.idle()
        return record()

    def _hint(self, hints: Sequence[Hint]) -> None:
        """Tell the bus. It is a hint: what it does not hear is found in the journal."""
        try:
            if hints:
                self._bus.publish(hints)
        except Retry as error:
            LOG.warning("bus unavailable: %s", error)
