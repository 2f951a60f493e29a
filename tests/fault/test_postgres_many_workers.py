"""Many workers on one PostgreSQL: everybody gets a share, nobody gets what another has, lanes keep their order."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

import pytest

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Entry, Fate, Journal, Outcome, Post, Query, Result
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.journal.registers import Register
from crossdock.message import Inline, Message
from crossdock.route.plan import Latest, Once
from crossdock.runtime.clock import SystemClock, new_id
from crossdock.testing.journal_suite.bench import QUEUE, arrival, id_of
from crossdock.testing.servers.postgres import PostgresAddress

T = TypeVar("T")

#: Claims and commits until nothing is left, and tells how many pieces it had and when the last was done.
_WORKER = """
import json, sys, time
from crossdock.delivery.states import Event
from crossdock.journal.contract import Fate, Outcome, Post, Result
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.runtime.clock import SystemClock

journal, owner, done, rounds = PostgresJournal(sys.argv[1], SystemClock()), sys.argv[2], 0, 0
outcome = Outcome(fate=Fate(event=Event.DELIVER), posts=(Post(queue="next"),))
print("ready", flush=True)
sys.stdin.readline()
begun = time.monotonic()
while works := journal.claim("orders", owner=owner, limit=20, lease=60.0):
    assert all(journal.commit([Result(work=work, outcome=outcome) for work in works]))
    done, rounds = done + len(works), rounds + 1
print(json.dumps({"done": done, "rounds": rounds, "seconds": time.monotonic() - begun}))
journal.close()
"""


def _entries(count: int, *, lanes: int = 0) -> list[Entry]:
    clock = SystemClock()
    entries = []
    for number in range(count):
        id = new_id(clock)
        one = Message(id=id, correlation=id, route="orders", body=Inline(b"x" * 500))
        post = Post(queue=QUEUE, lane=f"lane {number % lanes}" if lanes else None)
        entries.append(Entry(message=one, scope="door", identity=id, posts=(post,)))
    return entries


def _worked_off(url: str, workers: int, pieces: int) -> tuple[list[int], float]:
    """How many pieces each of some processes had, and how many all had in a second."""
    journal = PostgresJournal(url, SystemClock())
    for _ in range(pieces // 500):
        journal.accept(_entries(500))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, url, f"host/{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(workers)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    audit = journal.audit()
    assert audit.balanced
    assert journal.counts() == {QUEUE: {State.DELIVERED: pieces}, "next": {State.WAITING: pieces}}
    journal.close()
    return [one["done"] for one in told], pieces / max(one["seconds"] for one in told)


def test_twenty_workers_share_what_there_is_and_are_no_slower_than_two(postgres: PostgresAddress) -> None:
    _, two = _worked_off(postgres.fresh(), 2, 2000)
    shares, twenty = _worked_off(postgres.fresh(), 20, 4000)
    assert sum(shares) == 4000
    assert min(shares) >= 4000 / 20 / 4, shares
    assert twenty >= two / 2, (twenty, two)  # half: the machine that runs the tests does other things meanwhile


def _at_once(works: list[Callable[[], T]]) -> list[T]:
    """What each gives, all begun at the same moment."""
    start, results = threading.Barrier(len(works)), dict[int, T]()

    def run(number: int, work: Callable[[], T]) -> None:
        start.wait()
        results[number] = work()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [results[number] for number in range(len(works))]


@pytest.fixture
def journals(postgres: PostgresAddress) -> Iterator[list[PostgresJournal]]:
    """Six connections to one journal; whatever they did at the same time, the account balances."""
    url = postgres.fresh()
    journals = [PostgresJournal(url, SystemClock()) for _ in range(6)]
    yield journals
    audit = journals[0].audit()
    for journal in journals:
        journal.close()
    assert audit.balanced, audit


def test_the_same_arrival_at_many_doors_is_one_message(journals: list[PostgresJournal]) -> None:
    def arrive(journal: Journal, number: int) -> Callable[[], list[str]]:
        """The same ten files, each door in an order of its own."""
        order = [(number * 3 + step) % 10 for step in range(10)]
        entries = [arrival(100 * number + file, identity=f"file {file}") for file in order]
        return lambda: [id for _, id in sorted(zip(order, journal.accept(entries), strict=True))]

    known = _at_once([arrive(journal, number) for number, journal in enumerate(journals)])
    assert all(one == known[0] for one in known)
    assert journals[0].counts() == {QUEUE: {State.WAITING: 10}}


def test_one_of_many_takes_a_key(journals: list[PostgresJournal]) -> None:
    journals[0].accept([arrival(number) for number in range(6)])
    guard = Once(scope="s", key="k", within=1000.0)

    def pass_by(journal: Journal) -> Callable[[], list[bool]]:
        works = journal.claim(QUEUE, owner="h", limit=1, lease=60.0)
        outcome = Outcome(fate=Fate(event=Event.DELIVER), guards=(guard,))
        return lambda: journal.commit([Result(work=work, outcome=outcome) for work in works])

    _at_once([pass_by(journal) for journal in journals])
    assert journals[0].counts() == {QUEUE: {State.DELIVERED: 1, State.SKIPPED: 5}}


def test_the_newest_of_many_versions_stays(journals: list[PostgresJournal]) -> None:
    journals[0].accept([arrival(number) for number in range(6)])

    def pass_by(journal: Journal, number: int) -> Callable[[], list[bool]]:
        works = journal.claim(QUEUE, owner="h", limit=1, lease=60.0)
        guards = tuple(Latest(scope="s", key=key, version=str(number)) for key in ("a", "b", "c")[:: number % 2 or -1])
        outcome = Outcome(fate=Fate(event=Event.DELIVER), guards=guards)
        return lambda: journal.commit([Result(work=work, outcome=outcome) for work in works])

    _at_once([pass_by(journal, number) for number, journal in enumerate(journals)])
    sql = "SELECT DISTINCT version FROM newest"
    assert journals[0]._session.rows(sql) == [("5",)]


class _Lanes:
    """Who has which lane in hand, and in which order its pieces were done."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = Counter[str]()
        self.shared: list[str] = []
        self.done: dict[str, list[int]] = {}

    def take(self, lanes: Iterable[str]) -> None:
        with self._guard:
            for lane in lanes:
                self._held[lane] += 1
                self.shared += [lane] if self._held[lane] > 1 else []

    def put(self, lane: str, row: int, event: Event) -> None:
        with self._guard:
            self._held[lane] -= 1
            if event is Event.DELIVER:
                self.done.setdefault(lane, []).append(row)


