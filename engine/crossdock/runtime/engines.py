"""Which journal and which bus a project has: the one place that knows.

Two URLs decide. A journal is a file (SQLite) or ``postgresql://…``; a bus is ``embedded``, which is the journal's own
way of telling that something changed, or ``amqp://…``. Any pair works. What only one of them needs is imported when
it is asked for, so that nobody has to install a driver for a server that is not there.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

from crossdock.amqp.address import Address
from crossdock.bus.contract import Bus
from crossdock.bus.embedded import EmbeddedBus
from crossdock.errors import Halt
from crossdock.journal.contract import Clock, Journal
from crossdock.journal.portable import PortableJournal
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.journal.sqlite.versions import SqliteVersions
from crossdock.journal.versions import Versions
from crossdock.route.project import Project

EMBEDDED = "embedded"
POSTGRESQL = ("postgresql", "postgres")  # as libpq knows them
RABBITMQ = ("amqp", "amqps")


class Engines:
    """Opens journals and buses of the project at ``root``; each belongs to the thread that asked for it."""

    def __init__(self, root: Path, settings: Project, clock: Clock, reach: Callable[[str], None]) -> None:
        self._root = root
        self._journal = settings.journal.get_secret_value()
        self._project = settings.name
        self._bus = settings.bus.get_secret_value()
        self._clock = clock
        self._reach = reach

    def journal_file(self) -> Path | None:
        """The file of the journal; None where a server keeps it."""
        return None if "://" in self._journal else self._root / self._journal

    def journal(self) -> PortableJournal:
        """A connection to the journal. Raises ``Halt`` for a URL no engine here can open."""
        file = self.journal_file()
        if file is not None:
            return SqliteJournal(file, self._clock, self._reach)
        if _scheme(self._journal) in POSTGRESQL:
            module = _postgres("crossdock.journal.postgres.journal")
            journal: PortableJournal = module.PostgresJournal(self._journal, self._clock, self._reach)
            return journal
        raise _no_journal(self._journal)

    def versions(self) -> Versions:
        """The schema of the journal. Raises ``Halt`` as ``journal`` does."""
        file = self.journal_file()
        if file is not None:
            return SqliteVersions(file)
        if _scheme(self._journal) in POSTGRESQL:
            module = _postgres("crossdock.journal.postgres.versions")
            versions: Versions = module.PostgresVersions(self._journal)
            return versions
        raise _no_journal(self._journal)

    def bus(self, journal: Journal, *, queues: Sequence[str], name: str, consume: bool) -> Bus:
        """A connection to the bus, for the thread that has ``journal``. Raises ``Halt`` as ``journal`` does.

        ``queues`` are the project's; ``name`` is how a broker shows who is connected. Who does not ``consume`` only
        tells.
        """
        if _scheme(self._bus) in RABBITMQ:
            return self._rabbit(queues, name, consume=consume)
        if self._bus != EMBEDDED:
            raise _no_bus(self._bus)
        if isinstance(journal, SqliteJournal):
            return EmbeddedBus(journal.changed, time.sleep, time.monotonic)
        module = _postgres("crossdock.bus.notify")
        listening: Bus = module.NotifyBus(self._journal)
        return listening

    def refuse_no_bus(self) -> None:
        """Raise ``Halt`` for a URL no bus here can open, without opening any."""
        if _scheme(self._bus) in RABBITMQ:
            self._address()
        elif self._bus != EMBEDDED:
            raise _no_bus(self._bus)

    def dead_letters(self, journal: Journal) -> Callable[[], bool] | None:
        """Takes what a broker gave up on into ``journal``, as refusals; None where there is no broker."""
        if _scheme(self._bus) not in RABBITMQ:
            return None
        from crossdock.bus.rabbitmq.dead_letters import drain_if_there

        return partial(
            drain_if_there,
            # Whoever drains has other duties, and counts as silent while it waits for a broker that does not answer.
            replace(self._address(), connect_timeout=2.0, io_timeout=5.0),
            self._project,
            lambda one: journal.refuse(one.queue, one.id, one.findings),
        )

    def broker_away(self) -> str | None:
        """Why the broker of the bus does not answer; None where it does, or there is none. It costs latency only."""
        if _scheme(self._bus) not in RABBITMQ:
            return None
        from crossdock.bus.rabbitmq.standing import away

        return away(self._address())

    def _address(self) -> Address:
        return Address.parse(self._bus, self._root)

    def _rabbit(self, queues: Sequence[str], name: str, *, consume: bool) -> Bus:
        from crossdock.bus.rabbitmq.bus import RabbitBus

        return RabbitBus(self._address(), self._project, queues, consume=consume, name=name)


def _no_journal(url: str) -> Halt:
    hint = "journal: .crossdock/journal.db, or journal: postgresql://user:password@host/database"
    return Halt("E721", f"'{_scheme(url)}' is no journal", hint=hint)


def _no_bus(url: str) -> Halt:
    return Halt("E722", f"'{_scheme(url)}' is no bus", hint="bus: embedded, or bus: amqp://user:password@host")


def _scheme(url: str) -> str:
    """All of a URL that may be shown."""
    return url.partition("://")[0]


def _postgres(module: str) -> ModuleType:
    """A module whose driver is installed with the extra ``postgres``. Raises ``Halt`` where it is not."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("crossdock"):
            raise
        message = f"a journal in PostgreSQL needs the package '{error.name}', which is not installed"
        raise Halt("E760", message, hint="pip install 'crossdock[postgres]'") from error
