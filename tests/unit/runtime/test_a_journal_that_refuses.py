"""The journal's disk is full: nothing is half recorded, nothing is done twice, and it recovers by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from tests.unit.runtime.conftest import Outcome, Refusing, Rig

from crossdock.bus.contract import Hint
from crossdock.connector import Parcel
from crossdock.delivery.states import State
from crossdock.errors import Halt, Retry
from crossdock.journal.contract import Result
from crossdock.runtime.worker import IDLE_WAIT

OUT = "from: {topic: t}\nto:\n  - fake: {to: out}\n"


@pytest.mark.parametrize("effect", ["keyed", "opaque", "provable"])
def test_an_effect_that_could_not_be_recorded_is_recorded_later_and_not_repeated(rig: Rig, effect: str) -> None:
    real = rig.journal
    rig.journal = journal = Refusing(real, "commit", "renew", "give_back")
    rig.start(r=OUT.replace("to: out", f"to: out, effect: {effect}"))
    id = rig.send("r", {"n": 1})
    rig.worker.step()

    def answer(parcel: Parcel) -> Outcome:
        journal.full = True
        return given(parcel)

    given = rig.sink("out").answer
    rig.sink("out").answer = answer
    rig.worker.step()
    assert rig.item(id, "r/fake").state is State.WORKING
    rig.worker.step()
    journal.full = False
    rig.work()
    assert rig.item(id, "r/fake").state is State.DELIVERED
    assert (len(rig.sink("out").sent), len(rig.sink("out").effects)) == (1, 1)
    assert rig.item(id, "r/fake").crashes == 0


def test_a_route_goes_on_where_it_was_once_the_journal_takes_it(rig: Rig) -> None:
    rig.journal = journal = Refusing(rig.journal, "commit", "renew", "give_back")
    rig.start(
        r=OUT, s="from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\nto:\n  - fake: {to: out}\n"
    )
    rig.send("r", {"n": 0})
    rig.send("s", b'{"n":1}\n{"n":2}')
    journal.full = True
    for _ in range(3):
        rig.worker.step()
    assert rig.states("r") == rig.states("s") == {"working": 1}
    journal.full = False
    rig.work()
    assert sorted(rig.sink("out").effects) == ['{"n":0}', '{"n":1}', '{"n":2}']
    assert rig.balanced()


def test_a_queue_is_stopped_once_the_journal_takes_it(rig: Rig) -> None:
    rig.journal = journal = Refusing(rig.journal, "commit", "stop_queue")
    rig.start(r=OUT)

    def answer(parcel: Parcel) -> Halt:
        journal.full = True
        return Halt("X3", "wrong password")

    rig.sink("out").answer = answer
    id = rig.send("r", {"n": 1})
    rig.worker.step()
    rig.worker.step()
    journal.full = False
    rig.work()
    assert "wrong password" in rig.journal.stopped()["r/fake"]
    assert (rig.item(id, "r/fake").state, rig.item(id, "r/fake").attempts) == (State.WAITING, 0)


def test_one_message_the_journal_cannot_take_does_not_stop_the_others(rig: Rig) -> None:
    rig_journal = rig.journal

    class Choosy(Refusing):
        def commit(self, results: Sequence[Result]) -> list[bool]:
            if any(result.work.queue == "s" for result in results):
                raise Retry("E702", "payload store: file too large")
            taken: list[bool] = rig_journal.commit(results)
            return taken

    rig.journal = Choosy(rig.journal)
    rig.start(
        r=OUT, s="from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\nto:\n  - fake: {to: out}\n"
    )
    rig.send("s", b'{"n":1}')
    for n in range(3):
        rig.send("r", {"n": n})
    for _ in range(5):
        rig.worker.step()
    assert rig.states("r/fake") == {"delivered": 3}
    assert rig.states("s") == {"working": 1}


class AwayBus:
    """A bus that cannot even be waited for."""

    def publish(self, hints: Sequence[Hint]) -> None:
        raise Retry("E731", "away")

    def wait(self, timeout: float, interrupt: Callable[[], bool]) -> Sequence[Hint]:
        raise Retry("E731", "away")

    def close(self) -> None:
        """Nothing is held."""


def test_a_bus_that_is_away_does_not_make_a_worker_ask_the_journal_all_the_time(rig: Rig) -> None:
    slept: list[float] = []
    rig.start(r=OUT, bus=AwayBus(), sleep=slept.append)
    id = rig.send("r", {"n": 1})
    rig.worker.run(lambda: len(slept) == 3)
    assert slept == [IDLE_WAIT] * 3
    assert rig.item(id, "r/fake").state is State.DELIVERED
