"""The composition root: from a loaded project to journal, bus, dispatcher, couriers and sources."""

from __future__ import annotations

import hashlib
import random
import socket
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import cast

from crossdock.bus.contract import Bus
from crossdock.connector import Call, ProvableSink, Sink, Source, Surroundings
from crossdock.errors import CrossdockError
from crossdock.front.tls import refuse_bad
from crossdock.journal.contract import Journal, Sent, WorkStore
from crossdock.journal.ledger import Awaiting
from crossdock.journal.portable import PortableJournal
from crossdock.journal.versions import Versions
from crossdock.route.addresses import host_and_port
from crossdock.route.asking import Asking
from crossdock.route.compiled import CompiledRoute, SourceBinding
from crossdock.route.destination import Destination
from crossdock.route.load import LoadedProject
from crossdock.runtime.acknowledged import Acknowledged, nobody
from crossdock.runtime.admission import Admissions
from crossdock.runtime.announcements import Announcer
from crossdock.runtime.asking import Asker
from crossdock.runtime.clock import SystemClock, new_id
from crossdock.runtime.delivery import Courier
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.engines import Engines
from crossdock.runtime.expected import Expected
from crossdock.runtime.failpoints import fail_points
from crossdock.runtime.fates import FateMaker, unforeseen
from crossdock.runtime.hosts import Host, others_may_know, this_host
from crossdock.runtime.lines import Line
from crossdock.runtime.listening import refuse_taken
from crossdock.runtime.notebooks import Notebooks
from crossdock.runtime.reserve import Reserve
from crossdock.runtime.roles import EVERY_ROLE, Role
from crossdock.runtime.subscriptions import Subscriptions
from crossdock.runtime.watches import Watch

SHORTEST_STEP = 1.0  # seconds; below that a slow disk alone would cost leases
DEFAULT_EVERY = 1.0  # seconds between polls of a source whose options do not say


