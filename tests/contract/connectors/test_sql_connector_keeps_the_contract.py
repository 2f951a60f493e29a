"""``sql`` against real databases: PostgreSQL and MariaDB with a proxy between, and SQLite."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from crossdock.connector import Effect, Parcel
from crossdock.testing.connector_suite import (
    Credentials,
    Delivered,
    EmptyThings,
    Ground,
    InOrder,
    LeadsNowhere,
    LosesReplies,
    Options,
    OverTcp,
    Probed,
    RefusesOne,
    RunningSinkSuite,
    RunningSourceSuite,
    ShowsWaiting,
    SinkGround,
    SinkSuite,
    SourceGround,
    SourceSuite,
)
from crossdock.testing.servers.mariadb import MariaAddress
from crossdock.testing.servers.postgres import PostgresAddress
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.sql import CONNECTOR
from crossdock_connectors.sql.opening import url_of
from crossdock_connectors.sql.options import DatabaseOptions

BYTES = {"postgresql": "BYTEA", "mariadb": "LONGBLOB", "sqlite": "BLOB"}
SERIAL = {
    "postgresql": "SERIAL PRIMARY KEY",
    "mariadb": "INT AUTO_INCREMENT PRIMARY KEY",
    "sqlite": "INTEGER PRIMARY KEY",
}


class Tables(Ground, Probed):
    """A database with an outbox and a table that is written, and a client of the test's own."""

    connector = CONNECTOR

    def __init__(self, root: Path, family: str, url: sa.URL) -> None:
        super().__init__(root)
        self.family = family
        self._client = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()
        self.run(
            f"CREATE TABLE outbox (id {SERIAL[family]}, name VARCHAR(200), status VARCHAR(10), body {BYTES[family]})"
        )
        self.run(
            f"CREATE TABLE arrived (k VARCHAR(64), body {BYTES[family]}, note VARCHAR(5) CHECK (length(note) < 6))"
        )

    def options(self, **more: object) -> Options:
        return more

    def run(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        result = self._client.execute(sa.text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []

    def close(self) -> None:
        self._client.close()


class Feeding(Tables, SourceGround, EmptyThings, InOrder, ShowsWaiting):
    """The outbox."""

    def options(self, **more: object) -> Options:
        outbox = {"table": "outbox", "status": "status"}
        return {"outbox": outbox, "payload": "body", "content_type": "text/plain", "every": "50ms", **more}

    def put(self, name: str, data: bytes) -> None:
        self.run("INSERT INTO outbox (name, status, body) VALUES (:name, 'waiting', :data)", name=name, data=data)

    def waiting(self) -> int:
        return int(str(self.run("SELECT count(*) FROM outbox WHERE status = 'waiting'")[0][0]))


class Filled(Tables, SinkGround, RefusesOne, LeadsNowhere):
    """The table that is written."""

    def options(self, **more: object) -> Options:
        columns = {"k": "$key", "body": "$payload", "note": "$header.note?"}
        return {"do": {"insert": "arrived", "columns": columns}, **more}

    def arrived(self) -> Sequence[Delivered]:
        return [Delivered(str(key), _bytes(body)) for key, body in self.run("SELECT k, body FROM arrived")]

    def bad(self, parcel: Parcel) -> Parcel:
        return replace(parcel, headers={**parcel.headers, "note": "too long"})

    def nowhere(self) -> Options:
        return self.options(do={"insert": "nothing", "columns": {"k": "$key"}})


def _bytes(body: object) -> bytes:
    assert isinstance(body, bytes | memoryview)
    return bytes(body)


class InAFile(Tables):
    """SQLite."""

    def __init__(self, root: Path) -> None:
        sqlite3.connect(root / "erp.db").close()
        super().__init__(root, "sqlite", sa.URL.create("sqlite", database=str(root / "erp.db")))

    def options(self, **more: object) -> Options:
        return super().options(**{"url": f"sqlite:///{self.root / 'erp.db'}", "timeout": "2s", **more})


class AtAServer(Tables, OverTcp, Credentials):
    """PostgreSQL or MariaDB, with users of its own."""

    def __init__(self, root: Path, server: PostgresAddress | MariaAddress) -> None:
        self._url = server.fresh()
        self._users: list[tuple[str, str]] = []
        family = "postgresql" if isinstance(server, PostgresAddress) else "mariadb"
        super().__init__(root, family, url_of(DatabaseOptions.model_validate({"url": self._url})))
        port = urlsplit(self._url).port
        assert port is not None
        self.proxy = TcpProxy(port)
        self._user()

    @property
    def secrets(self) -> Sequence[str]:
        return [password for _, password in self._users]

    def options(self, **more: object) -> Options:
        user, password = self._users[-1]
        where = f"{user}:{password}@127.0.0.1:{self.proxy.port}"
        url = urlunsplit(urlsplit(self._url)._replace(netloc=where))
        return super().options(**{"url": url, "timeout": "1s", "connect_timeout": "2s", **more})

    def revoke(self) -> None:
        user, _ = self._users[-1]
        if self.family == "postgresql":
            self.run(f"ALTER ROLE {user} NOLOGIN")
            self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :user", user=user)
        else:
            self.run(f"DROP USER {user}")
            for (number,) in self.run("SELECT id FROM information_schema.processlist WHERE user = :user", user=user):
                self.run(f"KILL {number}")

    def renewed(self) -> Options:
        self._user()
        return self.options()

    def _user(self) -> None:
        name, password = f"u{secrets.token_hex(4)}", f"canary-{secrets.token_hex(8)}"
        database = urlsplit(self._url).path.removeprefix("/")
        if self.family == "postgresql":
            self.run(f"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD '{password}'")
        else:
            self.run(f"CREATE USER {name} IDENTIFIED BY '{password}'")
            self.run(f"GRANT ALL ON {database}.* TO {name}")
        self._users.append((name, password))

    def lose_next_reply(self) -> None:
        self.proxy.lose_reply_to(b"COMMIT\0" if self.family == "postgresql" else b"\x03COMMIT")

    def close(self) -> None:
        super().close()
        self.proxy.close()


class FileFeeding(InAFile, Feeding):
    """An outbox in SQLite."""


class FileFilled(InAFile, Filled):
    """A table in SQLite."""


class ServerFeeding(AtAServer, Feeding):
    """An outbox at a server."""


class ServerFilled(AtAServer, Filled, LosesReplies):
    """A table at a server."""


class TestSqliteSource(SourceSuite):
    ground_type = FileFeeding


class TestSqliteSink(SinkSuite):
    ground_type, effect = FileFilled, Effect.TRANSACTIONAL


class TestPostgresSource(SourceSuite):
    ground_type = ServerFeeding

    @pytest.fixture
    def ground(self, tmp_path: Path, postgres: PostgresAddress) -> Iterator[ServerFeeding]:
        with closing(ServerFeeding(tmp_path, postgres)) as made:
            yield made


class TestPostgresSink(SinkSuite):
    ground_type, effect = ServerFilled, Effect.TRANSACTIONAL

    @pytest.fixture
    def ground(self, tmp_path: Path, postgres: PostgresAddress) -> Iterator[ServerFilled]:
        with closing(ServerFilled(tmp_path, postgres)) as made:
            yield made


class TestMariaSource(SourceSuite):
    ground_type = ServerFeeding

    @pytest.fixture
    def ground(self, tmp_path: Path, mariadb: MariaAddress) -> Iterator[ServerFeeding]:
        with closing(ServerFeeding(tmp_path, mariadb)) as made:
            yield made


class TestMariaSink(SinkSuite):
    ground_type, effect = ServerFilled, Effect.TRANSACTIONAL

    @pytest.fixture
    def ground(self, tmp_path: Path, mariadb: MariaAddress) -> Iterator[ServerFilled]:
        with closing(ServerFilled(tmp_path, mariadb)) as made:
            yield made


class TestPostgresSourceInARun(RunningSourceSuite):
    ground_type = ServerFeeding
    ground = TestPostgresSource.ground


class TestMariaSinkInARun(RunningSinkSuite):
    ground_type, effect = ServerFilled, Effect.TRANSACTIONAL
    ground = TestMariaSink.ground
