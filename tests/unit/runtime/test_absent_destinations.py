"""What waits for destinations that are left alone is known, and told apart from what can still be done."""

from __future__ import annotations

from tests.unit.runtime.conftest import Outcome, Rig

from crossdock.connector import Parcel
from crossdock.delivery.breaker import opened_by_hand
from crossdock.errors import Retry
from crossdock.journal.registers import Register
from crossdock.runtime.absent import Absence, absence

TWO = "from: {topic: t}\nto:\n  - fake: {to: one}\n    name: one\n  - fake: {to: two}\n    name: two\n"


def away(parcel: Parcel) -> Outcome:
    return Retry("X1", "connection refused")


def test_where_everybody_answers_nobody_is_absent(rig: Rig) -> None:
    rig.start(r=TWO)
    rig.send("r", {"n": 1})
    assert absence(rig.journal) == Absence()


def test_all_that_waits_for_a_destination_whose_breaker_is_open_is_counted(rig: Rig) -> None:
    rig.start(r=TWO)
    rig.sink("two").answer = away
    for n in range(8):
        rig.send("r", {"n": n})
    rig.work()
    found = absence(rig.journal)
    assert (found.waiting, found.by_hand) == ({"r/two": 8}, False)
    assert found.total == rig.journal.pending()
    rig.send("r", {"n": 9})
    assert absence(rig.journal).total < rig.journal.pending(), "the route still has work"


def test_a_probe_under_way_is_counted_too(rig: Rig) -> None:
    rig.start(r=TWO)
    rig.sink("two").answer = away
    for n in range(8):
        rig.send("r", {"n": n})
    rig.work()
    rig.journal.claim("r/two", owner="another", limit=1, lease=60.0)
    assert absence(rig.journal).total == rig.journal.pending() == 8


def test_a_destination_that_a_person_paused_is_known_as_such_and_a_stopped_queue_is_not_counted(rig: Rig) -> None:
    rig.start(r=TWO)
    for name in ("one", "two"):
        rig.journal.update(Register.CIRCUIT, f"r/{name}", lambda text, now: opened_by_hand("maintenance", now).text())
    rig.send("r", {"n": 1})
    rig.work()
    rig.journal.stop_queue("r/one", "wrong password")
    assert absence(rig.journal) == Absence({"r/two": 1}, by_hand=True)
