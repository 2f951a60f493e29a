"""Retention: what is old and settled goes, from the leaves of an exchange to its root, and is counted."""

from __future__ import annotations

import pytest

from crossdock.delivery.states import FINAL, Event, State
from crossdock.journal.contract import Child, Fate, Outcome, Post, Query, Sent
from crossdock.route.plan import Latest, Once
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, delivered, id_of, part

DAY = 86400.0


class Forgetting:
    """``purge``."""

    @pytest.mark.parametrize("state", list(State))
    def test_only_finished_exchanges_are_forgotten(self, bench: Bench, state: State) -> None:
        bench.bring(state)
        _later(bench)
        assert _purge(bench) == (1 if state in FINAL else 0)
        assert (bench.journal.message(id_of(1)) is None) is (state in FINAL)

    def test_young_messages_stay(self, bench: Bench) -> None:
        bench.bring(State.DELIVERED, 1)
        _later(bench)
        bench.bring(State.DELIVERED, 2)
        assert _purge(bench) == 1
        assert bench.journal.message(id_of(2)) is not None

    def test_what_was_forgotten_is_counted(self, bench: Bench) -> None:
        bench.journal.accept([arrival(1, Post(queue="a"), Post(queue="b"))])
        for queue in ("a", "b"):
            bench.settle(bench.take_one(queue), Event.DELIVER)
        _later(bench)
        _purge(bench)
        audit = bench.journal.audit()
        assert [(one.posted, one.purged, dict(one.states)) for one in audit.sums] == [(1, 1, {}), (1, 1, {})]
        assert audit.balanced
        assert audit.accepted == 1

    def test_a_message_stays_while_one_of_its_queues_is_open(self, bench: Bench) -> None:
        bench.journal.accept([arrival(1, Post(queue="a"), Post(queue="b"))])
        bench.settle(bench.take_one("a"), Event.DELIVER)
        _later(bench)
        assert _purge(bench) == 0

    def test_an_exchange_goes_from_its_leaves_to_its_root(self, bench: Bench) -> None:
        parts = _split(bench, 3)
        _later(bench)
        assert _purge(bench, limit=2) == 2
        assert bench.journal.message(id_of(1)) is not None
        assert bench.journal.audit().balanced
        assert _purge(bench, limit=2) == 1
        assert _purge(bench, limit=2) == 1
        assert bench.journal.message(id_of(1)) is None
        assert [bench.journal.message(one) for one in parts] == [None] * 3

    def test_lineage_is_kept_above_a_part_that_is_not_finished(self, bench: Bench) -> None:
        parts = _split(bench, 3, last=Event.REJECT)
        _later(bench)
        assert _purge(bench) == 2
        assert _purge(bench) == 0
        assert [one.id for one in bench.journal.children(id_of(1), 10)] == [parts[2]]
        assert bench.journal.audit().balanced

    def test_what_was_made_of_a_message_keeps_it(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        made = part(work.message, 0)
        bench.commit(work, delivered(also=[Sent(message=made, posts=(Post(queue="erp"),))]))
        _later(bench)
        assert _purge(bench) == 0
        bench.settle(bench.take_one("erp"), Event.DELIVER)
        assert [_purge(bench) for _ in range(3)] == [1, 1, 0]
        assert bench.journal.audit().balanced

    def test_no_more_than_the_limit_goes_at_once(self, bench: Bench) -> None:
        for number in range(1, 6):
            bench.bring(State.DELIVERED, number)
        _later(bench)
        assert [_purge(bench, limit=2) for _ in range(4)] == [2, 2, 1, 0]

    def test_an_old_exchange_that_stays_does_not_keep_younger_ones(self, bench: Bench) -> None:
        bench.bring(State.DEAD, 1)
        bench.bring(State.DELIVERED, 2)
        _later(bench)
        assert _purge(bench, limit=1) == 1
        assert bench.journal.message(id_of(2)) is None

    def test_forgotten_work_is_in_no_list(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.commit(bench.take_one(), delivered(keys=["PO-1"]))
        row = bench.item(1).row
        _later(bench)
        _purge(bench)
        assert list(bench.journal.items(Query())) == []
        assert bench.journal.named("PO-1", 10) == []
        assert bench.journal.attempts(row) == []

    def test_an_arrival_is_recognised_longer_than_its_message_is_kept(self, bench: Bench) -> None:
        bench.bring(State.DELIVERED, 1)
        _later(bench)
        _purge(bench)
        assert bench.journal.accept([arrival(2, identity="file 1")]) == [id_of(1)]

    def test_expired_keys_are_forgotten_and_live_ones_are_not(self, bench: Bench) -> None:
        bench.arrive(1)
        guards = (Once(scope="s", key="short", within=10.0), Once(scope="s", key="long", within=100 * DAY))
        bench.commit(bench.take_one(), Outcome(fate=Fate(event=Event.DELIVER), guards=guards))
        _later(bench)
        _purge(bench)
        for number, guard in enumerate(guards, start=2):
            bench.arrive(number)
            bench.commit(bench.take_one(), Outcome(fate=Fate(event=Event.DELIVER), guards=(guard,)))
        assert (bench.state(2), bench.state(3)) == (State.DELIVERED, State.SKIPPED)

    def test_a_latest_key_is_forgotten_when_it_was_not_renewed_for_long(self, bench: Bench) -> None:
        _newest(bench, 1, "used", "5")
        _newest(bench, 2, "unused", "5")
        _later(bench)
        _newest(bench, 3, "used", "6")
        before = bench.clock.now() - DAY
        assert bench.journal.purge(messages_before=0.0, limit=10, keys_before=before) == 1
        _newest(bench, 4, "used", "5")
        _newest(bench, 5, "unused", "4")
        assert (bench.state(4), bench.state(5)) == (State.SKIPPED, State.DELIVERED)

    def test_latest_keys_are_kept_where_nobody_says_how_long(self, bench: Bench) -> None:
        _newest(bench, 1, "sku", "5")
        _later(bench)
        _purge(bench)
        _newest(bench, 2, "sku", "4")
        assert bench.state(2) is State.SKIPPED

    def test_refusals_are_forgotten_with_the_messages_of_their_time(self, bench: Bench) -> None:
        for number in (1, 2, 3):
            bench.journal.refuse(QUEUE, f"file {number}", [])
        _later(bench)
        bench.journal.refuse(QUEUE, "file 4", [])
        assert [_purge(bench, limit=2) for _ in range(3)] == [2, 1, 0]
        assert [one.identity for one in bench.journal.refusals(10)] == ["file 4"]

    def test_work_goes_on_after_a_purge(self, bench: Bench) -> None:
        bench.bring(State.DELIVERED, 1)
        _later(bench)
        _purge(bench)
        bench.arrive(2)
        assert bench.settle(bench.take_one(), Event.DELIVER)
        assert bench.journal.counts() == {QUEUE: {State.DELIVERED: 1}}


def _newest(bench: Bench, number: int, key: str, version: str) -> None:
    """A message that is let through if it is the latest of its key."""
    bench.arrive(number)
    guard = Latest(scope="stock", key=key, version=version)
    bench.commit(bench.take_one(), Outcome(fate=Fate(event=Event.DELIVER), guards=(guard,)))


def _later(bench: Bench) -> None:
    bench.clock.advance(31 * DAY)


def _purge(bench: Bench, *, limit: int = 100) -> int:
    return bench.journal.purge(messages_before=bench.clock.now() - 30 * DAY, limit=limit)


def _split(bench: Bench, count: int, *, last: Event = Event.DELIVER) -> list[str]:
    """Message 1, split into parts; their ids."""
    bench.arrive(1)
    work = bench.take_one()
    parts = [part(work.message, position) for position in range(1, count + 1)]
    events = [Event.DELIVER] * (count - 1) + [last]
    children = [
        Child(message=one, outcome=Outcome(fate=Fate(event=event, code="E000", reason="as the test wants it")))
        for one, event in zip(parts, events, strict=True)
    ]
    bench.commit(work, delivered(), *children, progress=count)
    return [one.id for one in parts]
