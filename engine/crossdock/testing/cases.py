"""The cases of a project: tests that live with its routes, run by the engine itself.

Each case gets a journal in memory, a fixed clock and fake sinks; the route's own dispatcher, couriers and worker do
the rest, so a case passes exactly where the running system would. Topics and sinks are recorded, nothing leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

from crossdock.bus.memory import MemoryBus
from crossdock.connector import Arrival, Done, Effect, Parcel
from crossdock.delivery.schedule import RetryPolicy
from crossdock.delivery.states import State
from crossdock.document_json import decode, encode
from crossdock.errors import CrossdockError
from crossdock.journal.contract import Item, Post, Query
from crossdock.journal.memory import MemoryJournal
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Inline, read_all, root_id
from crossdock.route.asking import Known, exact
from crossdock.route.cases import down, is_down, no_answer
from crossdock.route.compiled import CompiledRoute
from crossdock.route.destination import JSON, Destination
from crossdock.route.load import LoadedProject
from crossdock.route.spec import CaseSpec
from crossdock.runtime.actions import SinkOutcome
from crossdock.runtime.announcements import Announcer
from crossdock.runtime.answers import Answers
from crossdock.runtime.asking import Asker
from crossdock.runtime.delivery import Courier
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.fates import FateMaker
from crossdock.runtime.intake import entry
from crossdock.runtime.lines import Answered
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.recalling import among
from crossdock.runtime.subscriptions import Subscriptions
from crossdock.runtime.worker import Worker
from crossdock.testing.expectation import Outputs, compare, update

#: The moment every case happens at: 2026-01-01T12:00:00Z.
NOW = 1767268800.0
_ROUNDS = 1000  # of the worker; a case that needs more goes round in circles
_TOPIC = "topic "  # the beginning of queues that stand for the readers of a topic; no route has a blank in its name


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: ``problems`` is empty when it passed; each is a text of some lines for people."""

    name: str
    number: int
    about: str
    problems: tuple[str, ...]


class FixedClock:
    """A clock that stands still."""

    def now(self) -> float:
        """Always ``NOW``."""
        return NOW

    def boot(self) -> float:
        """Always the same."""
        return 1000.0

    def boot_id(self) -> str:
        """Always the same."""
        return "case"


class RecordingSubscriptions(Subscriptions):
    """Every topic has one reader: a queue that nobody works on. So what a guard holds back is not published either."""

    def posts(self, topic: str, document: Document, scope: Scope) -> tuple[Post, ...]:
        """To the queue of the topic."""
        return (Post(queue=_TOPIC + topic),)


class FakeSink:
    """Writes down what it is sent, under the target the real sink would have used."""

    def __init__(self, destination: Destination, outputs: Outputs) -> None:
        self._destination = destination
        self._outputs = outputs

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Everything is delivered."""
        for parcel in parcels:
            target = self._destination.kind.target(self._destination.options, parcel) or self._destination.slot
            self._outputs.payloads.setdefault(target, []).append(parcel.data)
        return [Done("case")] * len(parcels)

    def close(self) -> None:
        """Nothing is held."""


class FakeSystem:
    """Answers as the case says. Its one attempt stands for all that the route would make."""

    def __init__(self, destination: Destination, case: CaseSpec) -> None:
        self._names = destination.asked_as
        self._case = case

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One answer each, the same for all."""
        return [self._answer()] * len(parcels)

    def close(self) -> None:
        """Nothing is held."""

    def _answer(self) -> Done | CrossdockError:
        if set(self._names) & set(down(self._case)):
            return is_down(self._names[0])
        answer = _given_for(self._names, self._case)
        if answer is None:
            return no_answer(self._names[0])
        return Answered(document=answer.document)


class GivenAnswers(Answers):
    """Nothing is remembered but what a case gives as the answer of a system that is down."""

    def __init__(self, route: CompiledRoute, case: CaseSpec, journal: MemoryJournal) -> None:
        super().__init__(journal, lambda: NOW)
        self._route = route
        self._case = case

    def recalled(self, place: str, key: str, seconds: float, *, durable: bool) -> Known | None:
        """What it answered before."""
        if not durable:
            return None
        slot = place.removeprefix(f"{self._route.name}/")
        return _given_for(self._route.destination(slot).asked_as, self._case)

    def known(self, place: str, key: str, seconds: float) -> Known | None:
        """Every document of a case asks."""
        return None


def _given_for(names: Sequence[str], case: CaseSpec) -> Known | None:
    name = next((name for name in names if name in case.answers), None)
    return None if name is None else Known(exact(case.answers[name]), 0.0)


