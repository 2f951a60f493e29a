"""How a host takes part: it tells that it lives, frees what dead neighbours held, and does its turn of scheduling."""

from __future__ import annotations

import logging
from collections.abc import Callable

from crossdock.journal.contract import Journal
from crossdock.journal.registers import Register
from crossdock.runtime.hosts import Host, announce, bury
from crossdock.runtime.leases import SCHEDULING, lease_of, released, taken
from crossdock.runtime.roles import Role

LOG = logging.getLogger("crossdock.scheduler")

BEATS = 3  # signs of life in the time after which a host counts as silent


class Presence:
    """The presence of ``host``; ``boot`` is the steady clock of its machine. Raises what the journal raises."""

    def __init__(self, *, journal: Journal, host: Host, boot: Callable[[], float]) -> None:
        self._journal = journal
        self._host = host
        self._boot = boot
        self._until = 0.0
        #: Seconds between two signs of life.
        self.every = host.silence / BEATS

    def attend(self) -> None:
        """Tell that the host lives, look after its neighbours, and take or prolong the lease of the scheduler."""
        announce(self._journal, self._host)
        returned = bury(self._journal, self._host)
        if returned:
            LOG.warning("%d pieces of work were left in hand by a run that is gone, and go on", returned)
        if Role.SCHEDULER in self._host.roles:
            self._take()

    def on_duty(self) -> bool:
        """Whether this host does the duties that one does for all."""
        return self._boot() < self._until

    def leave(self) -> None:
        """Others may take over; what is in hand is still finished."""
        announce(self._journal, self._host, leaving=True)
        if self._until:
            self._journal.update(Register.LEASE, SCHEDULING, released(self._host.id))

    def _take(self) -> None:
        before = self._boot()
        text = self._journal.update(Register.LEASE, SCHEDULING, taken(self._host.id, self._host.silence))
        lease = lease_of(text)
        mine = lease is not None and lease.owner == self._host.id
        self._until = before + self._host.silence if mine else 0.0
