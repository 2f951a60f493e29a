"""The schema: made once however many come, brought up and down, refused when it is newer than the engine."""

from __future__ import annotations

import threading

import pytest

from crossdock.errors import Halt
from crossdock.journal.postgres import schema
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.postgres.address import address_of
from crossdock.postgres.connection import connect
from crossdock.runtime.clock import SystemClock
from crossdock.testing.journal_suite.bench import QUEUE, arrival, id_of
from crossdock.testing.servers.postgres import PostgresAddress

NEWEST = len(schema.MIGRATIONS)


def test_many_that_come_first_make_it_once(url: str) -> None:
    made: list[PostgresJournal] = []
    threads = [threading.Thread(target=lambda: made.append(PostgresJournal(url, SystemClock()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 6
    for journal in made:
        journal.close()


def test_every_version_can_be_left_and_come_back_to(url: str) -> None:
    address = address_of(url)
    with connect(address) as connection:
        for version in (*range(NEWEST + 1), *reversed(range(NEWEST)), NEWEST):
            schema.migrate(connection, address, version)
            assert schema.version(connection) == version


def test_going_down_leaves_nothing_behind_but_the_counters(url: str) -> None:
    address = address_of(url)
    with connect(address) as connection:
        schema.migrate(connection, address)
        schema.migrate(connection, address, 0)
        left = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace", [address.schema]
        )
        counters = {"counter", "counter_pkey"}  # who comes up again must give no number twice
        assert {name for (name,) in left} == {"migration", "migration_pkey", *counters}


def test_a_newer_schema_is_refused(url: str) -> None:
    PostgresJournal(url, SystemClock()).close()
    with connect(address_of(url)) as connection:
        connection.execute("INSERT INTO migration VALUES (%s)", (NEWEST + 1,))
    with pytest.raises(Halt) as refused:
        PostgresJournal(url, SystemClock())
    assert refused.value.code == "E711"


def test_projects_in_one_database_do_not_see_each_other(database: str) -> None:
    ours, theirs = (PostgresJournal(f"{database}?schema={name}", SystemClock()) for name in ("ours", "theirs"))
    ours.accept([arrival(1)])
    assert (ours.ready(), theirs.ready()) == ([QUEUE], [])
    assert theirs.message(id_of(1)) is None
    for journal in (ours, theirs):
        journal.close()


def test_a_database_that_is_not_in_utf_8_is_refused(postgres: PostgresAddress) -> None:
    database = postgres.fresh()
    name = database.rpartition("/")[2]
    postgres.execute(f"CREATE DATABASE {name}_latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(Halt) as refused:
        PostgresJournal(f"{database}_latin", SystemClock())
    assert refused.value.code == "E730"


def test_a_user_without_rights_is_told_so(postgres: PostgresAddress) -> None:
    database = postgres.fresh()
    name = f"u{database.rpartition('/')[2]}"
    postgres.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'anna'")
    host = database.rpartition("@")[2]
    with pytest.raises(Halt) as refused:
        PostgresJournal(f"postgresql://{name}:anna@{host}", SystemClock())
    assert refused.value.code == "E739"
    with pytest.raises(Halt) as refused:
        PostgresJournal(f"postgresql://{name}:wrong@{host}", SystemClock())
    assert refused.value.code == "E739"
    assert "wrong" not in str(refused.value)
