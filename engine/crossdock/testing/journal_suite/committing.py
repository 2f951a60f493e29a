"""What workers commit: outcomes, parts of a split message, what was made of it. Once, however often it is said."""

from __future__ import annotations

import pytest

from crossdock.delivery.states import Event, State
from crossdock.errors import Finding, Place
from crossdock.journal.contract import Child, Fate, Outcome, Post, Query, Result, Sent
from crossdock.message import Message, read_all
from crossdock.testing.journal_suite.bench import QUEUE, Bench, delivered, id_of, message, numbers, part

_AFTER = {
    Event.DELIVER: State.DELIVERED,
    Event.SKIP: State.SKIPPED,
    Event.RETRY: State.WAITING,
    Event.RETURN: State.WAITING,
    Event.HOLD: State.HELD,
    Event.REJECT: State.DEAD,
    Event.LOSE_SIGHT: State.DOUBT,
}


class Committing:
    """``commit``."""

    @pytest.mark.parametrize("event", list(_AFTER))
    def test_an_outcome_decides_the_state(self, bench: Bench, event: Event) -> None:
        bench.arrive(1)
        assert bench.settle(bench.take_one(), event)
        assert bench.state(1) is _AFTER[event]

    def test_settled_work_tells_when_why_and_where(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.clock.advance(3.0)
        bench.commit(bench.take_one(), Outcome(fate=Fate(event=Event.DELIVER, receipt="out/1.json")))
        item = bench.item(1)
        assert (item.settled, item.receipt, item.code) == (bench.clock.now(), "out/1.json", None)

    def test_work_that_waits_again_is_not_settled(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.settle(bench.take_one(), Event.RETRY, delay=5.0)
        item = bench.item(1)
        assert (item.settled, item.due, item.attempts) == (None, bench.clock.now() + 5.0, 1)

    def test_a_retry_costs_an_attempt(self, bench: Bench) -> None:
        bench.arrive(1)
        for attempt in (1, 2, 3):
            work = bench.take_one()
            assert work.attempt == attempt
            bench.settle(work, Event.RETRY)

    def test_work_that_is_put_back_spends_no_attempt(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.settle(bench.take_one(), Event.RETURN)
        assert bench.item(1).attempts == 0
        assert bench.take_one().attempt == 1

    def test_the_message_itself_goes_on_to_other_queues(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.commit(bench.take_one(), delivered(Post(queue="erp", lane="acme"), Post(queue="crm")))
        assert numbers([*bench.take("erp"), *bench.take("crm")]) == [1, 1]

    def test_posting_to_the_same_queue_again_changes_nothing(self, bench: Bench) -> None:
        bench.arrive(1)
        retry = Fate(event=Event.RETRY, code="E000", reason="tap first, then fail")
        bench.commit(bench.take_one(), Outcome(fate=retry, posts=(Post(queue="tap"),)))
        bench.settle(bench.take_one("tap"), Event.DELIVER)
        bench.commit(bench.take_one(), delivered(Post(queue="tap")))
        assert bench.take("tap") == []
        assert bench.state(1, "tap") is State.DELIVERED

    def test_messages_made_from_it_go_where_they_are_sent(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        made = part(work.message, 0)
        bench.commit(work, delivered(also=[Sent(message=made, posts=(Post(queue="erp"),))]))
        (sent,) = bench.take("erp")
        assert sent.message == made

    def test_parts_are_recorded_each_with_its_own_fate(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        parts = [part(work.message, position) for position in (1, 2, 3)]
        fates = (Event.DELIVER, Event.REJECT, Event.HOLD)
        children = [_child(one, event) for one, event in zip(parts, fates, strict=True)]
        assert bench.commit(work, delivered(), *children, progress=3)
        assert [bench.state(one.id) for one in parts] == [State.DELIVERED, State.DEAD, State.HELD]
        assert bench.item(1).progress == 3

    def test_a_part_tells_why_and_where_as_any_work_does(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        fate = Fate(event=Event.SKIP, code="E303", reason="filtered", receipt="nowhere")
        bench.commit(work, delivered(), Child(message=part(work.message, 1), outcome=Outcome(fate=fate)), progress=1)
        item = bench.item(part(work.message, 1).id)
        assert (item.attempts, item.code, item.reason, item.receipt) == (1, "E303", "filtered", "nowhere")
        assert item.settled == bench.clock.now()

    def test_a_part_that_is_to_be_tried_again_waits_until_it_is_due(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        later = Fate(event=Event.RETRY, delay=30.0, code="E000", reason="not now")
        bench.commit(work, delivered(), Child(message=part(work.message, 1), outcome=Outcome(fate=later)), progress=1)
        assert bench.take() == []
        bench.clock.advance(30.0)
        (again,) = bench.take()
        assert (again.message.position, again.attempt) == (1, 2)

    def test_parts_go_on_and_bring_messages_of_their_own(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        one = part(work.message, 1)
        made = part(one, 0)
        outcome = delivered(Post(queue="erp"), also=[Sent(message=made, posts=(Post(queue="crm"),))])
        bench.commit(work, delivered(), Child(message=one, outcome=outcome), progress=1)
        assert [work.message.id for work in (*bench.take("erp"), *bench.take("crm"))] == [one.id, made.id]

    def test_work_without_an_outcome_stays_in_hand(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        assert bench.commit(work, None, _child(part(work.message, 1), Event.DELIVER), progress=1)
        assert (bench.state(1), bench.item(1).progress) == (State.WORKING, 1)
        assert bench.settle(work, Event.DELIVER)

    def test_a_split_goes_on_behind_the_last_committed_part(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.commit(work, None, _child(part(work.message, 1), Event.DELIVER), progress=1)
        bench.journal.give_back(owner="host", crashed=True)
        again = bench.take_one()
        assert again.progress == 1
        assert bench.commit(again, delivered(), _child(part(work.message, 2), Event.DELIVER), progress=2)

    def test_parts_that_are_committed_again_are_not_doubled(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        children = [_part_with_posts(work.message.id, bench, position) for position in (1, 2)]
        bench.commit(work, None, *children, progress=0)
        bench.journal.give_back(owner="host", crashed=True)
        assert bench.commit(bench.take_one(), delivered(), *children, progress=2)
        assert len(bench.journal.children(id_of(1), 10)) == 2
        assert len(bench.take("erp")) == 2
        assert bench.take("crm") != []
        assert bench.journal.counts()[QUEUE] == {State.DELIVERED: 3}

    def test_a_part_that_was_decided_meanwhile_keeps_its_state(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        child = _child(part(work.message, 1), Event.HOLD)
        bench.commit(work, None, child)
        bench.journal.decide(bench.item(child.message.id).row, Event.DISCARD, "no")
        bench.journal.give_back(owner="host", crashed=True)
        assert bench.commit(bench.take_one(), delivered(), child, progress=1)
        assert bench.state(child.message.id) is State.DISCARDED

    def test_a_batch_is_one_transaction_with_an_answer_for_each(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        results = [Result(work=work, outcome=delivered(Post(queue="erp"))) for work in bench.take()]
        assert bench.journal.commit(results) == [True, True, True]
        assert numbers(bench.take("erp")) == [1, 2, 3]
        assert bench.journal.commit(results) == [False, False, False]

    def test_failures_are_remembered_with_every_finding(self, bench: Bench) -> None:
        bench.arrive(1)
        finding = Finding(code="X301", message="no such unit", place=Place(segment=7), rule="X12 004010")
        fate = Fate(event=Event.RETRY, code="X301", reason="no such unit", step="3 map", findings=(finding,))
        work = bench.take_one()
        bench.commit(work, Outcome(fate=fate))
        bench.settle(bench.take_one(), Event.REJECT)
        first, second = bench.journal.attempts(work.row)
        assert (first.number, first.event, first.code, first.step) == (1, Event.RETRY, "X301", "3 map")
        assert [dict(found) for found in first.findings] == [finding.as_dict()]
        assert (second.number, second.event, second.reason) == (2, Event.REJECT, "as the test wants it")

    def test_success_needs_no_history_but_keeps_its_warnings(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        plain, warned = bench.take()
        bench.settle(plain, Event.DELIVER)
        warning = Finding(code="X302", message="odd")
        bench.commit(warned, Outcome(fate=Fate(event=Event.DELIVER, findings=(warning,))))
        assert bench.journal.attempts(plain.row) == []
        assert [one.event for one in bench.journal.attempts(warned.row)] == [Event.DELIVER]

    def test_a_large_payload_made_on_the_way_is_kept(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        made = message(2, b"z" * 200_000)
        bench.commit(work, delivered(also=[Sent(message=made, posts=(Post(queue="erp"),))]))
        assert read_all(bench.take_one("erp").message.body) == b"z" * 200_000

    def test_an_empty_commit_is_nothing(self, bench: Bench) -> None:
        assert bench.journal.commit([]) == []

    def test_an_impossible_event_changes_nothing(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        one, two = bench.take()
        results = [Result(work=one, outcome=delivered()), Result(work=two, outcome=_fate(Event.CONFIRM))]
        with pytest.raises(RuntimeError, match="confirm cannot happen to work that is working"):
            bench.journal.commit(results)
        assert (bench.state(1), bench.state(2)) == (State.WORKING, State.WORKING)
        assert [item.state for item in bench.journal.items(Query(queue=QUEUE))] == [State.WORKING] * 2


def _fate(event: Event) -> Outcome:
    return Outcome(fate=Fate(event=event, code="E000", reason="as the test wants it"))


def _child(one: Message, event: Event) -> Child:
    return Child(message=one, outcome=_fate(event))


def _part_with_posts(parent: str, bench: Bench, position: int) -> Child:
    whole = bench.journal.message(parent)
    assert whole is not None
    one = part(whole, position)
    also = [Sent(message=part(one, 0), posts=(Post(queue="crm"),))]
    return Child(message=one, outcome=delivered(Post(queue="erp"), also=also))