def test_no_two_workers_hold_one_lane_and_its_order_is_kept(journals: list[PostgresJournal]) -> None:
    """Arrivals go on meanwhile, and some pieces are tried again."""
    lanes, end = _Lanes(), time.monotonic() + 4.0

    def bring(journal: Journal) -> None:
        while time.monotonic() < end:
            journal.accept(_entries(20, lanes=7))

    def work(journal: PostgresJournal) -> None:
        rounds = 0
        while time.monotonic() < end:
            works = journal.claim(QUEUE, owner="h", limit=5, lease=60.0)
            names = [str(journal._session.value("SELECT lane FROM work WHERE row = %s", (one.row,))) for one in works]
            lanes.take(names)
            rounds += 1
            events = [Event.RETRY if (rounds + place) % 5 == 0 else Event.DELIVER for place in range(len(works))]
            for name, one, event in zip(names, works, events, strict=True):
                lanes.put(name, one.row, event)
            results = [Result(work=w, outcome=Outcome(fate=Fate(event=e))) for w, e in zip(works, events, strict=True)]
            assert all(journal.commit(results))

    first, second, *others = journals
    _at_once([partial(bring, first), partial(bring, second), *(partial(work, journal) for journal in others)])
    assert not lanes.shared
    assert len(lanes.done) == 7
    assert all(rows == sorted(rows) for rows in lanes.done.values())


def test_a_register_counts_everybody(journals: list[PostgresJournal]) -> None:
    def count(journal: Journal) -> Callable[[], None]:
        def often() -> None:
            for _ in range(25):
                journal.update(Register.PACE, "erp", lambda text, now: str(int(text or 0) + 1))

        return often

    _at_once([count(journal) for journal in journals])
    assert journals[0].registers(Register.PACE)[0] == {"erp": "150"}


def test_retention_goes_on_among_those_who_work(journals: list[PostgresJournal]) -> None:
    journals[0].accept(_entries(300))
    outcome = Outcome(fate=Fate(event=Event.DELIVER))

    def work(journal: Journal) -> None:
        while works := journal.claim(QUEUE, owner="h", limit=20, lease=60.0):
            assert all(journal.commit([Result(work=one, outcome=outcome) for one in works]))

    def forget(journal: Journal) -> None:
        for _ in range(20):
            journal.purge(messages_before=time.time() + 60.0, limit=30)

    _at_once(
        [
            *(partial(work, journal) for journal in journals[:4]),
            *(partial(forget, journal) for journal in journals[4:]),
        ]
    )
    while journals[0].purge(messages_before=time.time() + 60.0, limit=100):
        continue
    assert list(journals[0].items(Query())) == []
    assert journals[0].message(id_of(1)) is None
    assert [(one.posted, one.purged) for one in journals[0].audit().sums] == [(300, 300)]
