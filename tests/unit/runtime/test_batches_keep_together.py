"""``batch`` at a destination with keys: what was sent together comes together again, under the same key."""

from __future__ import annotations

import json

import pytest
from tests.unit.runtime.conftest import Rig

from crossdock.connector import Done, Parcel
from crossdock.delivery.states import Event, State
from crossdock.errors import CrossdockError, Doubt, Reject, Retry
from crossdock.journal.contract import Phase

BATCH = """\
from: {topic: t}
to:
  - fake: {to: out, effect: EFFECT}
    encode: lines
    batch: {count: 3, wait: 5s}
    retry: {attempts: 2, first: 10s}
"""
KEYED, OPAQUE = BATCH.replace("EFFECT", "keyed"), BATCH.replace("EFFECT", "opaque")


class Server:
    """A destination that honours keys: the answer to the first is the answer to all of that key."""

    def __init__(self, *answers: CrossdockError) -> None:
        self.answers = list(answers)
        self.effects: dict[str, list[int]] = {}

    def __call__(self, parcel: Parcel) -> Done | CrossdockError:
        self.effects.setdefault(parcel.key, [json.loads(line)["n"] for line in parcel.data.splitlines()])
        return self.answers.pop(0) if self.answers else Done()

    def documents(self) -> list[int]:
        """What took effect, every time it did."""
        return [n for effect in self.effects.values() for n in effect]


def _send(rig: Rig, *numbers: int) -> list[str]:
    return [rig.send("r", {"n": n}) for n in numbers]


@pytest.mark.parametrize("error", [Retry("X1", "busy"), Doubt("X2", "no answer")])
def test_a_batch_that_failed_is_sent_again_as_it_was(rig: Rig, error: CrossdockError) -> None:
    server = rig.sink("out").answer = Server(error)
    rig.start(r=KEYED)
    _send(rig, 1, 2, 3)
    rig.work()
    _send(rig, 4, 5, 6)  # with these, the batches would be others
    rig.clock.advance(20)
    rig.work()
    assert server.documents() == [1, 2, 3, 4, 5, 6]
    assert rig.states("r/fake") == {"delivered": 6}
    assert len({parcel.key for parcel in rig.sink("out").sent}) == 2


def test_a_batch_whose_worker_died_behind_the_send_is_sent_again_as_it_was(rig: Rig) -> None:
    server = rig.sink("out").answer = Server()
    rig.start(r=KEYED)
    _send(rig, 1, 2, 3)
    rig.worker._claim_route("r")
    commit = rig.journal.commit
    rig.journal.commit = _die
    with pytest.raises(KeyboardInterrupt):
        rig.work()
    rig.journal.commit = commit
    assert server.documents() == [1, 2, 3]
    rig.die()
    _send(rig, 4, 5, 6)
    rig.clock.advance(20)
    rig.work()
    assert server.documents() == [1, 2, 3, 4, 5, 6]
    assert [parcel.count for parcel in rig.sink("out").sent] == [3, 3, 3]
    assert rig.balanced()


def _die(results: object) -> None:
    """The process is killed before it can commit what it did."""
    raise KeyboardInterrupt


def test_members_are_recorded_before_the_first_send(rig: Rig) -> None:
    seen: list[tuple[Phase | None, str]] = []

    def look(parcel: Parcel) -> Done:
        seen.extend((item.phase, parcel.key) for item in rig.items("r/fake"))
        return Done()

    rig.sink("out").answer = look
    rig.start(r=KEYED)
    _send(rig, 1, 2, 3)
    rig.work()
    assert [phase for phase, _ in seen] == [Phase.GROUPED] * 3
    assert [item.phase for item in rig.items("r/fake")] == [None] * 3