class Engine:
    """Everything of one project, opened when asked for. ``workers`` share what a destination's rate allows.

    ``named`` is the project's folder as people name it, where the project was loaded from what a link led to.
    """

    def __init__(
        self,
        project: LoadedProject,
        environment: Mapping[str, str],
        workers: int | None = None,
        roles: frozenset[Role] = EVERY_ROLE,
        named: Path | None = None,
    ) -> None:
        self.project = project
        self.named = named or project.root
        self.roles = roles
        self.workers = workers or project.settings.workers
        #: Seconds. Twice as long as any single thing may take, so it never runs out under a worker that works.
        self.lease = 2 * max(SHORTEST_STEP, project.settings.limits.step)
        self.clock = SystemClock()
        self.reach = fail_points(environment)
        #: What addresses of routes are served on, where somebody holds it; else who serves them listens.
        self.listener: socket.socket | None = None
        self._engines = Engines(project.root, project.settings, self.clock, self.reach)
        self.notebooks = Notebooks(self.open_journal)
        self.routes: dict[str, CompiledRoute] = dict(project.routes)
        subscriptions = Subscriptions(route for route in project.routes.values() if route.enabled)
        self._announcer = Announcer(subscriptions, self.new_id, self.clock.now)
        self.expected = Expected(project.routes.values(), subscriptions, self.new_id, self.clock.now)
        self._acknowledged = Acknowledged(subscriptions, nobody, self.clock.now)
        self._fates = FateMaker(random.SystemRandom().random)
        limits = project.settings.limits
        self.dispatcher = Dispatcher(
            routes=self.routes,
            subscriptions=subscriptions,
            announcer=self._announcer,
            fates=self._fates,
            now=self.clock.now,
            chunk_parts=limits.batch,
            chunk_seconds=limits.batch_wait,
        )
        self._destinations = {
            f"{route.name}/{one.slot}": (route, one)
            for route in project.routes.values()
            for one in (*route.destinations, *((route.rejects,) if route.rejects else ()))
        }

    def new_id(self) -> str:
        """An id for a message that arrives now."""
        return new_id(self.clock)

    def journal_file(self) -> Path | None:
        """Where the journal lies; None where a server keeps it."""
        return self._engines.journal_file()

    def open_journal(self) -> PortableJournal:
        """A connection to the journal, for one thread. Raises ``Halt`` for a journal that cannot be opened here."""
        return self._engines.journal()

    def open_versions(self) -> Versions:
        """The schema of the journal, to look at and to change. Raises ``Halt`` as ``open_journal`` does."""
        return self._engines.versions()

    def open_bus(self, journal: Journal, process: str, *, consume: bool) -> Bus:
        """A connection to the bus, for one thread of ``process``. Raises ``Halt`` for one that cannot be opened here.

        Who does not ``consume`` only tells of work.
        """
        name = f"{self.host.id}/{process}"
        return self._engines.bus(journal, queues=self.queues(), name=name, consume=consume)

    def refuse_bad_addresses(self) -> None:
        """Raise ``Halt`` where bus or health can never be opened: a process that finds out can only die of it."""
        self._engines.refuse_no_bus()
        if self.project.settings.health is not None:
            host_and_port(self.project.settings.health)

    def serves(self) -> bool:
        """Whether a route has an address of ours."""
        return any(route.endpoint is not None and route.enabled for route in self.routes.values())

    def answering(self) -> int:
        """By how many processes a run answers on the network, in the role ``http``."""
        if self.serves():
            return self.project.settings.http.processes
        return int(self.project.settings.health is not None)

    def address(self) -> tuple[str, int] | None:
        """Where a run serves the addresses of routes; None where it serves none."""
        serves = self.serves() and Role.HTTP in self.roles
        return host_and_port(self.project.settings.http.listen) if serves else None

    def refuse_taken_address(self) -> None:
        """Raise ``Halt`` where somebody else listens already where addresses of ours are to be."""
        address = self.address()
        if address is not None:
            refuse_taken(*address)

    def refuse_bad_certificate(self) -> None:
        """Raise ``Halt`` where TLS cannot be spoken with what the project names: nobody would be answered any more."""
        if self.serves() and Role.HTTP in self.roles:
            refuse_bad(self.project.root, self.project.settings.http)

    def dead_letters(self, journal: Journal) -> Callable[[], bool] | None:
        """A duty: note what a broker gave up on; None where there is no broker."""
        return self._engines.dead_letters(journal)

    def overdue(self, row: Awaiting) -> Sent | None:
        """The message that tells of a document that was not acknowledged in time; None where no route reads it."""
        return self._acknowledged.overdue(row)

    def broker_away(self) -> str | None:
        """Why the broker of the bus does not answer; None where it does, or there is none."""
        return self._engines.broker_away()

    def queues(self) -> list[str]:
        """Every queue of the project: one for each route, and one for each destination."""
        return sorted({*self.routes, *self._destinations})

    def file_of(self, queue: str) -> str:
        """The file of the route whose queue it is."""
        return self.routes[queue.partition("/")[0]].file

    @cached_property
    def host(self) -> Host:
        """Under which name this run takes part, from the first time it is asked for. Its processes are ``id/role``."""
        has_worker = Role.WORKER in self.roles
        return this_host(
            self.clock,
            roles=self.roles,
            workers=self.workers if has_worker else 0,
            version=version("crossdock"),
            project=hashlib.sha256("\n".join(self.queues()).encode()).hexdigest(),
            sources=tuple(self.sources_of_one()) if Role.INTAKE in self.roles else (),
            silence=self.project.settings.limits.silence,
        )

    def sources_of_one(self) -> list[str]:
        """The routes whose source only one host may poll at a time: two of them would mix up the order of one."""
        found = [(route, route.source) for route in self.routes.values() if route.enabled]
        return [route.name for route, one in found if one is not None and (route.ordered or not one.kind.shared)]

    def may_be_known_elsewhere(self, journal: Journal) -> bool:
        """Whether a queue this project does not have may belong to another version of it that runs now."""
        return others_may_know(journal, self.host)

    def courier(self, queue: str) -> Courier | None:
        """The courier of a destination's queue, its sink opened; None where no route has it.

        Raises ``Retry`` or ``Halt`` where the connector cannot open it.
        """
        found = self._destinations.get(queue)
        if found is None:
            return None
        route, destination = found
        if destination.asking is not None:
            return self._asker(route, destination, destination.asking)
        return Courier(
            route=route,
            destination=destination,
            sink=self._open_sink(queue, destination),
            effect=destination.kind.effect(destination.options),
            announcer=self._announcer,
            fates=self._fates,
            now=self.clock.now,
            reach=self.reach,
        )

    def _asker(self, route: CompiledRoute, destination: Destination, asking: Asking) -> Asker:
        queue = f"{route.name}/{destination.slot}"
        return Asker(
            route=route,
            destination=destination,
            sink=Line(lambda: cast(Call, self._open_sink(queue, destination)), destination.timeout),
            effect=destination.kind.effect(destination.options),
            announcer=self._announcer,
            fates=self._fates,
            now=self.clock.now,
            reach=self.reach,
            asking=asking,
        )

    def reserve(self) -> Reserve | None:
        """What is kept on the journal's disk for the moment it is full; None where a server keeps the journal."""
        file, limits = self.journal_file(), self.project.settings.limits
        return Reserve(file, limits.reserve, limits.disk_free) if file is not None else None

    def door(self, journal: WorkStore) -> Admissions:
        """What decides whether more may come in, for the thread that has ``journal``."""
        file = self.journal_file()
        return Admissions(
            journal=journal,
            routes=self.routes,
            limits=self.project.settings.limits,
            folders=() if file is None else (file.parent, file.with_name("payloads")),
            reserve=self.reserve(),
        )

    def _open_sink(self, queue: str, destination: Destination) -> Sink | ProvableSink:
        """The plug-in boundary: whatever a connector raises, it may open later."""
        try:
            return destination.kind.open(destination.options, self._surroundings(queue))
        except CrossdockError:
            raise
        except Exception as error:
            raise unforeseen(error) from error

    def disabled(self) -> list[str]:
        """The queues of routes that are switched off: what waits there waits on."""
        return [route.name for route in self.routes.values() if not route.enabled]

    def watches(self) -> list[Watch]:
        """The sources of enabled routes, to be opened by who polls them."""
        return [
            Watch(route=route, open=partial(self._open_source, route, route.source), every=_pace(route.source))
            for route in self.routes.values()
            if route.source is not None and route.enabled
        ]

    def _open_source(self, route: CompiledRoute, binding: SourceBinding) -> Source:
        return binding.kind.open(binding.options, self._surroundings(route.name))

    def _surroundings(self, name: str) -> Surroundings:
        notes = self.notebooks.of(name)
        return Surroundings(root=self.project.root, name=name, now=self.clock.utc, notes=notes)


def _pace(binding: SourceBinding) -> float:
    """Seconds between polls, where the connector's options have an ``every``."""
    return float(getattr(binding.options, "every", DEFAULT_EVERY))
