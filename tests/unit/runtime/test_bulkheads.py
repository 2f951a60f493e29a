"""One slow destination or route takes its share of a worker, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from tests.unit.runtime.conftest import FakeSink, Rig

from crossdock.runtime.worker import MAX_CALLS_OF_ROUTE, MAX_STREAMS

SPLIT = "from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\nto:\n  - fake: {to: out}\n"


class Hanging:
    """A pool whose calls do not return until they are let go."""

    def __init__(self) -> None:
        self.calls: list[tuple[Callable[[], Any], Future[Any]]] = []

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        done: Future[Any] = Future()
        self.calls.append((call, done))
        return done

    def let_go(self) -> None:
        for call, done in self.calls:
            done.set_result(call())
        self.calls.clear()


def test_a_route_of_many_slow_destinations_leaves_calls_to_others(rig: Rig) -> None:
    many = "".join(f"  - fake: {{to: s{n}}}\n    name: s{n}\n" for n in range(MAX_CALLS_OF_ROUTE + 4))
    pool = Hanging()
    rig.start(
        submit=pool.submit, slow="from: {topic: t}\nto:\n" + many, quick="from: {topic: u}\nto:\n  - fake: {to: q}\n"
    )
    rig.send("slow", {"n": 1})
    for _ in range(3):
        rig.worker.step()
    assert len(pool.calls) == MAX_CALLS_OF_ROUTE
    rig.send("quick", {"n": 2})
    for _ in range(3):
        rig.worker.step()
    assert len(pool.calls) == MAX_CALLS_OF_ROUTE + 1
    pool.let_go()
    for _ in range(5):
        rig.worker.step()
        pool.let_go()
    assert rig.states("quick/fake") == {"delivered": 1}


def test_a_destination_has_one_call_under_way_unless_it_says_more(rig: Rig) -> None:
    for concurrency, calls in (("", 1), ("    concurrency: 3\n", 3)):
        rig.sinks.clear()
        pool = Hanging()
        rig.start(submit=pool.submit, r="from: {topic: t}\nto:\n  - fake: {to: out}\n" + concurrency)
        for n in range(500):
            rig.send("r", {"n": n})
        for _ in range(20):
            rig.worker.step()
        assert len(pool.calls) == calls
        for _ in range(20):
            pool.let_go()
            rig.worker.step()


def test_each_call_under_way_has_a_sink_of_its_own(rig: Rig) -> None:
    opened: list[FakeSink] = []

    def open_sink(options: object) -> FakeSink:
        opened.append(FakeSink())
        return opened[-1]

    rig.opened = open_sink
    pool = Hanging()
    rig.start(submit=pool.submit, r="from: {topic: t}\nto:\n  - fake: {to: out}\n    concurrency: 2\n")
    for n in range(300):
        rig.send("r", {"n": n})
    for _ in range(10):
        rig.worker.step()
    for _ in range(10):
        pool.let_go()
        rig.worker.step()
    assert len(opened) == 2
    effects: Sequence[str] = [effect for sink in opened for effect in sink.effects]
    assert len(effects) == len(set(effects)) == 300


def test_long_files_of_one_route_do_not_keep_those_of_another_waiting(rig: Rig) -> None:
    rig.start(a=SPLIT, b=SPLIT, c=SPLIT)
    body = b"\n".join(b'{"n":%d}' % n for n in range(5000))
    for _ in range(2 * MAX_STREAMS):
        rig.send("a", body)
    rig.worker.step()
    rig.send("b", body)
    rig.send("c", body)
    rig.worker.step()
    in_hand = [stream.work.queue for stream in rig.worker._streams]
    assert (in_hand.count("a"), in_hand.count("b"), in_hand.count("c")) == (MAX_STREAMS, 1, 1)
