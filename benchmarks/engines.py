"""The two engines a benchmark can run on: SQLite alone, or PostgreSQL and RabbitMQ on the same machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import apsw
import psycopg

from crossdock.testing.servers.postgres import Postgres
from crossdock.testing.servers.rabbitmq import RabbitMQ

NAMES = ("embedded", "distributed")


@dataclass(frozen=True, slots=True)
class Engine:
    """The variables a run of the project in a folder is started with, and a way to ask its journal for numbers."""

    environment: Mapping[str, str]
    rows: Callable[[Path, str], list[tuple[float, ...]]]

    def value(self, folder: Path, statement: str) -> float:
        """The one number a statement gives."""
        return float(self.rows(folder, statement)[0][0])


@contextmanager
def engines(name: str) -> Iterator[Callable[[], Engine]]:
    """Makes engines of a kind, each with a journal and a bus of its own; servers run as long as the context."""
    if name == "embedded":
        yield lambda: Engine(dict(os.environ), _ask_file)
        return
    with Postgres() as postgres, RabbitMQ() as rabbitmq:
        yield lambda: _distributed(postgres.address.fresh(), rabbitmq.address.fresh())


def _distributed(journal: str, bus: str) -> Engine:
    def ask(folder: Path, statement: str) -> list[tuple[float, ...]]:
        with psycopg.connect(journal) as connection:
            return connection.execute(statement.encode()).fetchall()

    return Engine({**os.environ, "CROSSDOCK_JOURNAL": journal, "CROSSDOCK_BUS": bus}, ask)


def _ask_file(folder: Path, statement: str) -> list[tuple[float, ...]]:
    return cast(
        "list[tuple[float, ...]]",
        apsw.Connection(str(folder / ".crossdock" / "journal.db")).execute(statement).fetchall(),
    )
