"""Lanes with very much in them: what waits behind a head that cannot move must cost nobody anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from crossdock.delivery.states import Event, State
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import QUEUE, Bench

BEHIND = 50_000
SECONDS = 0.02  # far above the fraction of a millisecond it takes; it took seconds when every waiting row was looked at


_MANY = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    INSERT INTO message(id, correlation, route, position, content_type, headers, at, size, sha256, body)
        SELECT printf('made %d', i), 'c', 'orders', 0, 'text/plain', '{}', 0, 0, x'', x'' FROM n;
    INSERT INTO work(message, queue, state, lane, at, blocked)
        SELECT m.row, w.queue, 'waiting', w.lane, 0, 1 FROM message m JOIN work w ON w.state = 'held' WHERE m.at = 0;
    UPDATE queue SET posted = posted + ?1;
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A lane with very many behind a held piece."""
    clock, path = ManualClock(), tmp_path_factory.mktemp("state") / "journal.db"
    with closing(SqliteJournal(path, clock, synchronous="OFF")) as journal:
        bench = Bench(clock, journal, lambda: journal, lambda row: None, lambda id: None)
        bench.bring(State.HELD, 1, lane="acme")
        for statement in _MANY.strip().split(";")[:-1]:
            bindings = (BEHIND,) if "?1" in statement else ()
            journal._session.connection.execute(statement, bindings)
        bench.arrive(2, lane="acme")
        yield bench


def _seconds(call: Callable[[], object]) -> float:
    """Of this thread, the fewest of a few: a busy machine must not fail this."""
    times = []
    for _ in range(5):
        begin = time.thread_time()
        call()
        times.append(time.thread_time() - begin)
    return min(times)


def test_asking_for_work_is_as_fast_as_if_nothing_waited(bench: Bench) -> None:
    assert bench.take() == []
    assert bench.journal.ready() == []
    assert _seconds(lambda: bench.take(limit=100)) < SECONDS
    assert _seconds(bench.journal.ready) < SECONDS
    assert _seconds(lambda: bench.journal.backlog(QUEUE, 1000)) < SECONDS


def test_a_lane_goes_on_at_once_piece_by_piece(bench: Bench) -> None:
    row = bench.item(1).row
    bench.journal.decide(row, Event.RELEASE, None)

    def one() -> None:
        assert bench.settle(bench.take_one(), Event.DELIVER)

    assert _seconds(one) < SECONDS
    bench.settle(bench.take_one(), Event.HOLD)


def test_what_comes_new_finds_the_end_of_its_lane_at_once(bench: Bench) -> None:
    numbers = iter(range(BEHIND + 100, BEHIND + 200))
    assert _seconds(lambda: bench.arrive(next(numbers), lane="acme")) < SECONDS


def test_everything_behind_the_held_piece_is_known_to_be_stuck(bench: Bench) -> None:
    assert bench.journal.pending() == 0
    assert bench.journal.stuck()[QUEUE] > BEHIND - 100
