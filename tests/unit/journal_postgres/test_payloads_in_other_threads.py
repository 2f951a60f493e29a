"""What a destination sends is read in its own thread, while the session of its worker does something else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.journal.registers import Register
from crossdock.message import Payload, read_all
from crossdock.postgres.address import address_of
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import QUEUE, arrival
from crossdock.testing.servers.postgres import PostgresAddress

BODY = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture
def url(postgres: PostgresAddress) -> str:
    return f"{postgres.fresh()}?schema=t{secrets.token_hex(6)}"


@pytest.fixture
def journal(url: str) -> Iterator[PostgresJournal]:
    journal = PostgresJournal(url, ManualClock())
    yield journal
    journal.close()


def _taken(journal: PostgresJournal) -> Payload:
    journal.accept([arrival(1, body=BODY)])
    (work,) = journal.claim(QUEUE, owner="host/1", limit=1, lease=60.0)
    return work.message.body


def test_many_threads_read_one_payload_while_the_journal_is_written(journal: PostgresJournal) -> None:
    body = _taken(journal)
    with ThreadPoolExecutor(6) as pool:
        reading = [pool.submit(read_all, body) for _ in range(12)]
        for number in range(2, 40):
            journal.accept([arrival(number, body=BODY[:1000])])
        assert all(one.result() == BODY for one in reading)
    assert journal.audit().accepted == 39


def test_a_thread_may_read_while_a_transaction_is_open(journal: PostgresJournal) -> None:
    body = _taken(journal)
    with ThreadPoolExecutor(1) as pool:

        def change(text: str | None, now: float) -> str:
            assert pool.submit(read_all, body).result(timeout=30.0) == BODY
            return "read meanwhile"

        assert journal.update(Register.PACE, "erp", change) == "read meanwhile"


def test_a_payload_is_read_after_the_connection_that_was_kept_broke(journal: PostgresJournal, url: str) -> None:
    body = _taken(journal)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(read_all, body).result() == BODY
        with psycopg.connect(address_of(url).conninfo) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert pool.submit(read_all, body).result() == BODY
