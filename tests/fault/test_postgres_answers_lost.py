"""The way to PostgreSQL breaks, at a commit above all: what was done is known, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import pytest

from crossdock.delivery.states import Event, State
from crossdock.errors import Retry
from crossdock.journal.contract import Fate, Outcome, Phase, Post, Query, Result
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.message import Inline, read_all
from crossdock.runtime.clock import SystemClock
from crossdock.testing.journal_suite.bench import QUEUE, arrival, id_of, message
from crossdock.testing.servers.postgres import Postgres, PostgresAddress
from crossdock.testing.servers.proxy import TcpProxy

DONE = Outcome(fate=Fate(event=Event.DELIVER), posts=(Post(queue="next"),))


@dataclass(slots=True)
class _Way:
    """A journal behind a proxy, and one beside it that sees what the server has."""

    journal: PostgresJournal
    beside: PostgresJournal
    proxy: TcpProxy
    reached: dict[str, Callable[[], None]]

    def lose_the_next_answer_to_a_commit(self) -> None:
        self.proxy.lose_reply_to(b"COMMIT\0")

    def break_at(self, point: str) -> None:
        """Every connection ends when that point is reached, once."""

        def once() -> None:
            del self.reached[point]
            self.proxy.reset()

        self.reached[point] = once


def behind(url: str, port: int) -> str:
    """The URL of a database by way of another port."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}"))


@pytest.fixture
def way(postgres: PostgresAddress, proxied: Callable[[int], TcpProxy]) -> Iterator[_Way]:
    url, reached = postgres.fresh(), dict[str, Callable[[], None]]()
    proxy = proxied(urlsplit(url).port or 0)

    def reach(name: str) -> None:
        if name in reached:
            reached[name]()

    journal = PostgresJournal(behind(url, proxy.port), SystemClock(), reach)
    beside = PostgresJournal(url, SystemClock())
    yield _Way(journal, beside, proxy, reached)
    assert beside.audit().balanced
    for one in (journal, beside):
        one.close()


def test_an_arrival_whose_commit_was_not_answered_is_accepted_once(way: _Way) -> None:
    way.lose_the_next_answer_to_a_commit()
    assert way.journal.accept([arrival(1)]) == [id_of(1)]
    assert not way.proxy.pending_loss
    assert way.beside.counts() == {QUEUE: {State.WAITING: 1}}
    assert way.beside.audit().accepted == 1


def test_a_claim_whose_commit_was_not_answered_is_held(way: _Way) -> None:
    way.journal.accept([arrival(1)])
    way.lose_the_next_answer_to_a_commit()
    (work,) = way.journal.claim(QUEUE, owner="a", limit=10, lease=60.0)
    assert not way.proxy.pending_loss
    assert way.journal.commit([Result(work=work, outcome=DONE)]) == [True]


def test_a_result_whose_commit_was_not_answered_is_carried_out_once(way: _Way) -> None:
    way.journal.accept([arrival(1)])
    works = way.journal.claim(QUEUE, owner="a", limit=10, lease=60.0)
    way.lose_the_next_answer_to_a_commit()
    assert way.journal.commit([Result(work=work, outcome=DONE) for work in works]) == [True]
    assert not way.proxy.pending_loss
    assert way.beside.counts() == {QUEUE: {State.DELIVERED: 1}, "next": {State.WAITING: 1}}


def test_a_phase_whose_commit_was_not_answered_is_recorded(way: _Way) -> None:
    way.journal.accept([arrival(1)])
    works = way.journal.claim(QUEUE, owner="a", limit=10, lease=60.0)
    way.lose_the_next_answer_to_a_commit()
    assert way.journal.advance(works, Phase.SENDING, [None]) == works
    (item,) = way.beside.items(Query())
    assert item.phase is Phase.SENDING


def test_a_decision_whose_commit_was_not_answered_is_made_once(way: _Way) -> None:
    way.journal.accept([arrival(1)])
    (work,) = way.journal.claim(QUEUE, owner="a", limit=10, lease=60.0)
    way.journal.commit([Result(work=work, outcome=Outcome(fate=Fate(event=Event.REJECT, code="E1")))])
    way.lose_the_next_answer_to_a_commit()
    assert way.journal.decide(work.row, Event.RELEASE, "again")
    assert [one.event for one in way.beside.attempts(work.row)] == [Event.REJECT, Event.RELEASE]


