"""One bad message never fails its neighbours: in a batch, in a split file, at a sink."""

from __future__ import annotations

from tests.unit.runtime.conftest import Rig

from crossdock.connector import Done, Parcel
from crossdock.delivery.states import Event, State
from crossdock.errors import Reject
from crossdock.message import read_all

OUT = "to:\n  - fake: {to: out}\n"
TOPIC = "from: {topic: t}\n" + OUT
SPLIT = "from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\n" + OUT
CHECKED = (
    "from: {topic: t}\nsteps:\n  - check: [{name: positive, that: 'n > `0`', severity: reject, text: 'n is {n}'}]\n"
    + OUT
)


def test_a_rejected_message_in_a_batch_leaves_its_neighbours_alone(rig: Rig) -> None:
    rig.start(r=CHECKED)
    ids = [rig.send("r", {"n": n}) for n in (1, -1, 2)]
    rig.work()
    assert [rig.item(id, "r").state for id in ids] == [State.DELIVERED, State.DEAD, State.DELIVERED]
    assert rig.item(ids[1], "r").reason == "n is -1"
    assert rig.sink("out").effects == ['{"n":1}', '{"n":2}']


def test_a_defect_in_a_codec_costs_its_message_an_attempt_and_nobody_else(rig: Rig) -> None:
    rig.start(r="from:\n  file: {path: in}\nsteps:\n  - decode: lines\n" + OUT)
    bad, good = rig.send("r", b"raise"), rig.send("r", b'{"n":1}')
    rig.work()
    assert rig.item(good, "r").state is State.DELIVERED
    item = rig.item(bad, "r")
    assert (item.state, item.code, item.attempts) == (State.WAITING, "E505", 1)
    for _ in range(10):
        rig.clock.advance(1000)
        rig.work()
    assert (rig.item(bad, "r").state, rig.item(bad, "r").code) == (State.DEAD, "E502")


def test_a_bad_part_of_a_split_file_becomes_a_dead_child_that_decodes_on_its_own(rig: Rig) -> None:
    rig.start(r=SPLIT)
    file = rig.send("r", b'{"n":1}\n!\n{"n":3}')
    rig.work()
    assert rig.sink("out").effects == ['{"n":1}', '{"n":3}']
    (dead,) = rig.items("r", State.DEAD)
    assert (dead.message.parent, dead.message.position, dead.code) == (file, 2, "L1")
    assert read_all(dead.message.body) == b"!"
    assert rig.item(file, "r").state is State.DELIVERED
    assert rig.balanced()


def test_a_defect_at_one_part_of_a_split_file_stops_that_part_only(rig: Rig) -> None:
    rig.start(r=SPLIT.replace("to: out}", "to: out}\n    encode: lines"))
    rig.send("r", b'{"n":1}\n{"boom":true}\n{"n":3}')
    rig.work()
    assert rig.sink("out").effects == ['{"n": 1}\n', '{"n": 3}\n']
    assert rig.states("r/fake") == {"delivered": 2, "waiting": 1}


def test_a_replayed_part_is_not_split_again_and_delivers_once(rig: Rig) -> None:
    rig.start(
        r=CHECKED.replace(
            "from: {topic: t}\nsteps:\n", "from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\n"
        )
    )
    rig.send("r", b'{"n":1}\n{"n":-2}')
    rig.work()
    (dead,) = rig.items("r", State.DEAD)
    rig.decide(dead, Event.RELEASE)
    rig.work()
    assert len(rig.items("r")) == 3, "a replayed part made another part"
    assert rig.items("r", State.DEAD)[0].message.id == dead.message.id


def test_what_follows_an_unreadable_place_is_rejected_and_what_came_before_stands(rig: Rig) -> None:
    rig.start(r=SPLIT)
    file = rig.send("r", b'{"n":1}\nbroken\n{"n":3}')
    rig.work()
    assert rig.sink("out").effects == ['{"n":1}']
    assert (rig.item(file, "r").state, rig.item(file, "r").code) == (State.DEAD, "L3")
    assert rig.balanced()


def test_one_parcel_refused_by_a_sink_leaves_its_neighbours_alone(rig: Rig) -> None:
    def answer(parcel: Parcel) -> Done | Reject:
        return Reject("X1", "no") if b"2" in parcel.data else Done()

    rig.sink("out").answer = answer
    rig.start(r=TOPIC)
    for n in (1, 2, 3):
        rig.send("r", {"n": n})
    rig.work()
    assert rig.states("r/fake") == {"delivered": 2, "dead": 1}


def test_a_document_that_cannot_be_written_leaves_the_rest_of_its_batch_together(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n    encode: lines\n    batch: {count: 3, wait: 1s}\n")
    for document in ({"n": 1}, {"unwritable": True}, {"n": 3}):
        rig.send("r", document)
    rig.work()
    assert rig.sink("out").effects == ['{"n": 1}\n{"n": 3}\n']
    assert rig.states("r/fake") == {"delivered": 2, "dead": 1}


def test_a_sink_that_breaks_its_contract_is_unclear_and_not_fatal(rig: Rig) -> None:
    sink = rig.sink("out")
    sink.send = lambda parcels: []  # type: ignore[method-assign]  # what a bad plug-in does
    rig.start(r=TOPIC)
    id = rig.send("r", {"n": 1})
    rig.work()
    assert (rig.item(id, "r/fake").state, rig.item(id, "r/fake").code) == (State.WAITING, "E504")


def test_findings_about_the_payload_as_a_whole_are_kept_with_it(rig: Rig) -> None:
    rig.start(r=SPLIT)
    file = rig.send("r", b'{"n":1}\n# trailer')
    rig.work()
    (attempt,) = rig.attempts(rig.item(file, "r"))
    assert [finding["code"] for finding in attempt.findings] == ["L9"]


def test_a_file_without_any_part_is_visible_as_delivered_with_nothing_made(rig: Rig) -> None:
    rig.start(r=SPLIT)
    file = rig.send("r", b"")
    rig.work()
    assert rig.item(file, "r").state is State.DELIVERED
    assert rig.journal.children(file, 10) == []


def test_two_routes_that_split_one_message_both_balance(rig: Rig) -> None:
    rig.start(
        r="from: {topic: t}\nto:\n  - topic: u\n",
        a="from: {topic: u}\nsteps:\n  - split: items\nto:\n  - fake: {to: a}\n",
        b="from: {topic: u}\nsteps:\n  - split: items\nto:\n  - fake: {to: b}\n",
    )
    rig.send("r", {"items": [{"n": 1}, {"n": 2}]})
    rig.work()
    assert (rig.sink("a").effects, rig.sink("b").effects) == (['{"n":1}', '{"n":2}'],) * 2
    assert rig.balanced(), rig.journal.audit().damage
