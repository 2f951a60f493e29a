"""Which sources this host polls: those whose lease it holds, and about as many as its neighbours.

Each source that must be polled once has a lease in the journal. A host takes free ones up to its share, prolongs its
own, and gives up what is more than its share when somebody has less. ``holds`` is asked right before arrivals are
accepted: it counts by this machine's own steady clock from *before* the lease was asked for, so it ends before anyone
else may begin, even in a process that was frozen meanwhile. (What a process frozen between that question and the
journal's commit does twice, the identity of the arrival undoes.)
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from crossdock.errors import CrossdockError
from crossdock.journal.registers import Register, Registers
from crossdock.runtime.hosts import hosts
from crossdock.runtime.leases import Lease, lease_of, released, source_key, taken

LOG = logging.getLogger("crossdock.intake")

LEFT_OVER = 20  # leases long a host keeps what others, though there, have left to it
LOOK_EVERY = 1.0  # seconds between looks at what is free
MARGIN = 0.1  # of a lease: so much earlier than others may begin, its holder ends


class Custody(Protocol):
    """What an intake asks before it polls the source of a route, and before it accepts what that brought."""

    def look(self) -> None:
        """Take, prolong and give up what is due. Never raises."""
        ...

    def wants(self, route: str) -> bool:
        """Whether its source is to be polled here."""
        ...

    def holds(self, route: str) -> bool:
        """Whether nobody else may poll it at this moment."""
        ...

    def elsewhere(self, route: str) -> bool:
        """Whether another host that lives polls it."""
        ...

    def could_be_elsewhere(self, route: str) -> bool:
        """Whether another host is there that may poll it."""
        ...

    def give_up(self, route: str, seconds: float = 0.0) -> None:
        """Its source is closed: others may poll it, and this host does not ask for it again for so long."""
        ...

    def leave(self) -> None:
        """From now on nothing is taken, only prolonged until it is given up."""
        ...


class Everything:
    """The custody of who is alone, and of sources that any number of hosts may poll together."""

    def look(self) -> None:
        """See ``Custody``."""

    def wants(self, route: str) -> bool:
        """See ``Custody``."""
        return True

    def holds(self, route: str) -> bool:
        """See ``Custody``."""
        return True

    def elsewhere(self, route: str) -> bool:
        """See ``Custody``."""
        return False

    def could_be_elsewhere(self, route: str) -> bool:
        """See ``Custody``."""
        return False

    def give_up(self, route: str, seconds: float = 0.0) -> None:
        """See ``Custody``."""

    def leave(self) -> None:
        """See ``Custody``."""


class Shares:
    """Custody by leases of ``seconds``. ``routes`` have sources that only one host may poll; others are everyone's.

    ``boot`` is this machine's steady clock. ``look`` and ``give_up`` belong to one thread, ``holds`` to any.
    """

    def __init__(
        self, *, host: str, routes: Iterable[str], seconds: float, journal: Registers, boot: Callable[[], float]
    ) -> None:
        self._host = host
        self._routes = {source_key(route): route for route in routes}
        self._seconds = seconds
        self._journal = journal
        self._boot = boot
        self._until: dict[str, float] = {}  # by key: until when we hold it, by our own clock
        self._surplus: set[str] = set()
        self._resting: dict[str, float] = {}
        self._free_since: dict[str, float] = {}
        self._seen: dict[str, Lease] = {}  # the lease of another, as it was first seen
        self._alive: set[str] = set()  # keys whose holder has prolonged its lease since
        self._others: set[str] = set()
        self._stay = 0.0  # until when nothing is given up: those who should take it do not
        self._due = 0.0
        self._leaving = False

    def look(self) -> None:
        """See ``Custody``."""
        if self._boot() < self._due:
            return
        self._due = self._boot() + min(LOOK_EVERY, self._seconds / 5)
        try:
            self._prolong()
            if not self._leaving:
                self._balance()
        except CrossdockError as error:
            LOG.error("who polls which source cannot be agreed on now: %s", error)

    def wants(self, route: str) -> bool:
        """See ``Custody``."""
        key = source_key(route)
        return key not in self._routes or (self.holds(route) and key not in self._surplus)

    def holds(self, route: str) -> bool:
        """See ``Custody``."""
        key = source_key(route)
        return key not in self._routes or self._boot() < self._until.get(key, 0.0)

    def elsewhere(self, route: str) -> bool:
        """See ``Custody``."""
        return source_key(route) in self._alive

    def could_be_elsewhere(self, route: str) -> bool:
        """See ``Custody``."""
        return source_key(route) in self._routes and bool(self._others)

    def give_up(self, route: str, seconds: float = 0.0) -> None:
        """See ``Custody``."""
        key = source_key(route)
        if key not in self._routes:
            return
        self._surplus.discard(key)
        self._resting[key] = self._boot() + seconds
        if self._until.pop(key, None) is None:
            return
        try:
            self._journal.update(Register.LEASE, key, released(self._host))
        except CrossdockError as error:  # it runs out instead
            LOG.error("the source of route %s cannot be given up now: %s", route, error)

    def leave(self) -> None:
        """See ``Custody``."""
        self._leaving = True

    def _prolong(self) -> None:
        now = self._boot()
        for key, until in tuple(self._until.items()):
            if until - now < self._seconds * (2 / 3 - MARGIN):
                self._take(key)

    def _take(self, key: str) -> bool:
        before = self._boot()
        lease = lease_of(self._journal.update(Register.LEASE, key, taken(self._host, self._seconds)))
        if lease is not None and lease.owner == self._host:
            self._until[key] = before + self._seconds * (1 - MARGIN)
            return True
        if self._until.pop(key, None) is not None:
            LOG.warning("another host polls the source of route %s now", self._routes[key])
        return False

    def _balance(self) -> None:
        texts, now = self._journal.registers(Register.LEASE)
        leases = {key: lease for key in self._routes if (lease := lease_of(texts.get(key))) and lease.until > now}
        self._watch_others(leases)
        self._others = self._find_others()
        parties = len(self._others) + 1
        fewest, most = len(self._routes) // parties, math.ceil(len(self._routes) / parties)
        counts = Counter(lease.owner for lease in leases.values())
        hungry = any(counts[other] < fewest for other in self._others)
        share = fewest if hungry else most
        # What is ours and we do not hold was our predecessor's, an intake of this host that died.
        taken_by_others = {key for key, lease in leases.items() if lease.owner != self._host} | self._until.keys()
        self._take_free([key for key in self._routes if key not in taken_by_others], share)
        self._surplus &= self._until.keys()
        if self._boot() >= self._stay and any(counts[other] < max(1, fewest) for other in self._others):
            self._surplus |= set(list(self._until)[share:])

    def _take_free(self, free: list[str], share: int) -> None:
        """Take what is free up to our share; beyond it what nobody has taken for the time of a lease, and keep that."""
        now = self._boot()
        self._free_since = {key: self._free_since.get(key, now) for key in free}
        for key in free:
            left_over = now - self._free_since[key] > self._seconds
            if now >= self._resting.get(key, 0.0) and (len(self._until) < share or left_over) and self._take(key):
                self._stay = now + LEFT_OVER * self._seconds if left_over else self._stay

    def _find_others(self) -> set[str]:
        """The other hosts that poll any of our sources."""
        known, now = hosts(self._journal)
        return {
            host.id
            for host in known
            if host.id != self._host
            and host.polls(now)
            and any(source_key(one) in self._routes for one in host.sources)
        }

    def _watch_others(self, leases: Mapping[str, Lease]) -> None:
        """A lease that was prolonged since we first saw it has a holder that lives; a dead one's only looks so."""
        foreign = {key: lease for key, lease in leases.items() if lease.owner != self._host}
        self._alive &= foreign.keys()
        self._seen = {key: self._seen.get(key, lease) for key, lease in foreign.items()}
        self._alive |= {key for key, lease in foreign.items() if lease.until > self._seen[key].until}
