"""A destination that is away is left alone: its queue waits, nothing is spent, and one probe finds out."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.runtime.conftest import Outcome, Refusing, Rig

from crossdock.connector import Done, Parcel
from crossdock.delivery.breaker import Condition, opened_by_hand, read
from crossdock.delivery.states import State
from crossdock.errors import Doubt, Reject, Retry, Untried
from crossdock.journal.contract import Query
from crossdock.journal.registers import Register
from crossdock.runtime.worker import Worker

OUT = "from: {topic: t}\nto:\n  - fake: {to: out}\n"


def away(parcel: Parcel) -> Outcome:
    return Retry("X1", "connection refused")


def condition(rig: Rig, queue: str = "r/fake") -> Condition:
    return read(rig.journal.registers(Register.CIRCUIT)[0].get(queue)).condition


def pass_time(rig: Rig, seconds: float, step: float = 1.0) -> None:
    for _ in range(int(seconds / step)):
        rig.clock.advance(step)
        rig.work(200)


def test_an_outage_of_hours_spends_no_attempts_beyond_those_that_noticed_it(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = away
    for n in range(1000):
        rig.send("r", {"n": n})
    rig.work(200)
    assert condition(rig) is Condition.OPEN
    pass_time(rig, 6 * 3600, step=20.0)
    items = list(rig.journal.items(Query(queue="r/fake", limit=1000)))
    assert {item.state for item in items} == {State.WAITING}
    assert sum(item.attempts for item in items) == 5
    assert len(rig.sink("out").sent) < 400, "one batch, and then a probe every few minutes"
    rig.sink("out").answer = lambda parcel: Done()
    pass_time(rig, 600, step=5.0)
    assert rig.journal.counts()["r/fake"] == {State.DELIVERED: 1000}
    assert len(set(rig.sink("out").effects)) == 1000
    assert condition(rig) is Condition.CLOSED
    assert rig.balanced()


def test_those_behind_one_that_was_not_served_neither_count_nor_spend_anything(rig: Rig) -> None:
    rig.start(r=OUT)
    hiccup = iter([Retry("X1", "busy")])
    rig.sink("out").answer = lambda parcel: next(hiccup, Untried("X1", "not sent"))
    for n in range(50):
        rig.send("r", {"n": n})
    rig.work()
    assert condition(rig) is Condition.CLOSED
    assert sorted(item.attempts for item in rig.journal.items(Query(queue="r/fake", limit=100))) == [0] * 49 + [1]
    rig.sink("out").answer = lambda parcel: Done()
    pass_time(rig, 60)
    assert rig.journal.counts()["r/fake"] == {State.DELIVERED: 50}


def test_five_calls_in_a_row_whose_first_is_not_served_open_it(rig: Rig) -> None:
    rig.start(r=OUT)
    calls: set[float] = set()

    def first_fails(parcel: Parcel) -> Outcome:
        is_first = rig.clock.now() not in calls
        calls.add(rig.clock.now())
        return Retry("X1", "busy") if is_first else Untried("X1", "not sent")

    rig.sink("out").answer = first_fails
    for n in range(10):
        rig.send("r", {"n": n})
    for _ in range(4):
        rig.work()
        assert condition(rig) is Condition.CLOSED
        rig.clock.advance(600.0)
    rig.work()
    assert condition(rig) is Condition.OPEN


def test_a_sink_that_only_ever_says_it_tried_nothing_is_not_believed(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = lambda parcel: Untried("X1", "not sent")
    rig.send("r", {"n": 1})
    rig.work()
    assert [item.attempts for item in rig.journal.items(Query(queue="r/fake", limit=1))] == [1]


def test_while_it_is_open_nothing_is_claimed_and_one_probe_goes(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = away
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()
    first = len(rig.sink("out").sent)
    assert first == 20
    rig.clock.advance(1.0)
    rig.work()
    assert len(rig.sink("out").sent) == first
    rig.clock.advance(9.0)
    rig.work()
    assert len(rig.sink("out").sent) == first + 1


def test_only_one_of_several_workers_probes(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = away
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()
    others = [_colleague(rig, number) for number in range(1, 4)]
    rig.clock.advance(10.0)
    sent = len(rig.sink("out").sent)
    for _ in range(3):
        for worker in (rig.worker, *others):
            worker.step()
    assert len(rig.sink("out").sent) == sent + 1


def _colleague(rig: Rig, number: int) -> Worker:
    first = rig.worker
    other = rig.start(f"here/worker-{number}")
    rig.worker = first
    return other


def test_a_probe_that_is_answered_lets_everything_go(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = away
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()
    rig.sink("out").answer = lambda parcel: Done()
    rig.clock.advance(10.0)
    rig.work()
    assert rig.states("r/fake") == {"delivered": 20}


def test_a_document_that_is_refused_proves_the_destination(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = lambda parcel: Reject("X2", "no such customer")
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()
    assert rig.states("r/fake") == {"dead": 20}
    assert condition(rig) is Condition.CLOSED


def test_what_is_wrong_with_one_document_only_opens_nothing_and_runs_out_of_attempts(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = lambda parcel: Retry("X3", "its file is damaged", only_this=True)
    id = rig.send("r", {"n": 1})
    pass_time(rig, 3600, step=10.0)
    assert (rig.item(id, "r/fake").state, rig.item(id, "r/fake").code) == (State.DEAD, "E502")
    assert condition(rig) is Condition.CLOSED


def test_one_that_always_fails_among_many_that_pass_runs_out_of_attempts(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = lambda parcel: away(parcel) if parcel.data == b'{"n":0}' else Done()
    id = rig.send("r", {"n": 0})
    for n in range(1, 200):
        rig.send("r", {"n": n})
        pass_time(rig, 10.0, step=5.0)
    assert rig.item(id, "r/fake").state is State.DEAD
    assert rig.journal.counts()["r/fake"] == {State.DEAD: 1, State.DELIVERED: 199}


def test_one_that_always_fails_does_not_keep_the_others_back_after_an_outage(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = away
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()
    rig.sink("out").answer = lambda parcel: away(parcel) if parcel.data == b'{"n":0}' else Done()
    pass_time(rig, 3600, step=5.0)
    assert rig.states("r/fake")["delivered"] == 19


def test_a_cut_off_opaque_send_is_in_doubt_and_opens_the_breaker_for_those_behind_it(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: opaque}\n    breaker: {failures: 1}\n")
    rig.sink("out").answer = lambda parcel: Doubt("X9", "no answer")
    first = rig.send("r", {"n": 1})
    rig.work()
    second = rig.send("r", {"n": 2})
    rig.work()
    assert rig.item(first, "r/fake").state is State.DOUBT
    assert (rig.item(second, "r/fake").state, rig.item(second, "r/fake").attempts) == (State.WAITING, 0)


def test_the_rest_of_a_batch_at_an_opaque_destination_is_not_in_doubt(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: opaque}\n    breaker: {failures: 1}\n")
    rig.sink("out").answer = away
    for n in range(5):
        rig.send("r", {"n": n})
    rig.work()
    assert rig.states("r/fake") == {"waiting": 5}
    rig.sink("out").answer = lambda parcel: Done()
    pass_time(rig, 60.0)
    assert rig.states("r/fake") == {"delivered": 5}


def test_a_time_the_destination_names_makes_the_whole_queue_wait(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = lambda parcel: Retry("X4", "too many requests", after=120.0)
    for n in range(10):
        rig.send("r", {"n": n})
    rig.work()
    assert len(rig.sink("out").sent) == 10
    assert sum(item.attempts for item in rig.items("r/fake")) == 1
    rig.send("r", {"n": 10})
    pass_time(rig, 119.0)
    assert len(rig.sink("out").sent) == 10
    pass_time(rig, 600.0)
    assert max(item.attempts for item in rig.items("r/fake")) <= 1, "none beyond the first"
    rig.sink("out").answer = lambda parcel: Done()
    pass_time(rig, 300.0)
    assert rig.states("r/fake") == {"delivered": 11}


def test_a_named_time_is_bounded_by_the_settings(rig: Rig) -> None:
    (rig.root / "crossdock.yaml").write_text("limits: {retry_after: 1m}\n")
    rig.start(r=OUT)
    rig.sink("out").answer = lambda parcel: Retry("X4", "in a year", after=3e7)
    id = rig.send("r", {"n": 1})
    rig.work()
    assert rig.item(id, "r/fake").due - rig.clock.now() == 60.0


def test_what_a_person_opened_stays_open_until_a_person_closes_it(rig: Rig) -> None:
    rig.start(r=OUT + "    breaker: off\n")
    rig.journal.update(Register.CIRCUIT, "r/fake", lambda text, now: opened_by_hand("maintenance", now).text())
    rig.send("r", {"n": 1})
    pass_time(rig, 1000.0, step=100.0)
    assert rig.states("r/fake") == {"waiting": 1}
    rig.journal.update(Register.CIRCUIT, "r/fake", lambda text, now: None)
    pass_time(rig, 2.0)
    assert rig.states("r/fake") == {"delivered": 1}


def test_switched_off_attempts_run_out_as_they_do_without_it(rig: Rig) -> None:
    rig.start(r=OUT + "    breaker: off\n")
    rig.sink("out").answer = away
    for n in range(20):
        rig.send("r", {"n": n})
    pass_time(rig, 3600, step=20.0)
    assert rig.states("r/fake") == {"dead": 20}


def test_a_breaker_of_one_destination_concerns_no_other(rig: Rig) -> None:
    rig.start(r=OUT + "  - fake: {to: other}\n    name: other\n")
    rig.sink("out").answer = away
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()
    assert rig.states("r/other") == {"delivered": 20}
    assert rig.states("r/fake") == {"waiting": 20}


def test_a_batch_probes_with_one_batch(rig: Rig) -> None:
    rig.start(r=OUT + "    encode: lines\n    batch: {count: 2, wait: 1s}\n    breaker: {failures: 1}\n")
    rig.sink("out").answer = away
    for n in range(6):
        rig.send("r", {"n": n})
    rig.work()
    assert len(rig.sink("out").sent) == 1
    rig.clock.advance(9.0)
    rig.work()
    assert len(rig.sink("out").sent) == 2
    rig.sink("out").answer = lambda parcel: Done()
    pass_time(rig, 60.0)
    assert rig.states("r/fake") == {"delivered": 6}


def test_a_lost_connection_of_a_connector_that_lets_it_out_counts_as_away(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = lambda parcel: ConnectionResetError("peer")
    for n in range(20):
        rig.send("r", {"n": n})
    pass_time(rig, 3600, step=20.0)
    assert rig.states("r/fake") == {"waiting": 20}
    assert condition(rig) is not Condition.CLOSED


def test_a_defect_of_a_connector_says_nothing_about_its_destination(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.sink("out").answer = lambda parcel: ZeroDivisionError("a defect")
    for n in range(20):
        rig.send("r", {"n": n})
    pass_time(rig, 3600, step=20.0)
    assert rig.states("r/fake") == {"dead": 20}


def test_nothing_is_written_where_nothing_fails(rig: Rig) -> None:
    rig.start(r=OUT)
    written: list[object] = []
    update = rig.journal.update

    def noted(*given: object) -> object:
        written.append(given)
        return update(*given)

    rig.journal.update = noted
    for n in range(500):
        rig.send("r", {"n": n})
    rig.work()
    assert written == []


@pytest.mark.parametrize("setting", ["breaker: never", "breaker: {failures: 0}", "breaker: {open: 5}"])
def test_a_setting_that_means_nothing_is_found_before_anything_runs(rig: Rig, setting: str) -> None:
    with pytest.raises(Exception, match="R101"):
        rig.load(r=f"{OUT}    {setting}\n")


@pytest.mark.parametrize("refused", ["claim", "update"])
def test_a_probe_that_the_journal_could_not_be_told_of_does_not_bar_the_next_one(rig: Rig, refused: str) -> None:
    journal: Any = Refusing(rig.journal, "update")
    rig.journal = journal
    rig.start(r=OUT)
    rig.sink("out").answer = away
    for n in range(20):
        rig.send("r", {"n": n})
    rig.work()

    def claim(*args: object, **kwargs: object) -> list[object]:
        if refused == "claim":
            raise Retry("E731", "away")
        journal.full = True  # nothing to send, and nobody to tell
        return []

    journal.claim = claim
    rig.clock.advance(10.0)
    rig.worker.step()
    assert condition(rig) is Condition.HALF_OPEN
    journal.full = False
    del journal.claim
    rig.sink("out").answer = lambda parcel: Done()
    pass_time(rig, 300.0, step=10.0)
    assert rig.states("r/fake") == {"delivered": 20}
