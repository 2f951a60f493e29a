"""What becomes of each piece of work of a backup: nothing goes on by itself, and everything says where it came from."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from crossdock.delivery.states import FINAL, Event, State
from crossdock.journal.contract import Phase
from crossdock.journal.portable import AttemptRow, KeyRow, WorkRow, at_rest
from crossdock.ops.restoring import RESTORED, HeldBack

TAKEN, NOW = 1_767_268_800.0, 1_767_355_200.0
WORK = WorkRow(
    row=7,
    message=1,
    queue=1,
    state=State.WAITING,
    due=0.0,
    priority=-3,
    lane="acme",
    turn=None,
    attempts=2,
    crashes=1,
    progress=4,
    released='["check pieces"]',
    phase=None,
    proof=None,
    at=TAKEN - 60.0,
    settled=None,
    code=None,
    reason=None,
    receipt=None,
)


def _restored(work: WorkRow) -> tuple[WorkRow, AttemptRow]:
    restored, attempt = HeldBack(TAKEN, NOW).of([work])
    assert isinstance(restored, WorkRow)
    assert isinstance(attempt, AttemptRow)
    return restored, attempt


@pytest.mark.parametrize(
    "work",
    [
        WORK,
        replace(WORK, due=NOW + 60.0),
        replace(WORK, state=State.WORKING),
        replace(WORK, state=State.WORKING, phase=Phase.STAGED, proof="proof"),
        replace(WORK, phase=Phase.STAGED, proof="proof"),
        replace(WORK, state=State.WORKING, phase=Phase.GROUPED, proof="key"),
    ],
    ids=["waiting", "retried", "in hand", "uploaded, in hand", "uploaded", "sent as one with others"],
)
def test_what_would_go_on_by_itself_is_held(work: WorkRow) -> None:
    restored, attempt = _restored(work)
    assert restored.state is State.HELD
    assert restored.code == attempt.code == RESTORED
    assert "2026-01-01T12:00:00.000+00:00" in (restored.reason or "")
    assert restored.settled == attempt.at == NOW
    assert attempt.event is Event.RESTORE


@pytest.mark.parametrize("state", [State.WAITING, State.WORKING])
def test_what_was_being_sent_is_in_doubt_as_after_a_crash(state: State) -> None:
    restored, attempt = _restored(replace(WORK, state=state, phase=Phase.SENDING))
    assert restored.state is State.DOUBT
    assert attempt.event is Event.LOSE_SIGHT


@pytest.mark.parametrize("state", [State.HELD, State.DEAD, State.DOUBT])
def test_what_waited_for_people_waits_for_them_and_says_that_they_may_have_decided(state: State) -> None:
    restored, attempt = _restored(replace(WORK, state=state, settled=TAKEN - 1, code="R403", reason="many pieces"))
    assert (restored.state, restored.code, restored.settled) == (state, "R403", TAKEN - 1)
    assert (restored.reason or "").startswith("many pieces (restored from the backup of 2026-01-01")
    assert attempt.event is Event.RESTORE


@pytest.mark.parametrize("state", FINAL)
def test_what_was_finished_stays_as_it_was(state: State) -> None:
    finished = replace(WORK, state=state, settled=TAKEN - 1, receipt="out/1.json")
    assert list(HeldBack(TAKEN, NOW).of([finished])) == [finished]


def test_everything_else_about_the_work_stays() -> None:
    work = replace(WORK, state=State.WORKING, phase=Phase.STAGED, proof="proof")
    restored, _ = _restored(work)
    same = replace(restored, state=work.state, attempts=work.attempts, settled=None, code=None, reason=None)
    assert same == work


def test_an_attempt_that_was_under_way_is_not_spent() -> None:
    restored, attempt = _restored(replace(WORK, state=State.WORKING))
    assert restored.attempts == attempt.number == WORK.attempts - 1


def test_what_is_held_back_is_counted_by_the_state_it_was_in() -> None:
    held = HeldBack(TAKEN, NOW)
    states = (State.WAITING, State.WAITING, State.WORKING, State.DEAD, State.DELIVERED)
    for _ in held.of([replace(WORK, state=state) for state in states]):
        continue
    assert held.held == {State.WAITING: 2, State.WORKING: 1, State.DEAD: 1}


def test_records_that_are_no_work_pass() -> None:
    key = KeyRow("PO-1", 1)
    assert list(HeldBack(TAKEN, NOW).of([key])) == [key]


def test_at_rest_only_what_was_in_hand_changes() -> None:
    rows = [replace(WORK, state=state, due=5.0) for state in State]
    changed = [(row, rest) for row, rest in zip(rows, at_rest(rows), strict=True) if row != rest]
    ((row, rest),) = changed
    assert row.state is State.WORKING
    assert rest == replace(row, state=State.WAITING, due=0.0, attempts=row.attempts - 1)
