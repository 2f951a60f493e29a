"""The couriers a worker has opened: one for each call that may be under way at a destination."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from crossdock.errors import Halt, Retry
from crossdock.journal.contract import WorkStore
from crossdock.runtime.delivery import Courier

LOG = logging.getLogger("crossdock.worker")

OPEN_PAUSE = 10.0  # seconds until a destination that could not be opened is tried again


class Couriers:
    """``opening`` opens a courier for a destination's queue; None where there is no such destination.

    Nobody's queue is stopped, unless ``may_be_elsewhere``: then it is left to another version of the project.
    """

    def __init__(
        self,
        opening: Callable[[str], Courier | None],
        journal: WorkStore,
        monotonic: Callable[[], float],
        may_be_elsewhere: Callable[[], bool] = lambda: False,
    ) -> None:
        self._opening = opening
        self._journal = journal
        self._monotonic = monotonic
        self._may_be_elsewhere = may_be_elsewhere
        self._couriers: dict[str, list[Courier]] = {}
        self._nobody: set[str] = set()
        self._shut: dict[str, float] = {}

    def free(self, queue: str, busy: Iterable[Courier]) -> Courier | None:
        """A courier of ``queue`` that is not among the ``busy`` ones; None where there is none now.

        Its queue is stopped, waits a while, or has all the calls it may have under way.
        """
        at_work = [id(courier) for courier in busy]
        couriers = self._couriers.setdefault(queue, [])
        idle = next((courier for courier in couriers if id(courier) not in at_work), None)
        if idle is not None or (couriers and len(couriers) >= couriers[0].destination.concurrency):
            return idle
        return self._another(queue)

    def close(self, busy: Iterable[Courier]) -> None:
        """Close those that are not ``busy``."""
        at_work = [id(courier) for courier in busy]
        for couriers in self._couriers.values():
            for courier in couriers:
                if id(courier) not in at_work:
                    courier.close()

    def _another(self, queue: str) -> Courier | None:
        if queue in self._nobody or self._monotonic() < self._shut.get(queue, 0.0):
            return None
        try:
            courier = self._opening(queue)
            if courier is None:
                self._leave(queue)
        except Halt as error:
            LOG.error("queue %s stopped: %s", queue, error)
            self._journal.stop_queue(queue, str(error))
            return None
        except Retry as error:
            LOG.error("destination %s cannot be opened: %s", queue, error)
            self._shut[queue] = self._monotonic() + OPEN_PAUSE
            return None
        if courier is not None:
            self._couriers[queue].append(courier)
        return courier

    def _leave(self, queue: str) -> None:
        """It is nobody's, or that of another version of the project, which is being put in the place of this one."""
        if self._may_be_elsewhere():
            self._shut[queue] = self._monotonic() + OPEN_PAUSE
            return
        self._journal.stop_queue(queue, "no route of the project has this destination any more")
        self._nobody.add(queue)
