"""Journals of earlier versions: opened, brought up to date with all that is in them, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from crossdock.delivery.states import OPEN, State
from crossdock.errors import Halt
from crossdock.journal.contract import Phase, Query
from crossdock.journal.registers import Register
from crossdock.journal.sqlite import schema
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.route.plan import Latest
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import QUEUE, Bench, delivered, numbers

NUMBERS = {state: number for number, state in enumerate(State, start=1)}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def old(tmp_path: Path, clock: ManualClock) -> Path:
    """A file as version 1 made it: messages in every state, each state in a lane with one behind it."""
    new, old = tmp_path / "new" / "journal.db", tmp_path / "journal.db"
    with closing(SqliteJournal(new, clock)) as journal:
        _fill(Bench(clock, journal, lambda: journal, lambda row: None, lambda id: None))
    with closing(apsw.Connection(str(old))) as connection:
        connection.execute(schema.MIGRATIONS[0].up)
        connection.execute("ATTACH ? AS new", (str(new),))
        connection.pragma("user_version", 1)
        for (table,) in connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall():
            names = ", ".join(name for _, name, *_ in connection.execute(f"PRAGMA main.table_info({table})"))
            copy = "INSERT OR REPLACE INTO main.TABLE(NAMES) SELECT NAMES FROM new.TABLE"
            connection.execute(copy.replace("TABLE", str(table)).replace("NAMES", names))
    return old


def _fill(bench: Bench) -> None:
    for state, number in reversed(NUMBERS.items()):
        if state is not State.WAITING:
            bench.bring(state, number, lane=str(state))
    bench.bring(State.WAITING, NUMBERS[State.WAITING], lane=str(State.WAITING))
    for state, number in NUMBERS.items():
        bench.arrive(number + 100, lane=str(state))
    bench.arrive(200, queue="latest")
    guard = Latest(scope="stock", key="sku", version="5")
    bench.commit(bench.take_one("latest"), replace(delivered(), guards=(guard,)))
    bench.journal.refuse(QUEUE, "file", [])


@pytest.fixture
def journal(old: Path, clock: ManualClock) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(old, clock)) as journal:
        yield journal


def _version(path: Path) -> int:
    with closing(apsw.Connection(str(path))) as connection:
        return schema.version_of(connection)


def test_an_old_journal_is_brought_up_to_date_when_it_is_opened(old: Path, clock: ManualClock) -> None:
    assert _version(old) == 1
    SqliteJournal(old, clock).close()
    assert _version(old) == schema.newest()


def test_every_state_survives(journal: SqliteJournal) -> None:
    items = {int(item.message.id[-12:], 16): item.state for item in journal.items(Query(queue=QUEUE, limit=1000))}
    assert {state: items[number] for state, number in NUMBERS.items()} == {state: state for state in State}
    assert journal.audit().balanced


def test_lanes_go_on_as_they_were(journal: SqliteJournal) -> None:
    free = {NUMBERS[State.WAITING], *(number + 100 for state, number in NUMBERS.items() if state not in OPEN)}
    assert set(numbers(journal.claim(QUEUE, owner="host/2", limit=100, lease=60.0))) == free
    assert journal.stuck() == {QUEUE: 2}


def test_work_in_hand_can_be_settled(journal: SqliteJournal) -> None:
    assert journal.give_back(owner="host", crashed=False) == 1
    works = journal.claim(QUEUE, owner="host/2", limit=100, lease=60.0)
    assert NUMBERS[State.WORKING] in numbers(works)
    assert NUMBERS[State.WORKING] + 100 not in numbers(works)


def test_latest_keys_are_as_old_as_the_message_that_renewed_them(journal: SqliteJournal, clock: ManualClock) -> None:
    assert journal.purge(messages_before=0.0, limit=10, keys_before=clock.now()) == 0
    assert journal.purge(messages_before=0.0, limit=10, keys_before=clock.now() + 1.0) == 1


def test_what_is_new_can_be_used(journal: SqliteJournal) -> None:
    journal.update(Register.HOST, "a", lambda text, clock: "here")
    assert journal.registers(Register.HOST)[0] == {"a": "here"}
    assert [one.identity for one in journal.refusals(10)] == ["file"]


def test_a_journal_is_brought_down_and_up_again(old: Path, clock: ManualClock) -> None:
    with closing(SqliteJournal(old, clock)) as journal:
        journal.give_back(owner="host", crashed=False)
        works = journal.claim(QUEUE, owner="host/2", limit=2, lease=60.0)
        journal.advance(works, Phase.GROUPED, ["key", "key"])
        journal.commit([])
        before = journal.counts()
    with closing(apsw.Connection(str(old))) as connection, connection:
        schema.migrate(connection, 1)
    assert _version(old) == 1
    assert {one for one in _shape(old) if one[0] != "counter"} == _shape_of_version_1()
    with closing(SqliteJournal(old, clock)) as journal:
        assert journal.counts() == before
        assert journal.audit().balanced


def test_every_version_can_be_reached_from_every_other(tmp_path: Path) -> None:
    for number, (one, other) in enumerate((a, b) for a in _versions() for b in _versions()):
        with closing(apsw.Connection(str(tmp_path / f"{number}.db"))) as connection:
            for version in (one, other, schema.newest()):
                schema.migrate(connection, version)
                assert schema.version_of(connection) == version


def _versions() -> range:
    return range(1, schema.newest() + 1)


@pytest.mark.parametrize("version", [0, -1, 99])
def test_a_version_that_is_not_there_is_refused(old: Path, version: int) -> None:
    with closing(apsw.Connection(str(old))) as connection, pytest.raises(Halt, match="E741"):
        schema.migrate(connection, version)
    assert _version(old) == 1


def test_control_numbers_go_on_where_they_were_after_a_way_back_and_forth(old: Path, clock: ManualClock) -> None:
    with closing(SqliteJournal(old, clock)) as journal:
        journal.set_number("acme/x12/interchange", 4711)
    with closing(apsw.Connection(str(old))) as connection, connection:
        schema.migrate(connection, 1)
    with closing(SqliteJournal(old, clock)) as journal:
        assert [(one.scope, one.number) for one in journal.numbers()] == [("acme/x12/interchange", 4711)]


def _shape(path: Path) -> set[tuple[str, str]]:
    with closing(apsw.Connection(str(path))) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {(str(name), " ".join(str(sql).split())) for name, sql in rows}


def _shape_of_version_1() -> set[tuple[str, str]]:
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute(schema.MIGRATIONS[0].up)
        rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {(str(name), " ".join(str(sql).split())) for name, sql in rows}
