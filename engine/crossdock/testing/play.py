"""One case, played by the engine itself: its dispatcher, couriers and worker, a journal in memory, fake systems.

The clock is the case's own. It stands still while there is work, and when there is none it goes on to the next moment
at which something is due: a message of the case, an attempt, a breaker that lets a probe through. So nothing is waited
for, and retry, breaker and idempotency are what they are in a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast

from crossdock.bus.memory import MemoryBus
from crossdock.connector import Arrival, Effect
from crossdock.delivery.breaker import read
from crossdock.delivery.states import State
from crossdock.document_json import decode, encode
from crossdock.journal.contract import Item, Post, Query
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.registers import Register
from crossdock.mapping.given import Given, Written, document_of, given
from crossdock.mapping.moment import unix_time
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Inline, read_all, root_id
from crossdock.route.asking import Known
from crossdock.route.compiled import CompiledRoute
from crossdock.route.destination import JSON, Destination
from crossdock.route.faults import SOURCE, Fault, down, duplicated, slow
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
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.recalling import among
from crossdock.runtime.subscriptions import Subscriptions
from crossdock.runtime.worker import Worker
from crossdock.testing.clock import NOW, ManualClock
from crossdock.testing.fake_systems import FakeSink, FakeSystem, Ground, given_answer
from crossdock.testing.faults import Faults, WorkerLost
from crossdock.testing.outputs import Outputs

TOPIC = "topic "  # the beginning of queues that stand for the readers of a topic; no route has a blank in its name
_OWNER = "case"
_ROUNDS = 100_000  # of the worker; a case that needs more goes round in circles
_MOMENTS = 5_000  # at which something is due; more is no case any more
_LONGER = 3600.0  # seconds after the last thing that is foreseen: what still waits then, waits for good
_TICK = 1.0  # seconds, where something waits for what has no moment of its own: a rate, a batch
_CHANCE = 0.5  # what everything random draws


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a case: outputs, the work in all queues (oldest first), queues that were stopped and why."""

    outputs: Outputs
    items: Sequence[Item]
    codes: Mapping[int, frozenset[str]]
    stopped: Mapping[str, str]


def play(project: LoadedProject, route: CompiledRoute, case: CaseSpec) -> Played:
    """Play one case. Raises ``OSError`` where a sample cannot be read."""
    return _Play(project, route, case).played()


class _Recording(Subscriptions):
    """Every topic has a reader that nobody works for, so what a guard holds back is not published either."""

    def posts(self, topic: str, document: Document, scope: Scope) -> tuple[Post, ...]:
        """To the queue of the topic, and to the routes of the case that read it."""
        return (Post(queue=TOPIC + topic), *super().posts(topic, document, scope))


class _GivenAnswers(Answers):
    """Nothing is remembered but what a case gives as the answer of a system that is down."""

    def __init__(self, routes: Mapping[str, CompiledRoute], case: CaseSpec, journal: MemoryJournal) -> None:
        super().__init__(journal, lambda: NOW)
        self._routes = routes
        self._case = case

    def recalled(self, place: str, key: str, seconds: float, *, durable: bool) -> Known | None:
        """What it answered before."""
        if not durable:
            return None
        name, _, slot = place.partition("/")
        return given_answer((*self._routes[name].destination(slot).asked_as, place), self._case)

    def known(self, place: str, key: str, seconds: float) -> Known | None:
        """Every document of a case asks."""
        return None


@dataclass(slots=True)
class _Coming:
    """A message of the case, and when it comes."""

    at: float
    arrival: Arrival
    partner: str | None


