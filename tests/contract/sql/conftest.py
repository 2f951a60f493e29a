"""One database of each kind: a fresh one, with a connection of the test's own beside the connector's."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from crossdock.connector import Arrival, NotesInMemory, Parcel, Source, Surroundings, Verdict
from crossdock.message import Document, Inline, delivery_key
from crossdock_connectors.sql import CallOptions, SinkOptions, SourceOptions
from crossdock_connectors.sql.call import SqlCall
from crossdock_connectors.sql.opening import url_of
from crossdock_connectors.sql.options import DatabaseOptions
from crossdock_connectors.sql.sink import SqlSink
from crossdock_connectors.sql.source import opened

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FAMILIES = ("sqlite", "postgresql", "mariadb")

ORDERS = {
    "sqlite": """CREATE TABLE orders (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, total NUMERIC,
        ordered_on TEXT, active BOOLEAN, note TEXT CHECK (length(note) <= 20), blob BLOB, attributes TEXT,
        updated_at TEXT, quantity INTEGER)""",
    "postgresql": """CREATE TABLE orders (id BIGSERIAL PRIMARY KEY, number TEXT NOT NULL UNIQUE, total NUMERIC(30, 10),
        ordered_on DATE, active BOOLEAN, note VARCHAR(20), blob BYTEA, attributes JSONB, updated_at TIMESTAMPTZ,
        quantity BIGINT)""",
    "mariadb": """CREATE TABLE orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, number VARCHAR(100) NOT NULL UNIQUE,
        total DECIMAL(30, 10), ordered_on DATE, active BOOLEAN, note VARCHAR(20), `blob` LONGBLOB, attributes JSON,
        updated_at DATETIME(6), quantity BIGINT)""",
}
LINES = """CREATE TABLE order_lines (order_number VARCHAR(100) NOT NULL REFERENCES orders (number), position INTEGER NOT NULL,
    sku VARCHAR(40) NOT NULL, quantity INTEGER, PRIMARY KEY (order_number, position))"""


@dataclass
class Ground:
    """A database, and what connects to it."""

    family: str
    url: str
    root: Path
    notes: NotesInMemory = field(default_factory=NotesInMemory)
    now: datetime = NOW

    def __post_init__(self) -> None:
        engine = sa.create_engine(self._engine_url(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection = engine.connect()

    def _engine_url(self) -> sa.URL:
        options = DatabaseOptions.model_validate({"url": self.url})
        url = url_of(options)
        return url.set(database=str(self.root / (url.database or ""))) if self.family == "sqlite" else url

    def run(self, *statements: str) -> None:
        for statement in statements:
            self._connection.exec_driver_sql(statement)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self._connection.exec_driver_sql(statement)]

    def orders(self) -> None:
        self.run(ORDERS[self.family], LINES)

    def close(self) -> None:
        self._connection.close()

    @property
    def around(self) -> Surroundings:
        return Surroundings(root=self.root, name="orders/sql", now=lambda: self.now, notes=self.notes)

    def sink(self, do: object, **more: object) -> SqlSink:
        return SqlSink(SinkOptions.model_validate({"url": self.url, "do": do, **more}), self.around)

    def source(self, **options: object) -> Source:
        return opened(SourceOptions.model_validate({"url": self.url, **options}), self.around)

    def call(self, **options: object) -> SqlCall:
        return SqlCall(CallOptions.model_validate({"url": self.url, **options}), self.around)

    def take(self, source: Source, verdict: Verdict = Verdict.ACCEPTED) -> list[Arrival]:
        """Poll as the engine does: what arrives is made durable with its notes, then settled."""
        arrivals = list(source.poll())
        for arrival in arrivals:
            self.notes.write(arrival.notes)
            source.settle(arrival, verdict)
        return arrivals


def parcel(document: Document, message: str = "") -> Parcel:
    message = message or str(uuid.uuid4())
    return Parcel(key=delivery_key(message, "orders", "erp"), message=message, payload=Inline(b"{}"), document=document)


@pytest.fixture(params=FAMILIES)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    made = _ground(request.param, request, tmp_path)
    yield made
    made.close()


def _ground(family: str, request: pytest.FixtureRequest, folder: Path) -> Ground:
    if family == "sqlite":
        sqlite3.connect(folder / "erp.db").close()
        return Ground(family, "sqlite:///erp.db", folder)
    return Ground(family, request.getfixturevalue("postgres" if family == "postgresql" else "mariadb").fresh(), folder)
