"""Control numbers under kill -9: workers die at any moment, and still every number is on one document and none is left out."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crossdock.control import AckState
from crossdock.delivery.states import State
from crossdock.journal.contract import Entry, Journal, Post, Query
from crossdock.journal.ledger import LedgerQuery
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.message import Inline, Message, read_all
from crossdock.runtime.clock import SystemClock, new_id
from crossdock.testing.servers.postgres import PostgresAddress

#: How hard CI hits.
KILLS = int(os.environ.get("CROSSDOCK_KILLS", "40"))
PIECES = 600
WORKERS = 3
OUT = "acme/x12/interchange"

#: Works on what there is, each piece of which becomes a numbered document, and raises what is overdue; until all is done.
_WORKER = """
import os, sys, time
from crossdock.control import Awaited, Numbering, Series
from crossdock.delivery.states import Event
from crossdock.journal.contract import Fate, Outcome, Post, Result, Sent
from crossdock.message import Inline, Message, child_id
from crossdock.runtime.clock import SystemClock
from crossdock.runtime.failpoints import fail_points

where, owner = sys.argv[1:]
if "://" in where:
    from crossdock.journal.postgres.journal import PostgresJournal as Opened
else:
    from pathlib import Path
    from crossdock.journal.sqlite.journal import SqliteJournal
    Opened = lambda path, clock, reach: SqliteJournal(Path(path), clock, reach)
journal = Opened(where, SystemClock(), fail_points(os.environ))
SERIES = Series(name="acme/x12/interchange")


def numbered(work):
    id = child_id(work.message.id, "out", 0)
    long = b"." * (70_000 if int(work.message.id[-1], 16) == 0 else 10)

    def awaits(numbers):
        return (Awaited(partner="acme", standard="x12", set_id="855", interchange=str(numbers[0]), within=0.0),)

    made = Message(id=id, parent=work.message.id, correlation=work.message.correlation, route="out", body=Inline(b""))
    numbering = Numbering(scopes=(SERIES,), write=lambda numbers: b"%d %b" % (numbers[0], long), awaits=awaits)
    return Sent(message=made, posts=(Post(queue="out/file"),), numbering=numbering)


def told(row):
    made = Message(
        id=child_id(row.message, row.route, f"ack.overdue {row.row}"), parent=row.message,
        correlation=row.correlation, route=row.route, topic="ack.overdue", body=Inline(row.interchange.encode()),
    )
    return Sent(message=made, posts=(Post(queue="alarms"),))


done = Outcome(fate=Fate(event=Event.DELIVER))
while journal.pending():
    for work in journal.claim("out/file", owner=owner, limit=10, lease=60.0):
        journal.commit([Result(work=work, outcome=done)])
    works = journal.claim("orders", owner=owner, limit=5, lease=60.0)
    journal.commit([
        Result(work=work, outcome=Outcome(fate=Fate(event=Event.DELIVER), also=(numbered(work),))) for work in works
    ])
    journal.overdue(told, 7)
    for work in journal.claim("alarms", owner=owner, limit=10, lease=60.0):
        journal.commit([Result(work=work, outcome=done)])
while journal.overdue(told, 100):
    pass
