"""A journal of its own for each test that asks for one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.runtime.clock import SystemClock
from crossdock.testing.servers.postgres import PostgresAddress


@pytest.fixture(scope="module")
def database(postgres: PostgresAddress) -> str:
    return postgres.fresh()


@pytest.fixture
def url(database: str) -> str:
    return f"{database}?schema=t{secrets.token_hex(6)}"


@pytest.fixture
def journal(url: str) -> Iterator[PostgresJournal]:
    journal = PostgresJournal(url, SystemClock())
    yield journal
    journal.close()
