"""The judge with a doctored ledger: whatever is wrong with what partners saw must be found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossdock.delivery.states import State
from crossdock.testing.torture.judge import Evidence, Judgement, Verdict, judge
from crossdock.testing.torture.ledger import Effect
from crossdock.testing.torture.story import Deed, Story

FILE, PART = "orders-1.edi", "orders-1.edi > orders-in#1"
QUEUE, FOLDER = "orders-out/erp", "orders-out--erp-0"
NAME = "key-1~120000000001.txt"


def deed(**changes: object) -> Deed:
    made = Deed(
        queue=QUEUE,
        path=PART,
        state=State.DELIVERED,
        attempts=1,
        crashes=0,
        key="key-1",
        receipt=f"out/{FOLDER}/{NAME}",
        label="PO0000001",
        reason="",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # each test names fields of its own


def step(state: State = State.DELIVERED, path: str = FILE) -> Deed:
    return deed(queue="orders-in", path=path, state=state, key="", receipt="")


def story(*deeds: Deed, arrivals: int = 1) -> Story:
    return Story(list(deeds), {FILE: arrivals})


def effect(name: str = NAME) -> Effect:
    return Effect(FOLDER, name, 1.0)


def judged(told: Story, *effects: Effect, **changes: object) -> Judgement:
    evidence = Evidence(dropped=[FILE], left=[], calm=story(step(), deed()), told=told, effects=effects)
    return judge(replace(evidence, **changes))  # type: ignore[arg-type]  # as above


def only(judgement: Judgement) -> Verdict:
    (verdict,) = judgement.total
    return verdict


def test_what_was_delivered_once_is_ok() -> None:
    judgement = judged(story(step(), deed()), effect())
    assert only(judgement) is Verdict.OK
    assert judgement.good
    assert judgement.cases == []


@pytest.mark.parametrize("trouble", [{"attempts": 2}, {"crashes": 1}])
def test_what_was_delivered_once_after_trouble_has_recovered(trouble: dict[str, object]) -> None:
    judgement = judged(story(step(), deed(**trouble)), effect())
    assert only(judgement) is Verdict.RECOVERED
    assert judgement.good


def test_what_the_journal_calls_delivered_and_nobody_saw_is_lost() -> None:
    judgement = judged(story(step(), deed()))
    assert only(judgement) is Verdict.LOST
    assert not judgement.good
    assert "PO0000001" in judgement.cases[0].message


def test_what_the_journal_does_not_know_is_lost() -> None:
    assert only(judged(story(step()))) is Verdict.LOST


def test_what_still_waits_at_the_end_is_lost() -> None:
    assert only(judged(story(step(), deed(state=State.WAITING, receipt="")))) is Verdict.LOST


def test_a_second_file_of_a_delivery_is_a_duplicate() -> None:
    judgement = judged(story(step(), deed()), effect(), effect("key-1~120000000002.txt"))
    assert judgement.total == {Verdict.OK: 1, Verdict.DUPLICATED: 1}
    assert not judgement.good


def test_one_file_seen_twice_is_a_duplicate() -> None:
    assert only(judged(story(step(), deed()), effect(), effect())) is Verdict.DUPLICATED


def test_two_pieces_of_work_for_one_message_are_a_duplicate() -> None:
    second = "key-2~120000000002.txt"
    told = story(step(), deed(), deed(key="key-2", receipt=f"out/{FOLDER}/{second}"))
    assert only(judged(told, effect(), effect(second))) is Verdict.DUPLICATED


def test_an_effect_nobody_asked_for_is_unexpected() -> None:
    judgement = judged(story(step(), deed()), effect(), effect("stranger~1.txt"))
    assert judgement.total[Verdict.UNEXPECTED] == 1


def test_an_effect_of_work_that_the_journal_calls_dead_is_unexpected() -> None:
    judgement = judged(story(step(), deed(state=State.DEAD, receipt="")), effect())
    assert only(judgement) is Verdict.UNEXPECTED


@pytest.mark.parametrize("state", [State.DEAD, State.HELD, State.DISCARDED, State.SKIPPED])
def test_what_ends_otherwise_than_in_the_calm_run_is_unexpected(state: State) -> None:
    assert only(judged(story(step(), deed(state=state, receipt="")))) is Verdict.UNEXPECTED


def test_what_is_parked_in_doubt_is_in_doubt_whether_it_happened_or_not() -> None:
    told = story(step(), deed(state=State.DOUBT, receipt=""))
    assert only(judged(told)) is Verdict.IN_DOUBT
    assert only(judged(told, effect())) is Verdict.IN_DOUBT
    assert judged(told).good


def test_what_was_dead_in_the_calm_run_may_be_dead() -> None:
    dead = deed(state=State.DEAD, receipt="")
    assert only(judged(story(step(), dead), calm=story(step(), dead))) is Verdict.OK


def test_a_file_that_was_taken_and_is_not_in_the_journal_is_lost() -> None:
    told = Story([], {})
    judgement = judged(told, calm=Story([], {}))
    assert only(judgement) is Verdict.LOST
    assert judgement.cases[0].queue == "arrivals"


def test_a_file_that_was_taken_twice_is_a_duplicate() -> None:
    assert only(judged(story(arrivals=2), calm=story())) is Verdict.DUPLICATED


def test_a_file_that_was_never_taken_is_unexpected_and_not_lost() -> None:
    assert only(judged(Story([], {}), calm=Story([], {}), left=[FILE])) is Verdict.UNEXPECTED


def test_what_the_audit_finds_is_unexpected() -> None:
    judgement = judged(story(step(), deed()), effect(), damage=("payload missing",))
    assert judgement.cases[0].why == "payload missing"
    assert not judgement.good


def test_a_choosy_route_may_pass_over_another_message_than_in_the_calm_run() -> None:
    calm = story(step(), step(State.SKIPPED, PART))
    told = story(step(), step(State.DELIVERED, PART), deed())
    judgement = judged(told, effect(), calm=calm, choosy=frozenset({"orders-in"}))
    assert only(judgement) is Verdict.OK


def test_no_other_route_may() -> None:
    calm = story(step(), step(State.SKIPPED, PART))
    told = story(step(), step(State.DELIVERED, PART), deed())
    assert judged(told, effect(), calm=calm).total[Verdict.UNEXPECTED] == 2


def test_a_batch_is_one_file_for_all_of_it() -> None:
    other = deed(path="orders-1.edi > orders-in#2", key="key-2")
    both = story(step(), deed(), other)
    assert judged(both, effect(), calm=both).total == {Verdict.OK: 2}
