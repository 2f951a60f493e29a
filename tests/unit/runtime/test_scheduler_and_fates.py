"""What must happen in time, and what an error leads to."""

from __future__ import annotations

import pytest
from tests.unit.runtime.conftest import Rig

from crossdock.delivery.schedule import RetryPolicy
from crossdock.delivery.states import Event, State
from crossdock.errors import CrossdockError, Halt, Hold, Reject, Retry
from crossdock.runtime.fates import FateMaker, Halted, killer, unforeseen
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.scheduler import PURGE_STEP, Scheduler

FATES = FateMaker(lambda: 0.5)


def schedule(rig: Rig, turns: int = 1, keep: float = 100.0) -> None:
    left = iter([False] * turns + [True])
    slot = Pulse(1).slot(0)
    Scheduler(journal=rig.journal, now=rig.clock.now, keep_messages=keep, slot=slot).run(lambda: next(left))


def test_work_that_outlived_its_lease_is_returned_and_counted(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n")
    id = rig.send("r", {"n": 1})
    rig.journal.claim("r", owner="here/worker-0", limit=1, lease=60)
    rig.clock.advance(61)
    schedule(rig)
    assert (rig.item(id, "r").state, rig.item(id, "r").crashes) == (State.WAITING, 1)


def test_a_live_lease_is_left_alone_though_somebody_sets_the_clock(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n")
    id = rig.send("r", {"n": 1})
    rig.journal.claim("r", owner="here/worker-0", limit=1, lease=60)
    rig.clock.set_wall(3600)
    schedule(rig)
    assert rig.item(id, "r").state is State.WORKING


def test_old_settled_messages_are_forgotten_and_the_sum_stays_right(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n")
    rig.send("r", {"n": 1})
    rig.work()
    rig.clock.advance(101)
    young = rig.send("r", {"n": 2})
    schedule(rig)
    assert [item.message.id for item in rig.items("r")] == [young]
    assert rig.balanced()


def test_much_to_forget_is_forgotten_in_steps_that_let_others_have_their_turn(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n")
    real = rig.journal.purge
    asked: list[int] = []

    def purge(*, messages_before: float, keys_before: float, limit: int) -> object:
        asked.append(limit)
        return limit if len(asked) < 2 else real(messages_before=messages_before, limit=limit)

    rig.journal.purge = purge
    schedule(rig, turns=3)
    assert asked == [PURGE_STEP] * 2


def test_a_journal_that_refuses_a_duty_does_not_end_the_scheduler(rig: Rig) -> None:
    def refuse(**more: object) -> None:
        raise Retry("E714", "the disk is full")

    rig.journal.give_back = refuse
    schedule(rig)


@pytest.mark.parametrize(
    ("error", "attempt", "event", "code"),
    [
        (Retry("A1", "later"), 1, Event.RETRY, "A1"),
        (Retry("A1", "later"), 6, Event.REJECT, "E502"),
        (Reject("A2", "bad"), 1, Event.REJECT, "A2"),
        (Hold("A3", "hm"), 1, Event.HOLD, "A3"),
    ],
)
def test_an_error_leads_to_the_fate_of_its_class(error: CrossdockError, attempt: int, event: Event, code: str) -> None:
    fate = FATES.of(error, attempt, RetryPolicy())
    assert (fate.event, fate.code) == (event, code)


def test_a_wrong_configuration_stops_the_queue() -> None:
    with pytest.raises(Halted, match="wrong"):
        FATES.of(Halt("A4", "wrong"), 1, RetryPolicy())


def test_a_retry_is_due_after_its_delay() -> None:
    assert FATES.of(Retry("A1", "later"), 1, RetryPolicy(first=2.0)).delay == 1.0


def test_two_deaths_may_be_an_accident_and_three_are_not() -> None:
    fate = killer(3)
    assert fate is not None
    assert (killer(2), fate.code) == (None, "E501")


def test_what_nobody_foresaw_counts_as_transient() -> None:
    error = unforeseen(ValueError("x"))
    assert (error.code, error.message) == ("E505", "unexpected ValueError: x")
