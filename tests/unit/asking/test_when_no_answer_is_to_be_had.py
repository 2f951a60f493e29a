"""Fallbacks, the cache, and the breaker of a system that is asked."""

from __future__ import annotations

import pytest
from tests.unit.asking.conftest import AskingRig

from crossdock.delivery.states import Event, State
from crossdock.errors import Doubt, Reject, Retry

FROM = "from: {topic: t}\nretry: {attempts: 2, first: 2s}\nsteps:\n"
OUT = "to:\n  - fake: {to: out}\n"
AWAY = Retry("X1", "away")


def enrich(more: str) -> str:
    return f"  - enrich: {{oracle: {{of: credit}}, as: credit, {more}}}\n"


CACHE = "cache: {key: buyer, for: 10m, stale: 1h}"


def test_a_constant_stands_in_at_once(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: AWAY
    rig.start(r=FROM + enrich("fallback: {value: {limit: 0}}") + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.left() == [{"n": 1, "credit": {"limit": 0}}]
    (item,) = rig.items("r/ask-credit")
    (attempt,) = rig.attempts(item)
    assert item.receipt == "the fallback, for want of an answer"
    assert attempt.findings[0]["code"] == "E809"


def test_a_constant_may_be_nothing(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: AWAY
    rig.start(r=FROM + enrich("fallback: {value: null}") + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.left() == [{"n": 1, "credit": None}]


def test_with_a_retry_of_its_own_the_step_is_patient_before_a_constant_stands_in(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Retry("X1", "away", only_this=True)
    rig.start(r=FROM + enrich("fallback: {value: 0}, retry: {attempts: 2, first: 1s}") + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.left() == []
    rig.clock.advance(2)
    rig.work()
    assert (rig.left(), len(rig.system().asked)) == ([{"n": 1, "credit": 0}], 2)


def test_nothing_stands_in_for_a_refusal(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Reject("H404", "no such customer")
    rig.start(r=FROM + enrich("fallback: {value: 0}") + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.states("r/ask-credit") == {"dead": 1}


def test_nothing_stands_in_where_something_may_have_been_done(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Doubt("X1", "cut off")
    step = "  - call: {oracle: {of: credit, effect: keyed}, as: credit, fallback: {value: 0}}\n"
    rig.start(r=FROM + step + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert (rig.left(), rig.states("r/ask-credit")) == ([], {"waiting": 1})


def test_holding_asks_a_person_when_the_attempts_are_spent(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Retry("X1", "away", only_this=True)
    rig.start(r=FROM + enrich("fallback: hold") + OUT)
    rig.send("r", {"n": 1})
    for _ in range(3):
        rig.work()
        rig.clock.advance(10)
    (item,) = rig.items("r/ask-credit")
    assert (item.state, item.code) == (State.HELD, "E806")
    rig.system().answer = lambda parcel: 7
    assert rig.decide(item, Event.RELEASE)
    rig.work()
    assert rig.left() == [{"n": 1, "credit": 7}]


def test_an_answer_is_used_again_for_its_key_and_time(rig: AskingRig) -> None:
    rig.start(r=FROM + enrich(CACHE) + OUT)
    for buyer in ("a", "b", "a"):
        rig.send("r", {"buyer": buyer})
        rig.work()
    assert len(rig.system().asked) == 2
    assert [attempt.findings[0]["code"] for item in rig.items("r") for attempt in rig.attempts(item)] == ["E808"]
    rig.clock.advance(601)
    rig.send("r", {"buyer": "a"})
    rig.work()
    assert len(rig.system().asked) == 3


def test_those_who_wait_with_one_key_ask_once(rig: AskingRig) -> None:
    rig.start(r=FROM + enrich(CACHE + ", concurrency: 1") + OUT)
    for _ in range(5):
        rig.send("r", {"buyer": "a"})
    rig.work()
    assert (len(rig.system().asked), len(rig.left())) == (1, 5)


def test_a_key_without_a_value_stops_the_document(rig: AskingRig) -> None:
    rig.start(r=FROM + enrich(CACHE) + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.items("r")[0].code == "R402"


def test_the_last_answer_stands_in_also_after_a_restart(rig: AskingRig) -> None:
    rig.start(r=FROM + enrich(CACHE + ", fallback: cached") + OUT)
    rig.send("r", {"buyer": "a"})
    rig.work()
    rig.system().answer = lambda parcel: AWAY
    rig.clock.advance(700)
    rig.start()
    rig.send("r", {"buyer": "a"})
    rig.work()
    assert rig.left()[-1] == {"buyer": "a", "credit": {"limit": 10}}
    assert rig.items("r/ask-credit")[-1].receipt == "the answer of 700 s ago, for want of an answer"


@pytest.mark.parametrize(("buyer", "later"), [("other", 700), ("a", 3700)])
def test_without_an_answer_that_is_young_enough_it_is_asked_again(rig: AskingRig, buyer: str, later: float) -> None:
    rig.start(r=FROM + enrich(CACHE + ", fallback: cached") + OUT)
    rig.send("r", {"buyer": "a"})
    rig.work()
    rig.system().answer = lambda parcel: AWAY
    rig.clock.advance(later)
    rig.send("r", {"buyer": buyer})
    rig.work()
    assert rig.states("r/ask-credit") == {"delivered": 1, "waiting": 1}


def test_a_system_that_is_away_is_left_alone_and_nobody_spends_attempts(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: AWAY
    rig.start(r=FROM + "  - enrich: {oracle: {of: credit}, as: credit, breaker: {failures: 3, open: 60s}}\n" + OUT)
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()
    assert len(rig.system().asked) == 3
    assert [item.attempts for item in rig.items("r/ask-credit")].count(0) >= 17
    rig.system().answer = lambda parcel: 1
    for _ in range(30):
        rig.clock.advance(10)
        rig.work()
    assert len(rig.left()) == 20


def test_a_constant_stands_in_while_the_system_is_left_alone(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: AWAY
    step = enrich("fallback: {value: 0}, breaker: {failures: 3, open: 60s}")
    rig.start(r=FROM + step + OUT)
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()
    assert (len(rig.left()), len(rig.system().asked)) == (20, 3)
    rig.system().answer = lambda parcel: 5
    for _ in range(10):
        rig.clock.advance(30)
        rig.send("r", {"n": 99})
        rig.work()
    assert rig.left()[-1] == {"n": 99, "credit": 5}


def test_a_pace_is_kept(rig: AskingRig) -> None:
    rig.start(r=FROM + enrich("rate: 2/s") + OUT)
    for n in range(6):
        rig.send("r", {"n": n})
    rig.work()
    assert len(rig.system().asked) == 2
    rig.clock.advance(1.0)
    rig.work()
    assert len(rig.system().asked) == 4
