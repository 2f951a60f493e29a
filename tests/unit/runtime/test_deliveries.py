"""How destinations are served: retries, keys, holds, stops, rates, batches, and one that is away."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import NoReturn

import pytest
from tests.unit.runtime.conftest import FakeOptions, FakeSink, Outcome, Rig

from crossdock.connector import Done, Parcel
from crossdock.delivery.states import Event, State
from crossdock.errors import Doubt, Halt, Hold, Retry
from crossdock.journal.contract import Query
from crossdock.route.passage import Passage
from crossdock.runtime.actions import Blocking
from crossdock.runtime.worker import StuckSink

OUT = "from: {topic: t}\nto:\n  - fake: {to: out}\n"
RETRY = "    retry: {attempts: 3, first: 2s, factor: 3}\n"


def test_a_failing_sink_is_tried_again_with_back_off_and_every_attempt_is_recorded(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Retry("X1", "away")
    rig.start(r=OUT + RETRY)
    id = rig.send("r", {"n": 1})
    rig.work()
    item = rig.item(id, "r/fake")
    assert (item.state, item.due - rig.clock.now()) == (State.WAITING, 1.0)  # 2 s, jitter 0.5
    rig.work()
    assert len(rig.sink("out").sent) == 1, "it was tried before it was due"
    rig.clock.advance(1.0)
    rig.work()
    assert rig.item(id, "r/fake").due - rig.clock.now() == 3.0
    rig.clock.advance(3.0)
    rig.work()
    item = rig.item(id, "r/fake")
    assert (item.state, item.code, item.attempts) == (State.DEAD, "E502", 3)
    assert [attempt.code for attempt in rig.attempts(item)] == ["X1", "X1", "E502"]


def test_a_replay_delivers_once_under_the_same_key(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Retry("X1", "away")
    rig.start(r=OUT + "    retry: {attempts: 1}\n")
    id = rig.send("r", {"n": 1})
    rig.work()
    rig.sink("out").answer = lambda parcel: Done()
    assert rig.decide(rig.item(id, "r/fake"), Event.RELEASE)
    rig.work()
    assert rig.item(id, "r/fake").state is State.DELIVERED
    assert len({parcel.key for parcel in rig.sink("out").sent}) == 1
    assert len(rig.sink("out").effects) == 1


def test_the_time_the_other_side_names_is_honoured(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Retry("X1", "later", after=1234.0)
    rig.start(r=OUT)
    id = rig.send("r", {"n": 1})
    rig.work()
    assert rig.item(id, "r/fake").due - rig.clock.now() == 1234.0


def test_an_unclear_end_at_a_keyed_sink_is_tried_again_under_the_same_key(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Doubt("X2", "timeout") if parcel.attempt == 1 else Done()
    rig.start(r=OUT)
    id = rig.send("r", {"n": 1})
    rig.work()
    rig.clock.advance(60)
    rig.work()
    assert rig.item(id, "r/fake").state is State.DELIVERED
    first, second = rig.sink("out").sent
    assert (first.key, first.attempt, second.attempt) == (second.key, 1, 2)


def test_whatever_a_sink_raises_is_an_unclear_end_and_no_more(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: ZeroDivisionError("a defect") if parcel.attempt == 1 else Done()
    rig.start(r=OUT)
    id = rig.send("r", {"n": 1})
    rig.work()
    assert rig.item(id, "r/fake").code == "E504"
    rig.clock.advance(60)
    rig.work()
    assert rig.item(id, "r/fake").state is State.DELIVERED


def test_a_halt_stops_that_queue_and_no_other_and_forgets_no_effect(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Halt("X3", "wrong password") if b"2" in parcel.data else Done()
    rig.start(r=OUT + "  - fake: {to: other}\n    name: other\n")
    ids = [rig.send("r", {"n": n}) for n in (1, 2, 3)]
    rig.work()
    assert [rig.item(id, "r/fake").state for id in ids] == [State.DELIVERED, State.WAITING, State.DELIVERED]
    assert rig.states("r/other") == {"delivered": 3}
    assert "wrong password" in rig.journal.stopped()["r/fake"]
    assert rig.item(ids[1], "r/fake").attempts == 0
    rig.sink("out").answer = lambda parcel: Done()
    rig.journal.start_queues()  # the next run
    rig.work()
    assert rig.states("r/fake") == {"delivered": 3}
    assert sorted(rig.sink("out").effects) == ['{"n":1}', '{"n":2}', '{"n":3}']


def test_a_halt_at_an_opaque_sink_leaves_nothing_in_doubt(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Halt("X3", "wrong password") if b"2" in parcel.data else Done()
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: opaque}\n")
    for n in (1, 2, 3):
        rig.send("r", {"n": n})
    rig.work()
    rig.sink("out").answer = lambda parcel: Done()
    rig.journal.start_queues()
    rig.work()
    assert rig.states("r/fake") == {"delivered": 3}
    assert len(rig.sink("out").effects) == 3


def test_a_halt_in_a_step_stops_the_route_and_keeps_what_was_done_before(rig: Rig) -> None:
    rig.start(r=OUT)
    first, second = rig.send("r", {"n": 1}), rig.send("r", {"n": 2})
    route = rig.project.routes["r"]

    def halting(passage: Passage) -> None:
        if passage.document == {"n": 2}:
            raise Halt("X4", "wrong table")

    halted = replace(route, course=replace(route.course, steps=(("1 set", halting),)))
    rig.project = replace(rig.project, routes={"r": halted})
    rig.start()
    rig.work()
    assert (rig.item(first, "r").state, rig.item(second, "r").state) == (State.DELIVERED, State.WAITING)
    assert "wrong table" in rig.journal.stopped()["r"]


def test_a_held_delivery_waits_for_a_person(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Hold("X5", "the name is taken")
    rig.start(r=OUT)
    id = rig.send("r", {"n": 1})
    rig.work()
    item = rig.item(id, "r/fake")
    assert item.state is State.HELD
    rig.decide(item, Event.REJECT)
    assert rig.item(id, "r/fake").state is State.DEAD


def test_a_release_passes_exactly_the_rule_that_held(rig: Rig) -> None:
    checks = "  - check: [{name: small, that: 'n < `10`'}]\n  - check: [{name: even, that: even}]\n"
    rig.start(r=f"from: {{topic: t}}\nsteps:\n{checks}to:\n  - fake: {{to: out}}\n")
    id = rig.send("r", {"n": 50, "even": False})
    rig.work()
    assert [finding["rule"] for finding in rig.attempts(rig.item(id, "r"))[-1].findings] == ["small"]
    rig.decide(rig.item(id, "r"), Event.RELEASE)
    rig.work()
    assert [finding["rule"] for finding in rig.attempts(rig.item(id, "r"))[-1].findings] == ["even"]
    rig.decide(rig.item(id, "r"), Event.RELEASE)
    rig.work()
    assert rig.item(id, "r").state is State.DELIVERED
    assert len(rig.sink("out").effects) == 1


def test_a_held_part_of_a_file_is_released_rule_by_rule_as_well(rig: Rig) -> None:
    rig.start(
        r="from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\n"
        "  - check: [{name: small, that: 'n < `10`'}]\n  - check: [{name: even, that: 'even'}]\n"
        "to:\n  - fake: {to: out}\n"
    )
    rig.send("r", b'{"n":50,"even":false}')
    rig.work()
    for rule in ("small", "even"):
        (held,) = rig.items("r", State.HELD)
        assert [finding["rule"] for finding in rig.attempts(held)[-1].findings] == [rule]
        rig.decide(held, Event.RELEASE)
        rig.work()
    assert rig.states("r") == {"delivered": 2}
    assert len(rig.sink("out").effects) == 1


def test_one_dead_endpoint_does_not_hold_the_others(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Retry("X1", "away")
    rig.start(r=OUT + "  - fake: {to: other}\n    name: other\n")
    for n in range(5):
        rig.send("r", {"n": n})
    rig.work()
    assert (rig.states("r/fake"), rig.states("r/other")) == ({"waiting": 5}, {"delivered": 5})


def test_a_destination_that_cannot_be_opened_holds_up_nobody_else(rig: Rig) -> None:
    def opened(options: FakeOptions) -> FakeSink:
        if options.to == "out":
            raise Retry("X6", "no route to host")
        return rig.sink(options.to)

    rig.opened = opened
    rig.start(r=OUT + "  - fake: {to: other}\n    name: other\n")
    rig.send("r", {"n": 1})
    rig.work()
    assert (rig.states("r/fake"), rig.states("r/other")) == ({"waiting": 1}, {"delivered": 1})


def test_a_destination_whose_configuration_is_wrong_stops_its_queue(rig: Rig) -> None:
    def opened(options: FakeOptions) -> NoReturn:
        raise Halt("X7", "no such key file")

    rig.opened = opened
    rig.start(r=OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert "no such key file" in rig.journal.stopped()["r/fake"]


def test_the_queue_of_a_destination_that_is_gone_is_stopped_and_keeps_its_work(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Retry("X1", "away", after=1.0)
    rig.start(r=OUT)
    id = rig.send("r", {"n": 1})
    rig.work()
    rig.clock.advance(2)
    rig.start(r=OUT.replace("fake: {to: out}", "fake: {to: out}\n    name: renamed"))
    rig.work()
    assert rig.item(id, "r/fake").state is State.WAITING
    assert "r/fake" in rig.journal.stopped()


def test_a_rate_lets_so_many_go_and_the_others_later(rig: Rig) -> None:
    rig.start(r=OUT + "    rate: 3/s\n")
    for n in range(8):
        rig.send("r", {"n": n})
    rig.work()
    assert rig.states("r/fake") == {"delivered": 3, "waiting": 5}
    rig.clock.advance(1)
    rig.work()
    assert rig.states("r/fake") == {"delivered": 6, "waiting": 2}


def test_what_a_rate_allowed_and_nobody_wanted_is_not_lost(rig: Rig) -> None:
    rig.start(r=OUT + "    rate: 3/s\n")
    for n in range(3):
        rig.send("r", {"n": n})
        rig.work()
    assert rig.states("r/fake") == {"delivered": 3}


def test_a_batch_goes_when_it_is_full_or_its_oldest_has_waited(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n    encode: lines\n    batch: {count: 2, wait: 5s}\n")
    for n in range(3):
        rig.send("r", {"n": n})
    rig.work()
    assert rig.sink("out").effects == ['{"n": 0}\n{"n": 1}\n']
    assert rig.sink("out").sent[0].count == 2
    rig.clock.advance(5)
    rig.work()
    assert rig.sink("out").effects[1:] == ['{"n": 2}\n']


def test_bytes_that_nobody_decoded_are_never_joined_into_a_batch(rig: Rig) -> None:
    rig.start(r="from:\n  file: {path: in}\nto:\n  - fake: {to: out}\n    batch: {count: 2, wait: 0s}\n")
    rig.send("r", b"one")
    rig.send("r", b"two")
    rig.work()
    assert rig.sink("out").effects == ["one", "two"]


def test_messages_of_one_key_keep_their_sequence_across_retries(rig: Rig) -> None:
    tried = []

    def answer(parcel: Parcel) -> Outcome:
        tried.append(parcel.data)
        return Retry("X1", "away") if parcel.data == b'{"k":"a","n":1}' and len(tried) < 3 else Done()

    rig.sink("out").answer = answer
    rig.start(r=OUT + "order: {by: k}\n")
    for k, n in (("a", 1), ("a", 2), ("b", 1), ("a", 3)):
        rig.send("r", {"k": k, "n": n}, lane=k)
    for _ in range(6):
        rig.work()
        rig.clock.advance(60)
    effects = rig.sink("out").effects
    assert [one for one in effects if '"a"' in one] == [f'{{"k":"a","n":{n}}}' for n in (1, 2, 3)]
    assert effects[0] == '{"k":"b","n":1}'


def test_two_workers_keep_the_sequence_of_a_key(rig: Rig) -> None:
    rig.start(r=OUT + "order: {by: k}\n")
    first = rig.worker
    second = rig.start(owner="here/worker-1")
    for n in range(20):
        rig.send("r", {"k": "a", "n": n}, lane="a")
    for _ in range(100):
        first.step()
        second.step()
    assert rig.sink("out").effects == [f'{{"k":"a","n":{n}}}' for n in range(20)]


def test_a_document_encoded_by_a_step_leaves_as_the_step_wrote_it(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nsteps:\n  - encode: {json: {indent: 2}}\nto:\n  - fake: {to: out}\n")
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.sink("out").effects == ['{\n  "n": 1\n}\n']


def test_headers_that_a_step_sets_reach_the_destination(rig: Rig) -> None:
    rig.start(
        r="from: {topic: t}\nsteps:\n  - set: {headers: {number: n}, partner: \"'acme'\"}\nto:\n  - fake: {to: out}\n"
    )
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.sink("out").sent[0].headers["number"] == "1"
    (item,) = rig.items("r/fake")
    assert item.message.partner == "acme"


def test_bytes_that_nobody_decoded_leave_as_they_came(rig: Rig) -> None:
    rig.start(
        r="from:\n  file: {path: in}\nto:\n  - fake: {to: out}\n  - topic: raw.copy\n",
        s="from: {topic: raw.copy}\nto:\n  - fake: {to: copy}\n",
    )
    id = rig.send("r", b"anything")
    rig.work()
    assert (rig.sink("out").effects, rig.sink("copy").effects) == (["anything"], ["anything"])
    assert rig.sink("out").sent[0].content_type == "application/octet-stream"
    assert next(rig.journal.items(Query(queue="r/fake"))).message.id == id, "the bytes were copied"


def test_sinks_are_closed_when_a_worker_leaves(rig: Rig) -> None:
    rig.start(r=OUT)
    rig.send("r", {"n": 1})
    rig.work()
    rig.worker.run(lambda: True)
    assert rig.sink("out").closed == 1


def test_a_call_that_never_returns_ends_the_worker_and_counts_for_nobody_else(rig: Rig) -> None:
    rig.start(r=OUT + "  - fake: {to: other}\n    name: other\n", submit=lambda call: Future())
    id = rig.send("r", {"n": 1})
    rig.worker.step()
    rig.worker.step()
    next(one for one in rig.worker._deliveries if one.queue == "r/fake").deadline = 0.0
    with pytest.raises(StuckSink, match="E507"):
        rig.worker.step()
    rig.journal.give_back(owner="here/worker-0", crashed=True)
    assert rig.item(id, "r/fake").crashes == 1
    assert rig.item(id, "r/other").crashes == 0


def test_the_patience_with_a_call_grows_with_its_parcels(rig: Rig) -> None:
    rig.start(r=OUT + "    timeout: 2s\n")
    for n in range(3):
        rig.send("r", {"n": n})
    rig.worker._claim_route("r")
    works = rig.journal.claim("r/fake", owner="here/worker-0", limit=3, lease=60)
    courier = rig.courier("r/fake")
    assert courier is not None
    action = next(courier.steps(works))
    assert isinstance(action, Blocking)
    assert action.patience == 3 * 2 + 60


def test_a_guarded_duplicate_is_skipped_even_where_its_steps_reject_it(rig: Rig) -> None:
    steps = "steps:\n  - once: {key: id, within: 1d}\n  - check: [{name: ok, that: ok, severity: reject}]\n"
    rig.start(r="from: {topic: t}\n" + steps + "to:\n  - fake: {to: out}\n")
    rig.send("r", {"id": "1", "ok": True})
    rig.work()
    again = rig.send("r", {"id": "1", "ok": False})
    rig.work()
    assert (rig.item(again, "r").state, rig.item(again, "r").code) == (State.SKIPPED, "E301")


def test_only_the_latest_state_of_a_key_goes_on(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nsteps:\n  - latest: {key: id, by: v}\nto:\n  - fake: {to: out}\n")
    for v in (1, 3, 2):
        rig.send("r", {"id": "a", "v": v})
    rig.work()
    assert rig.sink("out").effects == ['{"id":"a","v":1}', '{"id":"a","v":3}']
    assert rig.states("r") == {"delivered": 2, "skipped": 1}


def test_a_tap_publishes_even_where_the_route_rejects(rig: Rig) -> None:
    rig.start(
        r="from: {topic: t}\nsteps:\n  - tap: seen.all\n  - check: [{name: ok, that: ok, severity: reject}]\nto:\n  - fake: {to: out}\n",
        s="from: {topic: seen.*}\nto:\n  - fake: {to: tapped}\n",
    )
    rig.send("r", {"ok": False})
    rig.work()
    assert rig.sink("tapped").effects == ['{"ok":false}']
    assert rig.states("r") == {"dead": 1}


def test_topics_reach_every_route_whose_pattern_matches(rig: Rig) -> None:
    rig.start(
        r="from: {topic: t}\nto:\n  - topic: order.received\n",
        a="from: {topic: order.received}\nto:\n  - fake: {to: a}\n",
        b="from: {topic: 'order.*'}\nto:\n  - fake: {to: b}\n",
        c="from: {topic: ['*.received', order.received]}\nto:\n  - fake: {to: c}\n",
        d="from: {topic: 'order.sent'}\nto:\n  - fake: {to: d}\n",
    )
    rig.send("r", {"n": 1})
    rig.work()
    assert {name: len(sink.effects) for name, sink in rig.sinks.items()} == {"a": 1, "b": 1, "c": 1}
