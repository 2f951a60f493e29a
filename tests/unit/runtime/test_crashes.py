"""What is in hand when a worker dies: it comes again, nothing is repeated or skipped, and the killer is parked."""

from __future__ import annotations

from tests.unit.runtime.conftest import Rig

from crossdock.connector import Done
from crossdock.delivery.states import State
from crossdock.errors import Doubt
from crossdock.journal.contract import Phase
from crossdock.message import read_all

OUT = "to:\n  - fake: {to: out}\n"
SPLIT = "from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\n" + OUT
LEASE = 60.0


def lines(count: int) -> bytes:
    return b"\n".join(b'{"n":%d}' % n for n in range(count))


def test_a_split_that_was_cut_off_goes_on_behind_its_last_part(rig: Rig) -> None:
    rig.start(r=SPLIT)
    file = rig.send("r", lines(450))
    rig.worker.step()  # claims
    rig.worker.step()  # the first chunk
    done = rig.item(file, "r").progress
    assert 0 < done < 450
    rig.die()
    rig.work(2000)
    assert sorted(rig.sink("out").effects) == sorted(f'{{"n":{n}}}' for n in range(450))
    assert rig.balanced()


def test_a_split_given_back_uncounted_neither_repeats_nor_skips(rig: Rig) -> None:
    rig.start(r=SPLIT)
    file = rig.send("r", lines(450))
    rig.worker.step()
    rig.worker.step()
    rig.worker.run(lambda: True)  # told to stop: gives back
    item = rig.item(file, "r")
    assert (item.state, item.crashes) == (State.WAITING, 0)
    rig.start()
    rig.work(2000)
    assert len(rig.sink("out").effects) == len(set(rig.sink("out").effects)) == 450


def test_a_message_in_hand_at_three_deaths_is_parked_whole(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\n" + OUT)
    id = rig.send("r", {"n": 1})
    for _ in range(3):
        rig.journal.claim("r", owner="here/worker-0", limit=100, lease=LEASE)
        rig.die()
    rig.work()
    assert (rig.item(id, "r").state, rig.item(id, "r").code) == (State.DEAD, "E501")


def test_the_part_that_kills_is_parked_and_the_others_of_its_file_are_delivered(rig: Rig) -> None:
    rig.start(r=SPLIT)
    rig.send("r", lines(3))
    for _ in range(3):  # dies at the first part, each time
        rig.journal.claim("r", owner="here/worker-0", limit=1, lease=LEASE)
        rig.die()
    rig.work()
    (dead,) = rig.items("r", State.DEAD)
    assert (dead.message.position, dead.code, read_all(dead.message.body)) == (1, "E501", b'{"n":0}')
    assert rig.sink("out").effects == ['{"n":1}', '{"n":2}']
    assert rig.balanced()


def test_a_file_whose_reading_kills_is_parked_whole(rig: Rig) -> None:
    rig.start(r=SPLIT)
    file = rig.send("r", lines(3))
    for _ in range(4):
        rig.journal.claim("r", owner="here/worker-0", limit=1, lease=LEASE)
        rig.die()
    rig.work()
    assert (rig.item(file, "r").state, rig.item(file, "r").code) == (State.DEAD, "E501")


def test_after_a_death_parts_are_committed_one_by_one(rig: Rig) -> None:
    rig.start(r=SPLIT)
    file = rig.send("r", lines(5))
    rig.journal.claim("r", owner="here/worker-0", limit=1, lease=LEASE)
    rig.die()
    rig.worker.step()
    rig.worker.step()
    assert rig.item(file, "r").progress == 1


def test_an_opaque_send_that_was_cut_off_is_in_doubt_and_never_repeated(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: opaque}\n")
    id = rig.send("r", {"n": 1})
    rig.worker.step()
    rig.worker.step()
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: opaque}\n")
    other = rig.send("r", {"n": 2})
    rig.worker._claim_route("r")
    works = rig.journal.claim("r/fake", owner="here/worker-0", limit=1, lease=LEASE)
    rig.journal.advance(works, Phase.SENDING, [None])
    rig.die()
    rig.work()
    assert rig.item(id, "r/fake").state is State.DELIVERED
    assert (rig.item(other, "r/fake").state, rig.item(other, "r/fake").code) == (State.DOUBT, "E503")
    assert rig.sink("out").effects == ['{"n":1}']