def test_a_large_payload_survives_a_commit_that_was_not_answered(way: _Way) -> None:
    body = bytes(range(256)) * 4096
    way.lose_the_next_answer_to_a_commit()
    way.journal.accept([arrival(1, body=body)])
    found = way.beside.message(id_of(1))
    assert found is not None
    assert read_all(found.body) == body


@pytest.mark.parametrize("point", ["accept.before_commit", "commit.before_commit", "claim.before_commit"])
def test_what_breaks_before_its_commit_begins_anew(way: _Way, point: str) -> None:
    way.break_at(point)
    way.journal.accept([arrival(1)])
    works = way.journal.claim(QUEUE, owner="a", limit=10, lease=60.0)
    assert way.journal.commit([Result(work=work, outcome=DONE) for work in works]) == [True]
    assert point not in way.reached
    assert way.beside.counts() == {QUEUE: {State.DELIVERED: 1}, "next": {State.WAITING: 1}}


def test_a_connection_that_broke_while_nothing_happened_costs_nothing(way: _Way) -> None:
    way.journal.accept([arrival(1)])
    way.proxy.reset()
    assert way.journal.ready() == [QUEUE]
    way.proxy.reset()
    assert way.journal.accept([arrival(2)]) == [id_of(2)]


def test_a_server_that_is_away_is_a_reason_to_come_again_and_is_found_when_it_is_back(way: _Way) -> None:
    way.proxy.cut()
    with pytest.raises(Retry) as refused:
        way.journal.accept([arrival(1)])
    assert refused.value.code == "E731"
    way.proxy.heal()
    way.journal._session._not_before = 0.0
    assert way.journal.accept([arrival(1)]) == [id_of(1)]


def test_a_server_that_is_away_is_not_asked_all_the_time(way: _Way) -> None:
    way.proxy.cut()
    for _ in range(3):
        with pytest.raises(Retry):
            way.journal.ready()
    way.journal._session._not_before = way.journal._session.clock.boot() + 60.0
    way.proxy.heal()
    with pytest.raises(Retry):
        way.journal.ready()
    way.journal._session._not_before = 0.0
    assert way.journal.ready() == []


def test_a_server_that_falls_silent_is_left(way: _Way) -> None:
    way.journal._session.connected().patience = 0.5
    way.proxy.drop_replies()
    with pytest.raises(Retry):
        way.journal.ready()
    way.proxy.heal()
    way.journal._session._not_before = 0.0
    assert way.journal.ready() == []


def test_a_message_never_shows_the_password(way: _Way) -> None:
    way.proxy.cut()
    with pytest.raises(Retry) as refused:
        way.journal.ready()
    conninfo = way.journal._session.address.conninfo
    (secret,) = [part.partition("=")[2] for part in conninfo.split() if part.startswith("password=")]
    assert secret not in str(refused.value) + repr(way.journal._session.address)


def test_what_was_accepted_survives_the_server_being_killed(own_postgres: Postgres) -> None:
    journal = PostgresJournal(own_postgres.address.fresh(), SystemClock())
    journal.accept([arrival(1)])
    works = journal.claim(QUEUE, owner="a", limit=1, lease=60.0)
    own_postgres.kill()
    with pytest.raises(Retry):
        journal.accept([arrival(2)])
    own_postgres.start()
    journal._session._not_before = 0.0
    assert journal.accept([arrival(1)]) == [id_of(1)]
    assert journal.message(id_of(1)) == message(1)
    # The claim was not flushed: it is there or it is not, and either way nothing is done twice.
    held = journal.commit([Result(work=work, outcome=DONE) for work in works])
    assert journal.counts()[QUEUE] == ({State.DELIVERED: 1} if held == [True] else {State.WAITING: 1})
    assert journal.audit().balanced
    journal.close()


def test_an_inline_body_stays_as_it_was(way: _Way) -> None:
    body = bytes(range(256))
    way.journal.accept([arrival(1, body=body)])
    found = way.beside.message(id_of(1))
    assert found is not None
    assert found.body == Inline(body)
