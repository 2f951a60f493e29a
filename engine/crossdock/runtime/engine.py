"""The composition root: from a loaded project to journal, bus, dispatcher, couriers and sources."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from crossdock.bus.contract import Bus
from crossdock.bus.embedded import EmbeddedBus
from crossdock.connector import ProvableSink, Sink, Source, Surroundings
from crossdock.delivery.rate import Rate
from crossdock.errors import CrossdockError, Halt
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.route.compiled import CompiledRoute, SourceBinding
from crossdock.route.destination import Destination
from crossdock.route.load import LoadedProject
from crossdock.runtime.announcements import Announcer
from crossdock.runtime.clock import SystemClock, new_id
from crossdock.runtime.delivery import Courier
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.failpoints import fail_points
from crossdock.runtime.fates import FateMaker, unforeseen
from crossdock.runtime.intake import Watch
from crossdock.runtime.subscriptions import Subscriptions

SHORTEST_STEP = 1.0  # seconds; below that a slow disk alone would cost leases
DEFAULT_EVERY = 1.0  # seconds between polls of a source whose options do not say


class Engine:
    """Everything of one project, opened when asked for. ``workers`` share what a destination's rate allows."""

    def __init__(self, project: LoadedProject, environment: Mapping[str, str], workers: int | None = None) -> None:
        self.project = project
        self.workers = workers or project.settings.workers
        #: Seconds. Twice as long as any single thing may take, so it never runs out under a worker that works.
        self.lease = 2 * max(SHORTEST_STEP, project.settings.limits.step)
        self.clock = SystemClock()
        self.reach = fail_points(environment)
        self.routes: dict[str, CompiledRoute] = dict(project.routes)
        subscriptions = Subscriptions(route for route in project.routes.values() if route.enabled)
        self._announcer = Announcer(subscriptions, self.new_id, self.clock.now)
        self._fates = FateMaker(self.clock.now, random.SystemRandom().random)
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

    def journal_path(self) -> Path:
        """Where the embedded journal lies. Raises ``Halt`` for a journal this engine cannot open."""
        where = self.project.settings.journal.get_secret_value()
        if "://" in where:
            raise Halt("E721", "only a journal in a file is supported here", hint="journal: .crossdock/journal.db")
        return self.project.root / where

    def open_journal(self) -> SqliteJournal:
        """A connection to the journal, for one thread."""
        return SqliteJournal(self.journal_path(), self.clock, self.reach)

    def open_bus(self, journal: SqliteJournal) -> Bus:
        """A connection to the bus, for one thread."""
        bus = self.project.settings.bus.get_secret_value()
        if bus != "embedded":
            raise Halt("E722", "only the embedded bus is supported here", hint="bus: embedded")
        return EmbeddedBus(journal.changed, time.sleep, time.monotonic)

    def courier(self, queue: str) -> Courier | None:
        """The courier of a destination's queue, its sink opened; None where no route has it.

        Raises ``Retry`` or ``Halt`` where the connector cannot open it.
        """
        found = self._destinations.get(queue)
        if found is None:
            return None
        route, destination = found
        return Courier(
            route=route,
            destination=destination,
            sink=self._open_sink(queue, destination),
            effect=destination.kind.effect(destination.options),
            announcer=self._announcer,
            fates=self._fates,
            now=self.clock.now,
            reach=self.reach,
            rate=self._rate(destination),
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

    def owner(self) -> str:
        """Under which name this run's processes hold leases.

        A journal in a file belongs to one machine, and to one run at a time: what anyone under this name held before
        is free. The machine's own name would not do, it changes with every container.
        """
        return "here"

    def _rate(self, destination: Destination) -> Rate | None:
        return Rate(destination.rate / self.workers) if destination.rate else None

    def _surroundings(self, name: str) -> Surroundings:
        return Surroundings(root=self.project.root, name=name, now=self.clock.utc)


def _pace(binding: SourceBinding) -> float:
    """Seconds between polls, where the connector's options have an ``every``."""
    return float(getattr(binding.options, "every", DEFAULT_EVERY))
