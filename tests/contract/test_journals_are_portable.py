"""Every journal goes into every other one and comes back, with work in every state."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crossdock.journal.portable import PortableJournal
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.porting import PortingSuite, Ports
from crossdock.testing.server_clock import ServerClock
from crossdock.testing.servers.postgres import PostgresAddress

Opening = Callable[[], PortableJournal]


@pytest.fixture(scope="module")
def database(postgres: PostgresAddress) -> str:
    return postgres.fresh()


def _in_file(path: Path, clock: ManualClock) -> Opening:
    return lambda: SqliteJournal(path / "journal.db", clock, synchronous="OFF")


def _ports(clock: ManualClock, source: Opening, target: Opening) -> Ports:
    return Ports(clock, source(), target(), source)


class TestFromSqliteToSqlite(PortingSuite):
    @pytest.fixture
    def ports(self, tmp_path: Path) -> Ports:
        clock = ManualClock()
        return _ports(clock, _in_file(tmp_path / "a", clock), _in_file(tmp_path / "b", clock))


class _OnServer:
    """A journal on the server that goes by the test's clock."""

    def __init__(self, database: str) -> None:
        self.clock = ServerClock()
        self.url = f"{database}?schema=t{secrets.token_hex(6)}"
        self.open().close()
        self.clock.take_over(self.url)

    def open(self) -> PostgresJournal:
        return PostgresJournal(self.url, self.clock)


@pytest.fixture
def server(database: str) -> Iterator[_OnServer]:
    made = _OnServer(database)
    yield made
    made.clock.close()


class TestFromSqliteToPostgres(PortingSuite):
    @pytest.fixture
    def ports(self, tmp_path: Path, server: _OnServer) -> Ports:
        return _ports(server.clock, _in_file(tmp_path, server.clock), server.open)


class TestFromPostgresToSqlite(PortingSuite):
    @pytest.fixture
    def ports(self, tmp_path: Path, server: _OnServer) -> Ports:
        return _ports(server.clock, server.open, _in_file(tmp_path, server.clock))
