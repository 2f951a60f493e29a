"""The journal in PostgreSQL passes the suite of all journals, and goes by the server's clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.postgres.address import address_of
from crossdock.postgres.connection import connect
from crossdock.testing.journal_suite import Bench, JournalSuite
from crossdock.testing.server_clock import ServerClock
from crossdock.testing.servers.postgres import PostgresAddress


class _Ground:
    """One schema for every test of this file, wiped between them: making its tables takes longer than most tests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = ServerClock()
        PostgresJournal(url, self.clock).close()
        self.clock.take_over(url)
        self.connection = connect(address_of(url))
        rows = self.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
        self._tables = [str(name) for (name,) in rows if name not in {"migration", "manual", "fact"}]

    def bench(self) -> Bench:
        with self.connection.transaction():
            for table in self._tables:
                self.connection.execute(f"DELETE FROM {table}")
            self.connection.execute("UPDATE fact SET value = '0'")
        self.clock.begin_anew()
        journal = PostgresJournal(self.url, self.clock)
        return Bench(self.clock, journal, lambda: PostgresJournal(self.url, self.clock), self._work, self._message)

    def _work(self, row: int) -> None:
        self.connection.execute("DELETE FROM work WHERE row = %s", (row,))

    def _message(self, id: str) -> None:
        self.connection.execute("DELETE FROM message WHERE id = %s", (id,))

    def close(self) -> None:
        self.connection.close()
        self.clock.close()


@pytest.fixture(scope="module")
def ground(postgres: PostgresAddress) -> Iterator[_Ground]:
    ground = _Ground(postgres.fresh())
    yield ground
    ground.close()


class TestPostgresJournal(JournalSuite):
    @pytest.fixture
    def bench(self, ground: _Ground) -> Bench:
        return ground.bench()
