"""When a destination is left alone, and when it is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.delivery.breaker import (
    CLOSED,
    FEWEST,
    BreakerPolicy,
    Circuit,
    Condition,
    Failure,
    Moment,
    judge,
    opened_by_hand,
    read,
    with_probe,
    without_probe,
)

POLICY = BreakerPolicy()
AWAY = Failure("X1", "connection refused")


def after(circuit: Circuit, *outcomes: Failure | None, now: float = 0.0, policy: BreakerPolicy = POLICY) -> Circuit:
    return judge(circuit, outcomes, None, policy, Moment(now, 0.5)).circuit


def opened(now: float = 0.0) -> Circuit:
    return after(CLOSED, *[AWAY] * POLICY.failures, now=now)


def probed(circuit: Circuit, outcome: Failure | None, now: float) -> Circuit:
    half = with_probe(circuit, "me", now, 90.0)
    assert half.condition is Condition.HALF_OPEN
    return judge(half, [outcome], "me", POLICY, Moment(now, 0.5)).circuit


def test_failures_in_a_row_open_it() -> None:
    assert after(CLOSED, *[AWAY] * 4).condition is Condition.CLOSED
    circuit = opened(now=100.0)
    assert (circuit.condition, circuit.since, circuit.until, circuit.code) == (Condition.OPEN, 100.0, 102.5, "X1")


def test_an_answer_ends_the_row() -> None:
    assert after(CLOSED, AWAY, AWAY, AWAY, AWAY, None, AWAY).condition is Condition.CLOSED


def test_a_large_share_of_failures_opens_it_though_some_are_answered() -> None:
    circuit = CLOSED
    for number in range(FEWEST):
        assert circuit.condition is Condition.CLOSED, number
        circuit = after(circuit, AWAY if number % 2 else None, now=number * 0.1)
    assert circuit.condition is Condition.OPEN


def test_failures_of_long_ago_do_not_count() -> None:
    circuit = CLOSED
    for number in range(10 * FEWEST):
        circuit = after(circuit, AWAY if number % 3 else None, now=number * 40.0)
        assert circuit.condition is Condition.CLOSED


def test_only_the_failures_that_opened_it_spend_an_attempt() -> None:
    judged = judge(CLOSED, [AWAY] * 8, None, POLICY, Moment(0.0, 0.5))
    assert judged.spent == (True,) * 5 + (False,) * 3


def test_nothing_goes_before_it_is_due_and_one_probe_then() -> None:
    circuit = opened()
    assert with_probe(circuit, "me", 2.4, 90.0) == circuit
    half = with_probe(circuit, "me", 2.5, 90.0)
    assert (half.condition, half.probe) == (Condition.HALF_OPEN, "me")
    assert with_probe(half, "you", 3.0, 90.0) == half


def test_a_probe_that_never_came_back_makes_room_for_another() -> None:
    half = with_probe(opened(), "me", 10.0, 90.0)
    assert with_probe(half, "you", 100.0, 90.0).probe == "you"


def test_a_probe_that_found_nothing_to_send_leaves_it_to_the_next() -> None:
    half = with_probe(opened(), "me", 10.0, 90.0)
    again = without_probe(half, "me", 10.0)
    assert (again.condition, again.due(11.0)) == (Condition.OPEN, True)
    assert without_probe(half, "you", 10.0) == half


def test_a_probe_that_fails_opens_it_for_longer_and_spends_nothing() -> None:
    half = with_probe(opened(), "me", 10.0, 90.0)
    judged = judge(half, [AWAY], "me", POLICY, Moment(10.0, 0.5))
    assert judged.spent == (False,)
    assert (judged.circuit.until, judged.circuit.since) == (15.0, 0.0)


def test_an_answer_closes_it_and_as_many_as_open_it_make_it_trusted() -> None:
    circuit = probed(opened(), None, 10.0)
    assert (circuit.condition, circuit.trial) == (Condition.CLOSED, 5)
    assert after(circuit, *[None] * 5, now=10.0) == CLOSED


def test_on_trial_the_first_failure_opens_it_and_spends_nothing() -> None:
    trial = probed(opened(), None, 10.0)
    judged = judge(trial, [None, AWAY], None, POLICY, Moment(11.0, 0.5))
    assert (judged.circuit.condition, judged.spent, judged.circuit.turn) == (Condition.OPEN, (False, False), 2)


def test_who_is_not_the_probe_neither_closes_nor_prolongs_it() -> None:
    half = with_probe(opened(), "me", 10.0, 90.0)
    for outcome in (None, AWAY):
        assert judge(half, [outcome], None, POLICY, Moment(11.0, 0.5)).circuit == half


def test_a_time_the_destination_names_is_honoured_and_bounded() -> None:
    circuit = after(CLOSED, Failure("X2", "429", after=20.0))
    assert (circuit.condition, circuit.until) == (Condition.OPEN, 20.0)
    assert after(CLOSED, Failure("X2", "429", after=1e9)).until == 3600.0
    assert after(circuit, Failure("X2", "429", after=30.0), now=1.0).until == 31.0


def test_off_means_that_only_a_named_time_or_a_person_opens_it() -> None:
    off = BreakerPolicy(failures=0)
    assert after(CLOSED, *[AWAY] * 100, policy=off).condition is Condition.CLOSED
    assert judge(CLOSED, [AWAY] * 9, None, off, Moment(0.0, 0.5)).spent == (True,) * 9
    assert after(CLOSED, Failure("X2", "429", after=20.0), policy=off).condition is Condition.OPEN


def test_what_a_person_opened_is_never_due() -> None:
    held = opened_by_hand("maintenance", 5.0)
    assert held.by_hand
    assert with_probe(held, "me", 1e12, 90.0) == held
    assert after(held, None, AWAY, Failure("X2", "429", after=5.0)) == held


def test_the_time_left_alone_grows_to_its_maximum_and_is_never_next_to_nothing() -> None:
    pauses = [POLICY.pause(turn, 1.0) for turn in (1, 2, 3, 7, 1000)]
    assert pauses == [5.0, 10.0, 20.0, 300.0, 300.0]
    assert POLICY.pause(1, 0.0) == pytest.approx(0.5)


def test_it_comes_back_from_its_text_and_unknown_words_count_as_closed() -> None:
    circuit = opened(3.0)
    assert read(circuit.text()) == circuit
    assert (read(None), read("{"), read('{"condition":"ajar"}')) == (CLOSED, CLOSED, CLOSED)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 20)), max_size=60))
def test_however_it_goes_an_outage_spends_no_more_attempts_than_open_it(events: list[tuple[bool, float]]) -> None:
    circuit, now, spent = opened(), 0.0, 0
    for probe, pause in events:
        now += pause
        circuit = with_probe(circuit, "me", now, 90.0) if probe else circuit
        judged = judge(circuit, [AWAY], "me" if probe else None, POLICY, Moment(now, 0.5))
        circuit, spent = judged.circuit, spent + sum(judged.spent)
        assert circuit.condition is not Condition.CLOSED
    assert spent == 0
