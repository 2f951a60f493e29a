"""Faults of PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crossdock.testing.servers.postgres import Postgres
from crossdock.testing.torture.arena import Arena

_TERMINATE = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' "
    "AND pid <> pg_backend_pid()"
)


@dataclass(slots=True)
class PostgresFault:
    """Something happens to the server of the journal."""

    name: str
    about: str
    hurt: Callable[[Postgres], str]
    mend: Callable[[Postgres], None]
    seconds: float = 2.0

    def missing(self, arena: Arena) -> str:
        """A PostgreSQL of our own."""
        return "" if arena.postgres is not None else "the journal has no PostgreSQL of our own"

    def inject(self, arena: Arena) -> str:
        """Hurt it."""
        return self.hurt(arena.postgres) if arena.postgres is not None else ""

    def heal(self, arena: Arena) -> None:
        """Mend it."""
        if arena.postgres is not None:
            self.mend(arena.postgres)


def _terminated(server: Postgres) -> str:
    return f"{server.address.execute(_TERMINATE)} connections"


def _done(action: Callable[[Postgres], None]) -> Callable[[Postgres], str]:
    def hurt(server: Postgres) -> str:
        action(server)
        return ""

    return hurt


def _nothing(server: Postgres) -> None:
    """It has mended itself."""


POSTGRES = (
    PostgresFault("postgres-backends", "pg_terminate_backend of every connection", _terminated, _nothing, 0.0),
    PostgresFault("postgres-restart", "PostgreSQL is restarted", _done(Postgres.restart), _nothing, 0.0),
    PostgresFault(
        "postgres-kill", "kill -9 of PostgreSQL; it is away for two seconds", _done(Postgres.kill), Postgres.start
    ),
    PostgresFault(
        "postgres-frozen", "PostgreSQL does not answer for five seconds", _done(Postgres.freeze), Postgres.thaw, 5.0
    ),
)
