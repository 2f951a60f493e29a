"""What people decide about work that stopped, in every state it can be in."""

from __future__ import annotations

from itertools import product

import pytest

from crossdock.delivery.states import LIFE, Event, State, decidable
from crossdock.errors import Finding
from crossdock.journal.contract import Fate, Outcome, Post, Query
from crossdock.message import read_all
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, id_of

_PARKED = [State.HELD, State.DEAD, State.DOUBT]


class Deciding:
    """``decide`` and ``replace``."""

    @pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
    def test_a_decision_is_carried_out_where_the_state_allows_it(
        self, bench: Bench, state: State, event: Event
    ) -> None:
        row = bench.bring(state)
        before = bench.item(1)
        assert bench.journal.decide(row, event, "because") is decidable(state, event)
        if decidable(state, event):
            assert bench.state(1) is LIFE[state][event]
        else:
            assert bench.item(1) == before

    def test_a_decision_on_work_that_is_not_there_is_none(self, bench: Bench) -> None:
        assert bench.journal.decide(4711, Event.RELEASE, None) is False

    @pytest.mark.parametrize("state", _PARKED)
    def test_a_decision_is_remembered_with_its_reason(self, bench: Bench, state: State) -> None:
        row = bench.bring(state)
        bench.clock.advance(60.0)
        bench.journal.decide(row, Event.DISCARD, "agreed with the partner")
        last = bench.journal.attempts(row)[-1]
        assert (last.event, last.reason, last.at) == (Event.DISCARD, "agreed with the partner", bench.clock.now())
        assert (bench.item(1).reason, bench.item(1).settled) == ("agreed with the partner", bench.clock.now())

    def test_a_decision_without_a_reason_keeps_the_old_one(self, bench: Bench) -> None:
        row = bench.bring(State.HELD)
        bench.journal.decide(row, Event.REJECT, None)
        assert (bench.state(1), bench.item(1).reason) == (State.DEAD, "as the test wants it")

    @pytest.mark.parametrize("state", _PARKED)
    def test_released_work_begins_anew(self, bench: Bench, state: State) -> None:
        row = bench.bring(state)
        bench.journal.decide(row, Event.RELEASE, None)
        item = bench.item(1)
        assert (item.attempts, item.crashes, item.due) == (0, 0, 0.0)
        assert (item.settled, item.code, item.reason) == (None, None, None)
        assert bench.take_one().attempt == 1

    def test_a_replay_forgets_the_crashes_that_killed_it(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        work = bench.take_one()
        bench.settle(work, Event.REJECT)
        bench.journal.decide(work.row, Event.RELEASE, None)
        assert bench.take_one().crashes == 0

    def test_a_replay_keeps_the_history(self, bench: Bench) -> None:
        row = bench.bring(State.DEAD)
        bench.journal.decide(row, Event.RELEASE, "mended")
        bench.settle(bench.take_one(), Event.REJECT)
        assert [one.event for one in bench.journal.attempts(row)] == [Event.REJECT, Event.RELEASE, Event.REJECT]

    def test_a_replay_goes_on_behind_the_parts_that_are_done(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.commit(work, Outcome(fate=Fate(event=Event.REJECT, code="X1", reason="cut off")), progress=7)
        bench.journal.decide(work.row, Event.RELEASE, None)
        assert bench.take_one().progress == 7

    def test_released_work_has_passed_the_rules_it_was_held_by(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        assert work.released == frozenset()
        row = _hold(bench, "credit limit")
        assert row == work.row
        bench.journal.decide(row, Event.RELEASE, None)
        _hold(bench, "new customer")
        bench.journal.decide(row, Event.RELEASE, None)
        assert bench.take_one().released == {"credit limit", "new customer"}

    def test_replayed_dead_work_has_passed_no_rule(self, bench: Bench) -> None:
        row = bench.bring(State.DEAD)
        bench.journal.decide(row, Event.RELEASE, None)
        assert bench.take_one().released == frozenset()

    def test_a_confirmed_doubt_is_delivered(self, bench: Bench) -> None:
        row = bench.bring(State.DOUBT)
        assert bench.journal.decide(row, Event.CONFIRM, "the partner has it")
        assert (bench.state(1), bench.item(1).settled) == (State.DELIVERED, bench.clock.now())
        assert bench.take() == []

    def test_somebody_was_faster(self, bench: Bench) -> None:
        row = bench.bring(State.HELD)
        assert bench.journal.decide(row, Event.RELEASE, None)
        assert bench.journal.decide(row, Event.RELEASE, None) is False
        bench.take()
        assert bench.journal.decide(row, Event.DISCARD, None) is False

    @pytest.mark.parametrize("state", list(State))
    def test_only_dead_and_held_work_is_replaced(self, bench: Bench, state: State) -> None:
        row = bench.bring(state)
        replaced = state in (State.DEAD, State.HELD)
        assert bench.journal.replace(row, arrival(2), "edited") is replaced
        assert bench.state(1) is (State.DISCARDED if replaced else state)
        assert (bench.journal.message(id_of(2)) is not None) is replaced

    def test_what_replaces_work_waits_in_the_queue_it_is_for(self, bench: Bench) -> None:
        row = bench.bring(State.DEAD)
        bench.journal.replace(row, arrival(2, Post(queue="orders/erp"), body=b"mended"), "a wrong unit")
        assert read_all(bench.take_one("orders/erp").message.body) == b"mended"
        assert bench.journal.attempts(row)[-1].reason == "a wrong unit"

    def test_replaced_work_is_replaced_once(self, bench: Bench) -> None:
        row = bench.bring(State.DEAD)
        assert bench.journal.replace(row, arrival(2), "edited")
        assert bench.journal.replace(row, arrival(3), "edited") is False
        assert bench.journal.message(id_of(3)) is None

    def test_discarded_work_that_was_waiting_is_not_claimed(self, bench: Bench) -> None:
        row = bench.bring(State.WAITING)
        assert bench.journal.decide(row, Event.DISCARD, "withdrawn")
        assert (bench.take(), bench.journal.ready()) == ([], [])


def _hold(bench: Bench, rule: str) -> int:
    """Hold message 1 because of a rule; its row."""
    held = list(bench.journal.items(Query(states=(State.WORKING,), queue=QUEUE)))
    if held:
        bench.journal.give_back(owner="host", crashed=False)
    work = bench.take_one()
    finding = Finding(code="R403", message="a person must look", rule=rule)
    bench.commit(work, Outcome(fate=Fate(event=Event.HOLD, code="R403", reason="look", findings=(finding,))))
    return work.row
