"""A schema for many tests of the PostgreSQL journal, wiped between them: making its tables takes longer than most."""

from __future__ import annotations

from psycopg import sql

from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.postgres.address import address_of
from crossdock.postgres.connection import connect
from crossdock.testing.server_clock import ServerClock

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
_KEPT = frozenset({"migration", "manual", "fact"})


class PostgresGround:
    """Journals in the schema of ``url``, which is made here, going by ``clock``."""

    def __init__(self, url: str, clock: ServerClock) -> None:
        self.url = url
        self.clock = clock
        PostgresJournal(url, clock).close()
        clock.take_over(url)
        self.connection = connect(address_of(url))
        rows = self.connection.execute(_TABLES).fetchall()
        self._tables = [str(name) for (name,) in rows if name not in _KEPT]

    def journal(self) -> PostgresJournal:
        """One more connection to the journal."""
        return PostgresJournal(self.url, self.clock)

    def wipe(self) -> None:
        """As if nothing had ever happened."""
        with self.connection.transaction():
            for table in self._tables:
                self.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            self.connection.execute("UPDATE fact SET value = '0' WHERE name = 'accepted'")
            self.connection.execute("DELETE FROM fact WHERE name <> 'accepted'")
        self.clock.begin_anew()

    def lose_work(self, row: int) -> None:
        """Damage: a piece of work is gone."""
        self.connection.execute("DELETE FROM work WHERE row = %s", (row,))

    def lose_message(self, id: str) -> None:
        """Damage: a message is gone."""
        self.connection.execute("DELETE FROM message WHERE id = %s", (id,))

    def close(self) -> None:
        """Let go of the server."""
        self.connection.close()
        self.clock.close()
