"""A call that changes something: one key for ever, the answer kept, and an unclear end told to a person."""

from __future__ import annotations

import pytest
from tests.unit.asking.conftest import AskingRig
from tests.unit.runtime.conftest import Refusing

from crossdock.delivery.states import Event, State
from crossdock.errors import Doubt, Retry

FROM = "from: {topic: t}\nretry: {attempts: 2, first: 2s}\nsteps:\n"
OUT = "to:\n  - fake: {to: out}\n"


def call(effect: str, more: str = "") -> str:
    return f"  - call: {{oracle: {{of: stock, effect: {effect}}}, as: held{more}}}\n"


CHECK = '  - check:\n      - {name: enough, that: "held.got > `5`", text: too few}\n'


@pytest.mark.parametrize("effect", ["keyed", "transactional"])
def test_every_attempt_has_the_same_key(rig: AskingRig, effect: str) -> None:
    answers = iter([Doubt("X1", "cut off"), {"got": 9}])
    rig.system("stock").answer = lambda parcel: next(answers)
    rig.start(r=FROM + call(effect) + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    rig.clock.advance(10)
    rig.work()
    keys = [parcel.key for parcel in rig.system("stock").asked]
    assert (len(keys), len(set(keys))) == (2, 1)
    assert rig.left() == [{"n": 1, "held": {"got": 9}}]


def test_two_places_of_a_route_have_different_keys(rig: AskingRig) -> None:
    rig.start(r=FROM + call("keyed") + call("keyed").replace("held", "more") + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert len({parcel.key for parcel in rig.system("stock").asked}) == 2


def test_a_worker_that_dies_while_an_opaque_call_is_under_way_leaves_it_in_doubt(rig: AskingRig) -> None:
    rig.system("stock").answer = lambda parcel: KeyboardInterrupt()
    rig.start(r=FROM + call("opaque") + OUT)
    rig.send("r", {"n": 1})
    with pytest.raises(KeyboardInterrupt):
        rig.work()
    rig.die()
    rig.work()
    (item,) = rig.items("r/ask-held")
    assert (item.state, item.code) == (State.DOUBT, "E503")
    assert (len(rig.system("stock").asked), rig.left()) == (1, [])


def test_a_person_who_knows_that_nothing_was_done_releases_it(rig: AskingRig) -> None:
    answers = iter([Doubt("X1", "cut off"), {"got": 9}])
    rig.system("stock").answer = lambda parcel: next(answers)
    rig.start(r=FROM + call("opaque") + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    (item,) = rig.items("r/ask-held")
    assert item.state is State.DOUBT
    assert rig.decide(item, Event.RELEASE)
    rig.work()
    assert rig.left() == [{"n": 1, "held": {"got": 9}}]


def test_an_unclear_end_is_repeated_where_the_step_allows_it(rig: AskingRig) -> None:
    answers = iter([Doubt("X1", "cut off"), {"got": 9}])
    rig.system("stock").answer = lambda parcel: next(answers)
    rig.start(r=FROM + call("opaque", ", unclear: repeat") + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    rig.clock.advance(10)
    rig.work()
    assert rig.left() == [{"n": 1, "held": {"got": 9}}]


@pytest.mark.parametrize("effect", ["keyed", "opaque"])
def test_a_later_step_that_holds_the_document_does_not_let_it_ask_again(rig: AskingRig, effect: str) -> None:
    answers = iter([{"got": 1}, {"got": 2}])
    rig.system("stock").answer = lambda parcel: next(answers)
    rig.start(r=FROM + call(effect) + CHECK + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    (item,) = rig.items("r/ask-held")
    assert (item.state, item.code) == (State.HELD, "R403")
    assert rig.decide(item, Event.RELEASE)
    rig.work()
    assert rig.left() == [{"n": 1, "held": {"got": 1}}]
    assert len(rig.system("stock").asked) == 1


def test_a_later_step_that_was_mended_goes_on_with_the_answer_there_was(rig: AskingRig) -> None:
    rig.system("stock").answer = lambda parcel: {"got": "none"}
    rig.start(r=FROM + call("opaque") + "  - set: {fields: {x: 'dec(held.got)'}}\n" + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    (item,) = rig.items("r/ask-held")
    assert item.state is State.DEAD
    rig.start(r=FROM + call("opaque") + "  - set: {fields: {x: held.got}}\n" + OUT)
    assert rig.decide(item, Event.RELEASE)
    rig.work()
    assert rig.left() == [{"n": 1, "held": {"got": "none"}, "x": "none"}]
    assert len(rig.system("stock").asked) == 1


def test_what_only_reads_is_asked_again_when_it_is_replayed(rig: AskingRig) -> None:
    answers = iter([{"got": 1}, {"got": 9}])
    rig.system("stock").answer = lambda parcel: next(answers)
    check = CHECK.replace("text: too few", "text: too few, severity: reject")
    rig.start(r=FROM + "  - enrich: {oracle: {of: stock}, as: held}\n" + check + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    (item,) = rig.items("r/ask-held")
    assert item.state is State.DEAD
    assert rig.decide(item, Event.RELEASE)
    rig.work()
    assert rig.left() == [{"n": 1, "held": {"got": 9}}]


def test_a_call_that_was_not_made_is_no_doubt(rig: AskingRig) -> None:
    answers = iter([Retry("X1", "not there", only_this=True), {"got": 9}])
    rig.system("stock").answer = lambda parcel: next(answers)
    rig.start(r=FROM + call("opaque") + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    rig.clock.advance(10)
    rig.work()
    assert rig.left() == [{"n": 1, "held": {"got": 9}}]


def test_a_worker_that_is_told_to_stop_begins_no_further_question(rig: AskingRig) -> None:
    asked = rig.system("stock").asked
    rig.start(r=FROM + call("keyed", ", concurrency: 1") + OUT)
    rig.system("stock").answer = lambda parcel: {"got": len(asked)}
    for n in range(10):
        rig.send("r", {"n": n})
    rig.worker.run(lambda: len(asked) >= 1)
    rig.start()
    assert rig.states("r/ask-held")["delivered"] == len(asked)
    rig.work()
    assert sorted(one["n"] for one in rig.left()) == list(range(10))
    assert len({parcel.key for parcel in asked}) == len(asked) == 10
    assert rig.balanced()


def test_a_journal_that_is_full_forgets_no_answer(rig: AskingRig) -> None:
    rig.journal = Refusing(rig.journal, "commit")
    rig.start(r=FROM + call("keyed") + OUT)

    def fill(parcel: object) -> object:
        rig.journal.full = True
        return {"got": 9}

    rig.system("stock").answer = fill
    rig.send("r", {"n": 1})
    for _ in range(5):
        rig.worker.step()
    rig.journal.full = False
    rig.work()
    assert rig.left() == [{"n": 1, "held": {"got": 9}}]
    assert len(rig.system("stock").asked) == 1


def test_a_guard_that_holds_what_has_passed_does_not_let_it_ask_again(rig: AskingRig) -> None:
    check = "  - check: [{preflight: duplicate-number}]\n"
    rig.start(r=FROM + call("opaque").replace(", as: held", ", name: held") + check + OUT)
    for _ in range(2):
        rig.send("r", {"number": "I1", "invoiced_on": "2026-01-01", "lines": []})
    rig.work()
    (item,) = rig.items("r/held", State.HELD)
    assert (item.code, len(rig.system("stock").asked)) == ("P250", 2)
    assert rig.decide(item, Event.RELEASE)
    rig.work()
    assert len(rig.left()) == 2
    assert len(rig.system("stock").asked) == 2


def test_a_connector_that_cannot_say_where_it_asks_loses_no_answer(rig: AskingRig) -> None:
    rig.start(r=FROM + call("opaque") + OUT)
    kind = rig.project.routes["r"].destinations[0].kind
    assert kind.target is not None

    def broken(options: object, parcel: object) -> str:
        raise KeyError("number")

    object.__setattr__(kind, "target", broken)
    rig.system("stock").answer = lambda parcel: {"got": 9}
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.left() == [{"n": 1, "held": {"got": 9}}]