def test_an_opaque_send_is_repeated_where_the_route_allows_it(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: opaque}\n    unclear: repeat\n")
    id = rig.send("r", {"n": 1})
    rig.sink("out").answer = lambda parcel: Doubt("X9", "no answer") if parcel.attempt == 1 else Done()
    rig.work()
    assert rig.item(id, "r/fake").state is State.WAITING
    rig.clock.advance(60)
    rig.work()
    assert rig.item(id, "r/fake").state is State.DELIVERED


def test_an_opaque_send_whose_end_is_unclear_waits_for_a_person(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: opaque}\n")
    id = rig.send("r", {"n": 1})
    rig.sink("out").answer = lambda parcel: Doubt("X9", "no answer")
    rig.work()
    assert (rig.item(id, "r/fake").state, rig.item(id, "r/fake").code) == (State.DOUBT, "X9")


def test_a_provable_effect_that_was_staged_is_finished_once_after_a_crash(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: provable}\n")
    id = rig.send("r", {"n": 1})
    rig.worker._claim_route("r")
    works = rig.journal.claim("r/fake", owner="here/worker-0", limit=1, lease=LEASE)
    rig.journal.advance(works, Phase.STAGED, ["the proof"])
    rig.die()
    rig.work()
    assert rig.item(id, "r/fake").state is State.DELIVERED
    assert (rig.sink("out").sent, rig.sink("out").finished) == ([], ["the proof"])


def test_a_staged_effect_whose_finishing_kills_is_parked(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: provable}\n")
    id = rig.send("r", {"n": 1})
    rig.worker._claim_route("r")
    for _ in range(3):
        works = rig.journal.claim("r/fake", owner="here/worker-0", limit=1, lease=LEASE)
        rig.journal.advance(works, Phase.STAGED, ["the proof"])
        rig.die()
    rig.work()
    assert (rig.item(id, "r/fake").state, rig.item(id, "r/fake").code) == (State.DEAD, "E501")


def test_a_settle_after_the_lease_was_lost_is_refused_and_has_no_effect(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: provable}\n")
    id = rig.send("r", {"n": 1})
    rig.worker._claim_route("r")
    (late,) = rig.journal.claim("r/fake", owner="here/worker-0", limit=1, lease=LEASE)
    rig.clock.advance(LEASE + 1)
    rig.journal.give_back(crashed=True)  # the scheduler
    rig.work()
    assert rig.item(id, "r/fake").state is State.DELIVERED
    assert rig.journal.advance([late], Phase.STAGED, ["late"]) == [None]


def test_what_a_worker_died_with_is_tried_with_nothing_else_in_hand(rig: Rig) -> None:
    rig.start(r=SPLIT, s="from: {topic: t}\n" + OUT)
    rig.send("r", lines(300))
    suspect = rig.send("s", {"n": "suspect"})
    rig.journal.claim("s", owner="here/worker-0", limit=1, lease=LEASE)
    rig.die()
    rig.worker._turn = 1  # the file comes first
    rig.worker.step()
    assert (rig.states("r"), rig.states("s")) == ({"working": 1}, {"waiting": 1})
    rig.worker.step()  # the file is put back, and the suspect is alone
    assert rig.item(suspect, "s").state is State.DELIVERED
    assert rig.item(suspect, "s").attempts == 2
    assert {item.crashes for item in rig.items("r")} == {0}
    rig.work(2000)
    assert len(rig.sink("out").effects) == 301
    assert rig.balanced()


def test_a_file_of_many_parts_is_above_suspicion_once_it_has_come_far_enough(rig: Rig) -> None:
    rig.start(r=SPLIT)
    rig.send("r", lines(450))
    rig.journal.claim("r", owner="here/worker-0", limit=1, lease=LEASE)
    rig.die()
    for _ in range(202):
        rig.worker.step()
    assert rig.worker._suspect() is None
    rig.work(2000)
    assert len(rig.sink("out").effects) == 450