@dataclass(slots=True)
class _Play:
    project: LoadedProject
    route: CompiledRoute
    case: CaseSpec
    outputs: Outputs = field(default_factory=Outputs)
    done: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = ManualClock(NOW if self.case.now is None else unix_time(self.case.now))
        self.journal = MemoryJournal(self.clock)
        self.routes = {self.route.name: self.route, **_others(self.project, self.case)}
        self.ground = Ground(Faults(self.case, self.clock.now), self.outputs)
        self.ids = _ids(self.clock.now())
        self.fates = FateMaker(lambda: _CHANCE)
        readers = [one for one in self.routes.values() if self.case.through]
        self.subscriptions = _Recording(readers)
        self.announcer = Announcer(self.subscriptions, lambda: next(self.ids), self.clock.now)
        self.worker = self._worker()

    clock: ManualClock = field(init=False)
    journal: MemoryJournal = field(init=False)
    routes: dict[str, CompiledRoute] = field(init=False)
    ground: Ground = field(init=False)
    ids: Iterator[str] = field(init=False)
    fates: FateMaker = field(init=False)
    subscriptions: Subscriptions = field(init=False)
    announcer: Announcer = field(init=False)
    worker: Worker = field(init=False)

    def played(self) -> Played:
        """Let everything come, and happen."""
        coming = list(_coming(self.project.root, self.route, self.case, self.clock.now()))
        for one in coming:
            if one.at > self.clock.now():
                self._work(until=one.at)
            self._accept(one)
        self._work(until=self.clock.now() + self._horizon())
        items = list(self.journal.items(Query(limit=1_000_000)))[::-1]
        for item in items:
            self._publish(item)
        stopped = {name: why for name, why in self.journal.stopped().items() if not name.startswith(TOPIC)}
        return Played(self.outputs, items, {item.row: self._codes(item) for item in items}, stopped)

    def _codes(self, item: Item) -> frozenset[str]:
        """Why it is where it is: its own code, and those of its attempts where they ran out."""
        codes = {item.code or ""}
        if item.state not in (State.DELIVERED, State.SKIPPED):
            codes |= {attempt.code or "" for attempt in self.journal.attempts(item.row)}
        return frozenset(codes - {""})

    def _horizon(self) -> float:
        """Seconds after which what still waits, waits for good."""
        longest = [float(one) for one in _durations(self.case)]
        policies = [self.route.retry, *(one.retry for route in self.routes.values() for one in route.destinations)]
        return sum(longest) + max(policy.horizon for policy in policies) + _LONGER

    # Time

    def _work(self, until: float) -> None:
        """Work until ``until``, or for good if nothing waits before."""
        for _ in range(_MOMENTS):
            self._work_now()
            due = self._due()
            if due is None or due > until:
                break
            self.clock.advance(due - self.clock.now())
        self.clock.advance(max(0.0, until - self.clock.now()))

    def _work_now(self) -> None:
        for _ in range(_ROUNDS):
            try:
                if not self.worker.step():
                    return
            except WorkerLost:
                self.journal.give_back(owner=_OWNER, crashed=True)
                self.worker = self._worker()

    def _due(self) -> float | None:
        """The next moment at which something can happen; None where nothing waits."""
        if not self.journal.pending():
            return None
        now, stopped = self.clock.now(), self.journal.stopped()
        waiting = [one for one in self._waiting() if one.queue not in stopped]
        texts, steady = self.journal.registers(Register.CIRCUIT)
        breakers = [read(texts[name]).until for name in {one.queue for one in waiting} & texts.keys()]
        moments = [one.due for one in waiting] + [now + until - steady for until in breakers if until is not None]
        return min((moment for moment in moments if moment > now), default=now + _TICK)

    def _waiting(self) -> Iterator[Item]:
        return self.journal.items(Query(states=(State.WAITING,), limit=1_000_000))

    # What comes, and what leaves

    def _accept(self, one: _Coming) -> None:
        keep = self.project.settings.retention.keys
        twice = SOURCE in duplicated(self.case)
        for _ in range(2 if twice else 1):
            made = entry(self.route, one.arrival, next(self.ids), keep)
            topic = self.route.topics[0].replace("*", "case") if self.route.topics else None
            self.journal.accept([replace(made, message=replace(made.message, partner=one.partner, topic=topic))])

    def _publish(self, item: Item) -> None:
        """Note what went to a topic: a document, or bytes where the route encoded it."""
        if not item.queue.startswith(TOPIC):
            return
        topic, payload = item.queue.removeprefix(TOPIC), read_all(item.message.body)
        self.outputs.took_effect((topic,))
        if item.message.content_type == JSON:
            self.outputs.documents.setdefault(topic, []).append(decode(payload))
        else:
            self.outputs.payloads.setdefault(topic, []).append(payload)

    # The engine

    def _worker(self) -> Worker:
        known = [_known(self.project.root, one) for one in self.case.known]
        return Worker(
            owner=_OWNER,
            journal=self.journal,
            bus=MemoryBus(),
            dispatcher=Dispatcher(self.routes, self.subscriptions, self.announcer, self.fates, self.clock.now),
            courier=self._courier,
            slot=Pulse(1).slot(0),
            submit=_at_once,
            recall=lambda message: partial(among, known),
            answers=_GivenAnswers(self.routes, self.case, self.journal),
            monotonic=self.clock.boot,
            sleep=self.clock.advance,
            random=lambda: _CHANCE,
        )

    def _courier(self, queue: str) -> Courier | None:
        name, _, slot = queue.partition("/")
        route = self.routes.get(name)
        destination = next((one for one in route.destinations if one.slot == slot), None) if route else None
        if route is None or destination is None:
            return None
        names = names_of(route, destination, self.route)
        done = self.done.setdefault(queue, set())
        effect = destination.kind.effect(destination.options) if destination.asking is None else Effect.KEYED
        if destination.asking is None:
            sink = FakeSink(destination, names, self.ground, done)
            return Courier(
                route, destination, sink, effect, self.announcer, self.fates, self.clock.now, lambda point: None
            )
        return Asker(
            route=route,
            destination=destination,
            sink=FakeSystem(destination.asking, names, self.case, self.ground, done),
            effect=destination.asking.effect or Effect.KEYED,
            announcer=self.announcer,
            fates=self.fates,
            now=self.clock.now,
            reach=lambda point: None,
            asking=destination.asking,
            monotonic=self.clock.boot,
        )


