"""The life of a piece of work: the table, and everything that is not in it."""

from __future__ import annotations

import re
from itertools import product

import pytest

from crossdock.delivery.states import (
    DECISIONS,
    FAILURES,
    FINAL,
    LIFE,
    OPEN,
    UNCLEAR,
    Event,
    IllegalTransition,
    State,
    after,
    before,
    decidable,
)

#: Written down a second time on purpose: a change of the table has to be meant.
LEGAL = {
    ("waiting", "claim"): "working",
    ("waiting", "discard"): "discarded",
    ("working", "deliver"): "delivered",
    ("working", "skip"): "skipped",
    ("working", "retry"): "waiting",
    ("working", "return"): "waiting",
    ("working", "hold"): "held",
    ("working", "reject"): "dead",
    ("working", "lose sight"): "doubt",
    ("held", "release"): "waiting",
    ("held", "reject"): "dead",
    ("held", "discard"): "discarded",
    ("dead", "release"): "waiting",
    ("dead", "discard"): "discarded",
    ("doubt", "release"): "waiting",
    ("doubt", "confirm"): "delivered",
    ("doubt", "reject"): "dead",
    ("doubt", "discard"): "discarded",
    ("waiting", "restore"): "held",
    ("held", "restore"): "held",
    ("dead", "restore"): "dead",
    ("doubt", "restore"): "doubt",
}
ILLEGAL = [pair for pair in product(State, Event) if pair not in LEGAL]


@pytest.mark.parametrize(("state", "event"), list(LEGAL))
def test_an_event_leads_to_the_next_state(state: str, event: str) -> None:
    assert after(State(state), Event(event)) is State(LEGAL[state, event])


@pytest.mark.parametrize(("state", "event"), ILLEGAL)
def test_an_impossible_event_names_state_and_event(state: State, event: Event) -> None:
    with pytest.raises(IllegalTransition, match=re.escape(f"{event} cannot happen to work that is {state}")) as caught:
        after(state, event)
    assert (caught.value.state, caught.value.event) == (state, event)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    reached = {target for events in LIFE.values() for target in events.values()}
    assert set(LIFE) == set(State)
    assert reached == set(State)


def test_every_event_can_happen_somewhere() -> None:
    assert all(before(event) for event in Event)


def test_before_is_the_table_read_backwards() -> None:
    assert all((state in before(event)) == (event in LIFE[state]) for state, event in product(State, Event))


def test_from_every_state_that_is_not_final_there_is_a_way_to_the_end() -> None:
    for state in State:
        reached = {state}
        for _ in State:
            reached |= {target for one in reached for target in LIFE[one].values()}
        assert reached & set(FINAL)


def test_nothing_happens_after_the_end() -> None:
    assert set(FINAL) == {State.DELIVERED, State.SKIPPED, State.DISCARDED}
    assert not any(LIFE[state] for state in FINAL)


def test_open_work_is_what_is_neither_final_nor_dead() -> None:
    assert set(OPEN) == set(State) - set(FINAL) - {State.DEAD}


def test_a_worker_decides_nothing_that_a_person_decides_except_a_rejection() -> None:
    assert set(DECISIONS) & set(LIFE[State.WORKING]) == {Event.REJECT}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_a_person_decides_about_what_is_in_nobodys_hand(state: State, event: Event) -> None:
    others = (Event.CLAIM, Event.RESTORE)  # a worker's, and a restore's
    expected = (state, event) in LEGAL and state is not State.WORKING and event not in others
    assert decidable(state, event) is expected


def test_every_way_out_of_a_hand_that_is_no_success_is_a_failure_or_a_return() -> None:
    assert set(LIFE[State.WORKING]) - FAILURES == {Event.DELIVER, Event.SKIP, Event.RETURN}
    assert set(LIFE[State.WORKING]) >= UNCLEAR
