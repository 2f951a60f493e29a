"""A project in a temporary folder that runs in this process: one worker, a journal in memory, a clock that stands still.

Its connector ``fake`` delivers to sinks that the test can make refuse, lose or break; its codec ``lines`` reads one
JSON document a line, where a bad line is a part with a finding, as EDI has it.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict

from crossdock import document_json
from crossdock.bus.contract import Bus
from crossdock.bus.memory import MemoryBus
from crossdock.codecs.contract import AnyCodecKind, CodecKind, Part
from crossdock.connector import Connector, Done, Effect, Parcel, SinkKind, Staged
from crossdock.delivery.states import Event, State
from crossdock.errors import CrossdockError, Finding, Reject, Retry, Severity
from crossdock.journal.contract import Attempt, Entry, Item, Post, Query
from crossdock.journal.memory import MemoryJournal
from crossdock.message import Inline, Message, Payload, read_all, root_id
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project
from crossdock.runtime.announcements import Announcer
from crossdock.runtime.delivery import Courier
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.fates import FateMaker
from crossdock.runtime.hands import Ahead
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.subscriptions import Subscriptions
from crossdock.runtime.worker import Worker
from crossdock.testing.clock import ManualClock

Outcome = Done | CrossdockError | BaseException


class FakeOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    to: str
    effect: Literal["keyed", "opaque", "provable"] = "keyed"


@dataclass
class FakeSink:
    """``answer`` says what becomes of a parcel; an exception that is no ``CrossdockError`` is raised."""

    sent: list[Parcel] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    answer: Callable[[Parcel], Outcome] = lambda parcel: Done("there")
    finish_answer: Callable[[str], Outcome] = lambda proof: Done("there")
    closed: int = 0

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        outcomes = []
        for parcel in parcels:
            self.sent.append(parcel)
            outcome = self.answer(parcel)
            if isinstance(outcome, Done):
                self.effects.append(parcel.data.decode())
            outcomes.append(_raised(outcome))
        return outcomes

    def stage(self, parcels: Sequence[Parcel]) -> Sequence[Staged | CrossdockError]:
        staged: list[Staged | CrossdockError] = []
        for parcel in parcels:
            self.sent.append(parcel)
            outcome = _raised(self.answer(parcel))
            staged.append(Staged(parcel.data.decode()) if isinstance(outcome, Done) else outcome)
        return staged

    def finish(self, staged: Sequence[Staged]) -> Sequence[Done | CrossdockError]:
        outcomes = []
        for one in staged:
            self.finished.append(one.proof)
            outcome = _raised(self.finish_answer(one.proof))
            if isinstance(outcome, Done) and one.proof not in self.effects:
                self.effects.append(one.proof)
            outcomes.append(outcome)
        return outcomes

    def close(self) -> None:
        self.closed += 1


def _raised(outcome: Outcome) -> Done | CrossdockError:
    if isinstance(outcome, Done | CrossdockError):
        return outcome
    raise outcome


class Refusing:
    """A journal that refuses some methods while it is full."""

    def __init__(self, journal: object, *methods: str) -> None:
        self._journal = journal
        self._methods = methods
        self.full = False

    def __getattr__(self, name: str) -> object:
        if self.full and name in self._methods:
            return self._refuse
        return getattr(self._journal, name)

    def _refuse(self, *args: object, **kwargs: object) -> None:
        raise Retry("E714", "the disk of the journal is full")


class LineOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Lines:
    """One JSON document a line. ``!`` is a bad line; ``raise`` a defect of the codec, ``boom`` one of the writer."""

    parts = "lines"
    content_type = "application/x-ndjson"

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        for position, line in enumerate(read_all(payload).splitlines(), start=1):
            if line == b"broken":
                raise Reject("L3", "the rest cannot be read")
            if line.startswith(b"#"):
                yield Finding(code="L9", message=line.decode(), severity=Severity.NOTE)
            yield _part(line, position)

    def whole(self, payload: Payload) -> Part:
        return _part(read_all(payload), 1)

    def write(self, documents: Iterable[Any]) -> Iterator[bytes]:
        for document in documents:
            if document.get("boom"):
                raise ZeroDivisionError("a codec with a defect")
            if document.get("unwritable"):
                raise Reject("L2", "cannot be written")
            yield json.dumps(document).encode() + b"\n"


def _part(line: bytes, position: int) -> Part:
    if line == b"raise":
        raise ZeroDivisionError("a codec with a defect")
    if not line.startswith(b"{"):
        return Part(position=position, document={}, raw=lambda: line, findings=(Finding(code="L1", message="bad"),))
    return Part(position=position, document=document_json.decode(line), raw=lambda: line)


CODECS: Registry[AnyCodecKind] = Registry(
    "crossdock.codecs",
    CodecKind,
    {"lines": CodecKind(name="lines", about="JSON lines.", options=LineOptions, open=lambda options, around: Lines())},
)


class Rig:
    """The project and everything around it. Sinks are made when first named."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = ManualClock()
        self.journal: Any = MemoryJournal(self.clock)  # tests put others in its place
        self.sinks: dict[str, FakeSink] = {}
        self.opened: Callable[[FakeOptions], FakeSink] = lambda options: self.sink(options.to)
        self._numbers = iter(range(1, 1_000_000))
        self.rate = 1

    def sink(self, name: str) -> FakeSink:
        return self.sinks.setdefault(name, FakeSink())

    def load(self, **routes: str) -> LoadedProject:
        for name, text in routes.items():
            path = self.root / "routes" / f"{name.replace('_', '-')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (self.root / "crossdock.yaml").touch()
        sink = SinkKind(
            options=FakeOptions, open=lambda options, around: self.opened(options), effect=lambda o: Effect(o.effect)
        )
        found = {"fake": Connector(name="fake", about="For tests.", sink=sink)}
        return load_project(
            self.root,
            environment={},
            connectors=Registry("crossdock.connectors", Connector, found),
            codecs=CODECS,
        )

    def start(
        self,
        owner: str = "here/worker-0",
        submit: Any = None,  # noqa: ANN401 - a fake pool
        bus: Bus | None = None,
        ahead: Ahead | None = None,
        sleep: Callable[[float], None] = time.sleep,
        **routes: str,
    ) -> Worker:
        """A worker over these routes; without any, over those loaded before."""
        if routes:
            self.project = self.load(**routes)
        enabled = [route for route in self.project.routes.values() if route.enabled]
        subscriptions = Subscriptions(enabled)
        self.announcer = Announcer(subscriptions, self.new_id, self.clock.now)
        self.fates = FateMaker(lambda: 0.5)
        self.dispatcher = Dispatcher(self.project.routes, subscriptions, self.announcer, self.fates, self.clock.now)
        self.worker = Worker(
            owner=owner,
            journal=self.journal,
            bus=bus or MemoryBus(),
            dispatcher=self.dispatcher,
            courier=self.courier,
            slot=Pulse(1).slot(0),
            submit=submit or at_once,
            ahead=ahead,
            monotonic=self.clock.boot,
            sleep=sleep,
            random=lambda: 0.5,
        )
        return self.worker

    def courier(self, queue: str) -> Courier | None:
        name, _, slot = queue.partition("/")
        route = self.project.routes.get(name)
        found = [one for one in route.destinations if one.slot == slot] if route else []
        if not found or route is None:
            return None
        sink = self.opened(found[0].options)  # type: ignore[arg-type]  # every destination of these tests is a fake
        effect = found[0].kind.effect(found[0].options)
        return Courier(
            route=route,
            destination=found[0],
            sink=sink,
            effect=effect,
            announcer=self.announcer,
            fates=self.fates,
            now=self.clock.now,
            reach=lambda name: None,
        )

    def new_id(self) -> str:
        return root_id(int(self.clock.now() * 1000), next(self._numbers).to_bytes(10, "big"))

    def send(
        self, route: str, payload: object, *, headers: Mapping[str, str] | None = None, lane: str | None = None
    ) -> str:
        """A message for a route: bytes as from a source, anything else as a document from a topic."""
        id = self.new_id()
        given = headers or {}
        if isinstance(payload, bytes):
            message = Message(id=id, correlation=id, route=route, headers=given, body=Inline(payload))
        else:
            body = Inline(document_json.encode(payload))  # type: ignore[arg-type]  # documents
            message = Message(
                id=id, correlation=id, route="x", topic="t", content_type="application/json", headers=given, body=body
            )
        self.journal.accept([Entry(message=message, scope="test", identity=id, posts=(Post(queue=route, lane=lane),))])
        return id

    def work(self, rounds: int = 50) -> None:
        """Until nothing is to be done now."""
        for _ in range(rounds):
            if not self.worker.step():
                return
        raise AssertionError("the worker goes round in circles")

    def die(self, owner: str = "here") -> None:
        """The worker's process is gone, and its supervisor has noticed."""
        self.journal.give_back(owner=owner, crashed=True)
        self.start()

    def item(self, message: str, queue: str) -> Item:
        item: Item
        (item,) = self.journal.items(Query(message=message, queue=queue))
        return item

    def items(self, queue: str, state: State | None = None) -> list[Item]:
        """The work of a queue, oldest first."""
        states = (state,) if state else ()
        return sorted(self.journal.items(Query(queue=queue, states=states)), key=lambda item: item.row)

    def states(self, queue: str) -> Counter[str]:
        return Counter(str(item.state) for item in self.items(queue))

    def attempts(self, item: Item) -> list[Attempt]:
        return list(self.journal.attempts(item.row))

    def decide(self, item: Item, event: Event) -> bool:
        return bool(self.journal.decide(item.row, event, "a person says so"))

    def balanced(self) -> bool:
        return bool(self.journal.audit().balanced)


def at_once(call: Callable[[], Any]) -> Future[Any]:
    """A pool without threads."""
    done: Future[Any] = Future()
    done.set_result(call())
    return done


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    logging.getLogger("crossdock").setLevel(logging.CRITICAL)
    return Rig(tmp_path)