def run_route_cases(
    project: LoadedProject, names: Sequence[str] = (), *, rewrite: bool = False
) -> Iterator[CaseResult]:
    """Run the cases of the named routes, or of all, in order. With ``rewrite``, expected files are written anew."""
    for route in project.routes.values():
        if not names or route.name in names:
            for number, case in enumerate(route.cases, start=1):
                problems = tuple(_problems(project.root, route, case, rewrite=rewrite))
                yield CaseResult(route.name, number, case.about, problems)


def _problems(root: Path, route: CompiledRoute, case: CaseSpec, *, rewrite: bool) -> Iterator[str]:
    outputs, items = _play(root, route, case)
    if rewrite:
        update(root, case.expect, outputs)
    stopped = [item for item in items if item.state in (State.DEAD, State.HELD)]
    if case.expect_error is not None:
        codes = sorted({item.code or "" for item in stopped})
        if case.expect_error not in codes:
            yield f"expected error {case.expect_error}, got {', '.join(codes) or 'none'}"
    else:
        yield from (f"{item.queue}: {item.code}: {item.reason}" for item in stopped)
    if case.expect_skip and not any(item.state is State.SKIPPED for item in items):
        yield "expected the message to be skipped, but it was not"
    yield from compare(root, case.expect, outputs)


def _play(root: Path, route: CompiledRoute, case: CaseSpec) -> tuple[Outputs, list[Item]]:
    outputs, clock = Outputs(), FixedClock()
    known = [decode((root / one).read_bytes()) if isinstance(one, str) else cast(Document, one) for one in case.known]
    journal, ids = MemoryJournal(clock), _ids()
    subscriptions = RecordingSubscriptions(())
    announcer = Announcer(subscriptions, lambda: next(ids), clock.now)
    fates = FateMaker(lambda: 0.5)
    worker = Worker(
        owner="case",
        journal=journal,
        bus=MemoryBus(),
        dispatcher=Dispatcher({route.name: route}, subscriptions, announcer, fates, clock.now),
        courier=lambda queue: _courier(route, case, queue, outputs, announcer, fates),
        slot=Pulse(1).slot(0),
        submit=_at_once,
        recall=lambda message: partial(among, known),
        answers=GivenAnswers(route, case, journal),
    )
    for arrival in _given(root, route, case):
        journal.accept([entry(route, arrival, next(ids), 0.0)])
    for _ in range(_ROUNDS):
        if not worker.step():
            break
    items = list(journal.items(Query(limit=100_000)))
    for item in reversed(items):  # the oldest first
        _published(item, outputs)
    return outputs, items


def _published(item: Item, outputs: Outputs) -> None:
    """Note what went to a topic: a document, or bytes where the route encoded it."""
    if not item.queue.startswith(_TOPIC):
        return
    topic, payload = item.queue.removeprefix(_TOPIC), read_all(item.message.body)
    if item.message.content_type == JSON:
        outputs.documents.setdefault(topic, []).append(decode(payload))
    else:
        outputs.payloads.setdefault(topic, []).append(payload)


def _courier(
    route: CompiledRoute, case: CaseSpec, queue: str, outputs: Outputs, announcer: Announcer, fates: FateMaker
) -> Courier | None:
    slot = queue.removeprefix(f"{route.name}/")
    destination = next((one for one in route.destinations if one.slot == slot), None)
    if destination is None:
        return None
    if destination.asking is not None:
        return Asker(
            route=route,
            destination=replace(destination, retry=RetryPolicy(attempts=1)),
            sink=FakeSystem(destination, case),
            effect=Effect.KEYED,
            announcer=announcer,
            fates=fates,
            now=lambda: NOW,
            reach=lambda name: None,
            asking=destination.asking,
        )
    sink = FakeSink(destination, outputs)
    return Courier(route, destination, sink, Effect.KEYED, announcer, fates, lambda: NOW, lambda name: None)


def _at_once(call: Callable[[], Sequence[SinkOutcome]]) -> Future[Sequence[SinkOutcome]]:
    done: Future[Sequence[SinkOutcome]] = Future()
    done.set_result(call())
    return done


def _ids() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield root_id(int(NOW * 1000), number.to_bytes(10, "big"))


def _given(root: Path, route: CompiledRoute, case: CaseSpec) -> Iterator[Arrival]:
    kind = "application/json" if route.topics else "application/octet-stream"
    given = case.given if isinstance(case.given, list) else [case.given]
    for number, one in enumerate(given):
        if isinstance(one, str):
            payload, headers = Inline((root / one).read_bytes()), {"file.name": Path(one).name}
        else:
            payload, headers = Inline(encode(cast(Document, one))), {}
        yield Arrival(identity=f"{number}", payload=payload, content_type=kind, headers=headers)
