"""The account: everything that was ever posted is in exactly one state, and damage is found."""

from __future__ import annotations

import pytest

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Child, Post
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, delivered, id_of, part


class Auditing:
    """``audit``."""

    def test_an_empty_journal_is_balanced(self, bench: Bench) -> None:
        audit = bench.journal.audit()
        assert (audit.balanced, audit.sums, audit.accepted) == (True, (), 0)

    def test_every_state_is_in_the_sum(self, bench: Bench) -> None:
        for number, state in enumerate((*list(State)[1:], State.WAITING), start=1):
            bench.bring(state, number)
        audit = bench.journal.audit()
        (one,) = audit.sums
        assert (one.queue, one.posted, one.purged) == (QUEUE, len(State), 0)
        assert dict(one.states) == dict.fromkeys(State, 1)
        assert audit.balanced
        assert audit.accepted == len(State)

    def test_each_queue_has_its_own_sum_by_name(self, bench: Bench) -> None:
        bench.journal.accept([arrival(1, Post(queue="b"), Post(queue="a")), arrival(2, Post(queue="a"))])
        assert [(one.queue, one.posted) for one in bench.journal.audit().sums] == [("a", 2), ("b", 1)]

    @pytest.mark.parametrize("state", list(State))
    def test_lost_work_is_noticed(self, bench: Bench, state: State) -> None:
        row = bench.bring(state)
        bench.lose_work(row)
        bench.damaged = True
        audit = bench.journal.audit()
        assert not audit.balanced
        assert not audit.sums[0].balanced

    def test_a_lost_message_is_noticed(self, bench: Bench) -> None:
        row = bench.bring(State.DELIVERED)
        bench.lose_message(id_of(1))
        bench.damaged = True
        audit = bench.journal.audit()
        assert [(one.what, one.message) for one in audit.damage] == [("work without its message", f"row {row}")]

    def test_an_arrival_without_work_is_noticed(self, bench: Bench) -> None:
        row = bench.bring(State.DELIVERED)
        bench.lose_work(row)
        bench.damaged = True
        audit = bench.journal.audit()
        assert ("accepted, but in no queue", id_of(1)) in [(one.what, one.message) for one in audit.damage]

    def test_a_lost_part_is_noticed(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        parts = [part(work.message, position) for position in (1, 2, 3)]
        bench.commit(work, delivered(), *(Child(message=one, outcome=delivered()) for one in parts), progress=3)
        assert bench.journal.audit().balanced
        bench.lose_work(bench.item(parts[1].id).row)
        bench.lose_message(parts[1].id)
        bench.damaged = True
        found = [(one.what, one.message) for one in bench.journal.audit().damage]
        assert found == [("not as many parts recorded as were split off", id_of(1))]

    def test_the_account_balances_after_each_of_many_events(self, bench: Bench) -> None:
        bench.arrive(1)
        for event in (Event.RETRY, Event.RETURN, Event.HOLD):
            bench.settle(bench.take_one(), event)
            assert bench.journal.audit().balanced
        bench.journal.decide(bench.item(1).row, Event.RELEASE, None)
        bench.take()
        bench.journal.give_back(crashed=True, owner="host")
        assert bench.journal.audit().balanced