def names_of(route: CompiledRoute, destination: Destination, of: CompiledRoute) -> tuple[str, ...]:
    """What a case of route ``of`` calls a destination: its name, with that of its route where it is another's."""
    own = (*destination.asked_as, destination.slot) if route is of else ()
    return tuple(dict.fromkeys((*own, f"{route.name}/{destination.slot}")))


def _others(project: LoadedProject, case: CaseSpec) -> dict[str, CompiledRoute]:
    """The routes that go on with what is published."""
    if isinstance(case.through, bool):
        return dict(project.routes) if case.through else {}
    return {name: project.routes[name] for name in case.through if name in project.routes}


def _durations(case: CaseSpec) -> Iterator[float]:
    faults: list[Fault] = [*down(case).values(), *slow(case).values()]
    yield from (fault for fault in faults if isinstance(fault, float))


def _known(root: Path, one: str | dict[str, object]) -> Document:
    return decode((root / one).read_bytes()) if isinstance(one, str) else cast("Document", one)


def _at_once(call: Callable[[], Sequence[SinkOutcome]]) -> Future[Sequence[SinkOutcome]]:
    done: Future[Sequence[SinkOutcome]] = Future()
    done.set_result(call())
    return done


def _ids(now: float) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield root_id(int(now * 1000), number.to_bytes(10, "big"))


def _coming(root: Path, route: CompiledRoute, case: CaseSpec, now: float) -> Iterator[_Coming]:
    """The messages of the case, in order."""
    written: Sequence[Written] = case.given if isinstance(case.given, list) else [case.given]
    kind = "application/json" if route.topics else "application/octet-stream"
    for number, one in enumerate(map(given, written)):
        now += one.after
        headers = {**({"file.name": Path(one.file).name} if one.file else {}), **one.headers}
        payload = Inline(payload_of(root, one))
        arrival = Arrival(identity=f"{number}", payload=payload, content_type=kind, headers=headers)
        yield _Coming(now, arrival, one.partner)


def payload_of(root: Path, one: Given) -> bytes:
    """The bytes that a case gives. Raises ``OSError``."""
    if one.file is not None:
        return (root / one.file).read_bytes()
    return one.text.encode() if one.text is not None else encode(document_of(one))