def test_a_dead_batch_is_replayed_as_it_was_when_one_of_it_is(rig: Rig) -> None:
    server = rig.sink("out").answer = Server(Retry("X1", "busy"), Doubt("X2", "no answer"))
    rig.start(r=KEYED)
    _send(rig, 1, 2, 3)
    for _ in range(3):
        rig.work()
        rig.clock.advance(60)
    dead = rig.items("r/fake", State.DEAD)
    assert len(dead) == 3
    assert rig.decide(dead[1], Event.RELEASE)
    rig.work()
    assert rig.states("r/fake") == {"delivered": 3}
    assert server.documents() == [1, 2, 3]


def test_what_a_person_gave_up_is_left_out_of_the_replay_of_its_batch(rig: Rig) -> None:
    rig.sink("out").answer = Server(Reject("X1", "no"))
    rig.start(r=KEYED)
    _send(rig, 1, 2, 3)
    rig.work()
    dead = rig.items("r/fake", State.DEAD)
    rig.decide(dead[1], Event.DISCARD)
    rig.decide(dead[0], Event.RELEASE)
    rig.clock.advance(5)
    rig.work()
    first, second = rig.sink("out").sent
    assert (second.key, second.data, second.count) == (first.key, b'{"n": 1}\n{"n": 3}\n', 2)


def test_a_batch_of_one_goes_alone_when_others_could_join_it_later(rig: Rig) -> None:
    server = rig.sink("out").answer = Server(Doubt("X2", "no answer"))
    rig.start(r=KEYED)
    _send(rig, 1)
    rig.work()
    rig.clock.advance(5)
    rig.work()
    _send(rig, 2, 3)
    rig.work()
    rig.clock.advance(20)
    rig.work()
    assert server.documents() == [1, 2, 3]
    assert rig.states("r/fake") == {"delivered": 3}


def test_what_may_have_left_alone_before_the_destination_took_batches_keeps_its_own_key(rig: Rig) -> None:
    server = rig.sink("out").answer = Server(Doubt("X2", "no answer"))
    rig.start(r=KEYED.replace("    batch: {count: 3, wait: 5s}\n", ""))
    _send(rig, 1)
    rig.work()
    rig.start(r=KEYED)
    _send(rig, 2, 3)
    rig.worker._claim_route("r")  # they wait together with the first
    rig.clock.advance(60)
    rig.work()
    assert server.documents() == [1, 2, 3]
    assert len(server.effects) == 2


def test_a_group_is_kept_together_after_the_route_stopped_batching(rig: Rig) -> None:
    server = rig.sink("out").answer = Server(Retry("X1", "busy"))
    rig.start(r=KEYED)
    _send(rig, 1, 2, 3)
    rig.work()
    rig.start(r=KEYED.replace("    batch: {count: 3, wait: 5s}\n", ""))
    rig.clock.advance(60)
    rig.work()
    assert server.documents() == [1, 2, 3]


def test_a_group_that_cannot_be_rendered_any_more_is_not_sent_in_parts(rig: Rig) -> None:
    server = rig.sink("out").answer = Server(Retry("X1", "busy"))
    rig.start(r=KEYED)
    _send(rig, 1, 2, 3)
    rig.work()
    rig.start(r=KEYED.replace("encode: lines", "encode: {csv: {columns: [other]}}"))
    rig.clock.advance(60)
    rig.work()
    assert server.documents() == [1, 2, 3]


@pytest.mark.parametrize("route", [KEYED, OPAQUE])
def test_a_batch_of_which_a_lease_was_lost_is_not_sent_and_not_in_doubt(rig: Rig, route: str) -> None:
    rig.start(r=route)
    _send(rig, 1, 2, 3)
    rig.worker._claim_route("r")
    advance = rig.journal.advance
    rig.journal.advance = lambda works, phase, proofs: [None, *advance(works[1:], phase, proofs[1:])]
    rig.worker.step()
    rig.journal.advance = advance
    assert rig.sink("out").sent == []
    assert rig.states("r/fake") == {"waiting": 2, "working": 1}
    rig.die()
    rig.clock.advance(10)
    rig.work()
    assert sorted(json.loads(line)["n"] for one in rig.sink("out").effects for line in one.splitlines()) == [1, 2, 3]
    assert rig.states("r/fake") == {"delivered": 3}