journal.close()
"""


class Yard:
    """A journal with work to do, and workers that die over it."""

    def __init__(self, where: str, opened: Callable[[], Journal]) -> None:
        self.where = where
        self.opened = opened
        self.kills = 0
        self._serial = 0

    def fill(self, pieces: int) -> None:
        """Bring work."""
        clock = SystemClock()
        with closing(self.opened()) as journal:
            journal.accept([_entry(new_id(clock)) for _ in range(pieces)])

    def hire(self, **environment: str) -> subprocess.Popen[bytes]:
        """One more worker, under a name of its own."""
        self._serial += 1
        command = [sys.executable, "-c", _WORKER, self.where, f"host/{self._serial}"]
        return subprocess.Popen(command, env=os.environ | environment)

    def wait_for(self, number: int) -> int:
        """The last number given, once it is at least that one."""
        end = time.monotonic() + 60.0
        with closing(self.opened()) as journal:
            while (last := max((one.number for one in journal.numbers()), default=0)) < number:
                assert time.monotonic() < end, "nobody goes on"
                time.sleep(0.005)
        return last

    def bury(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker; what it had in hand is for ``finish`` to return."""
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
        self.kills += 1

    def finish(self) -> None:
        """Return what the dead had in hand, and let one worker do what is left."""
        with closing(self.opened()) as journal:
            journal.give_back(owner="host", crashed=False)
        assert self.hire().wait(timeout=300) == 0

    def judge(self, pieces: int) -> None:
        """Every number once and none left out; and each document awaited, and told to be overdue, once."""
        with closing(self.opened()) as journal:
            made = [item.message for item in journal.items(Query(queue="out/file", limit=pieces * 2))]
            numbers = sorted(int(read_all(message.body).split()[0]) for message in made)
            assert numbers == list(range(1, pieces + 1))
            assert [(one.scope, one.number) for one in journal.numbers()] == [(OUT, pieces)]
            rows = journal.ledger(LedgerQuery(limit=pieces * 2))
            assert sorted(int(row.interchange) for row in rows) == numbers
            by_id = {message.id: read_all(message.body).split()[0].decode() for message in made}
            assert {row.message: row.interchange for row in rows} == by_id
            assert journal.standings() == {"acme": {AckState.OVERDUE: pieces}}
            assert sum(journal.counts()["alarms"].values()) == pieces
            assert journal.counts()["out/file"] == {State.DELIVERED: pieces}
            assert journal.audit().balanced


def _entry(id: str) -> Entry:
    message = Message(id=id, correlation=id, route="orders", body=Inline(b"order"))
    return Entry(message=message, scope="door", identity=id, posts=(Post(queue="orders"),))


@pytest.fixture(params=["sqlite", "postgres"])
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    if request.param == "postgres":
        address: PostgresAddress = request.getfixturevalue("postgres")
        url = address.fresh()
        yield Yard(url, lambda: PostgresJournal(url, SystemClock()))
    else:
        path = tmp_path / "journal.db"
        yield Yard(str(path), lambda: SqliteJournal(path, SystemClock()))


def test_workers_killed_at_random_leave_no_gap_and_no_number_twice(yard: Yard) -> None:
    chance = random.Random(4711)  # noqa: S311 - the same kills each time
    yard.fill(PIECES)
    workers = [yard.hire() for _ in range(WORKERS)]
    known = 0
    while yard.kills < KILLS / 4 and known < PIECES:
        known = yard.wait_for(known + 1)
        time.sleep(chance.uniform(0.0, 0.02))
        number = chance.randrange(WORKERS)
        yard.bury(workers[number])
        workers[number] = yard.hire()
    for worker in workers:
        yard.bury(worker)
    assert known < PIECES, "they were done before they could be killed"
    yard.finish()
    yard.judge(PIECES)


@pytest.mark.parametrize(
    "point", ["commit.before_commit", "commit.after_commit", "overdue.before_commit", "overdue.after_commit"]
)
@pytest.mark.parametrize("count", [1, 3])
def test_a_worker_that_dies_at_a_commit_takes_no_number_with_it(yard: Yard, point: str, count: int) -> None:
    yard.fill(40)
    assert yard.hire(CROSSDOCK_FAIL=f"{point}:{count}").wait(timeout=60) == -signal.SIGKILL
    yard.finish()
    yard.judge(40)


def test_many_workers_at_once_draw_each_number_once(yard: Yard) -> None:
    yard.fill(PIECES)
    workers = [yard.hire() for _ in range(5)]
    assert [worker.wait(timeout=120) for worker in workers] == [0] * 5
    yard.judge(PIECES)
