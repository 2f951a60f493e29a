"""The cases of a project: tests that live with its routes, run by the engine itself.

Each case gets a journal in memory, a fixed clock and fake sinks; the route's own dispatcher, couriers and worker do
the rest, so a case passes exactly where the running system would. Topics and sinks are recorded, nothing leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

import msgspec

from crossdock.bus.memory import MemoryBus
from crossdock.connector import Arrival, Done, Effect, Parcel
from crossdock.delivery.states import State
from crossdock.document_json import decode, encode
from crossdock.errors import CrossdockError
from crossdock.journal.contract import Item, Post, Query
from crossdock.journal.memory import MemoryJournal
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Inline, root_id
from crossdock.route.compiled import CompiledRoute
from crossdock.route.destination import Destination
from crossdock.route.load import LoadedProject
from crossdock.route.spec import CaseSpec
from crossdock.runtime.announcements import Announcer
from crossdock.runtime.delivery import Courier, SinkOutcome
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.fates import FateMaker
from crossdock.runtime.intake import entry
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.subscriptions import Subscriptions
from crossdock.runtime.worker import Worker
from crossdock.testing.difference import difference, missing_from

#: The moment every case happens at: 2026-01-01T12:00:00Z.
NOW = 1767268800.0
_ROUNDS = 1000  # of the worker; a case that needs more goes round in circles


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: ``problems`` is empty when it passed; each is a text of some lines for people."""

    route: str
    number: int
    about: str
    problems: tuple[str, ...]


@dataclass(slots=True)
class Outputs:
    """What a route sent during a case: by topic, and by target of a sink."""

    topics: dict[str, list[Document]] = field(default_factory=dict)
    parcels: dict[str, list[bytes]] = field(default_factory=dict)


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
    """Nobody reads the topics of a case; what is published is written down."""

    def __init__(self, outputs: Outputs) -> None:
        super().__init__(())
        self._outputs = outputs

    def posts(self, topic: str, document: Document, scope: Scope) -> tuple[Post, ...]:
        """Record it; no route is told."""
        self._outputs.topics.setdefault(topic, []).append(document)
        return ()


class FakeSink:
    """Writes down what it is sent, under the target the real sink would have used."""

    def __init__(self, destination: Destination, outputs: Outputs) -> None:
        self._destination = destination
        self._outputs = outputs

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Everything is delivered."""
        for parcel in parcels:
            target = self._destination.kind.target(self._destination.options, parcel) or self._destination.slot
            self._outputs.parcels.setdefault(target, []).append(parcel.payload)
        return [Done("case")] * len(parcels)

    def close(self) -> None:
        """Nothing is held."""


def run_cases(project: LoadedProject, routes: Sequence[str] = (), *, update: bool = False) -> Iterator[CaseResult]:
    """Run the cases of the named routes, or of all, in order. With ``update``, expected files are written anew."""
    for route in project.routes.values():
        if not routes or route.name in routes:
            for number, case in enumerate(route.cases, start=1):
                problems = tuple(_problems(project.root, route, case, update))
                yield CaseResult(route.name, number, case.about, problems)


def _problems(root: Path, route: CompiledRoute, case: CaseSpec, update: bool) -> Iterator[str]:
    outputs, items = _play(root, route, case)
    if update:
        _update(root, case, outputs)
    stopped = [item for item in items if item.state in (State.DEAD, State.HELD)]
    if case.expect_error is not None:
        codes = sorted({item.code or "" for item in stopped})
        if case.expect_error not in codes:
            yield f"expected error {case.expect_error}, got {', '.join(codes) or 'none'}"
    else:
        yield from (f"{item.queue}: {item.code}: {item.reason}" for item in stopped)
    if case.expect_skip and not any(item.state is State.SKIPPED for item in items):
        yield "expected the message to be skipped, but it was not"
    for target, expected in case.expect.items():
        yield from _compare(root, target, cast(Document, expected), outputs)


def _play(root: Path, route: CompiledRoute, case: CaseSpec) -> tuple[Outputs, list[Item]]:
    outputs, clock = Outputs(), FixedClock()
    journal, ids = MemoryJournal(clock), _ids()
    subscriptions = RecordingSubscriptions(outputs)
    announcer = Announcer(subscriptions, lambda: next(ids), clock.now)
    fates = FateMaker(clock.now, lambda: 0.5)
    worker = Worker(
        owner="case",
        journal=journal,
        bus=MemoryBus(),
        dispatcher=Dispatcher({route.name: route}, subscriptions, announcer, fates, clock.now),
        courier=lambda queue: _courier(route, queue, outputs, announcer, fates),
        slot=Pulse(1).slot(0),
        submit=_at_once,
    )
    for arrival in _given(root, route, case):
        journal.accept([entry(route, arrival, next(ids), 0.0)])
    for _ in range(_ROUNDS):
        if not worker.step():
            break
    return outputs, list(journal.items(Query(limit=100_000)))


def _courier(
    route: CompiledRoute, queue: str, outputs: Outputs, announcer: Announcer, fates: FateMaker
) -> Courier | None:
    slot = queue.removeprefix(f"{route.name}/")
    destination = next((one for one in route.destinations if one.slot == slot), None)
    if destination is None:
        return None
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


def _compare(root: Path, target: str, expected: Document, outputs: Outputs) -> Iterator[str]:
    name = _found(target, outputs)
    if name is None:
        known = sorted({*outputs.topics, *outputs.parcels})
        yield f"nothing was sent to '{target}'; there was: {', '.join(known) or 'nothing'}"
    elif isinstance(expected, str):
        yield from _compare_file(root / expected, name, outputs)
    else:
        documents = outputs.topics.get(name) or [decode(one) for one in outputs.parcels[name]]
        actual = documents if isinstance(expected, list) else documents[0]
        yield from (f"{name}: {line}" for line in missing_from(expected, actual))


def _update(root: Path, case: CaseSpec, outputs: Outputs) -> None:
    """Write what was sent to the files that say what is expected."""
    for target, expected in case.expect.items():
        name = _found(target, outputs)
        if isinstance(expected, str) and name is not None:
            (root / expected).parent.mkdir(parents=True, exist_ok=True)
            (root / expected).write_bytes(_sent(name, outputs))


def _sent(name: str, outputs: Outputs) -> bytes:
    """Everything sent to one target, as a file would hold it: a topic's documents as indented JSON."""
    if name in outputs.parcels:
        return b"".join(outputs.parcels[name])
    documents = outputs.topics[name]
    return msgspec.json.format(encode(documents[0] if len(documents) == 1 else documents), indent=2) + b"\n"


def _found(target: str, outputs: Outputs) -> str | None:
    """The recorded target that an expected one names; ``*`` stands for what a name has of its message's id."""
    names = [*outputs.topics, *outputs.parcels]
    return target if target in names else next((name for name in names if fnmatchcase(name, target)), None)


def _compare_file(path: Path, name: str, outputs: Outputs) -> Iterator[str]:
    if not path.is_file():
        yield f"{path.name} does not exist; 'crossdock test --update-golden' writes it"
        return
    wanted, sent = path.read_bytes(), _sent(name, outputs)
    if name in outputs.topics:  # documents are compared as documents, whatever the file's layout
        wanted, sent = encode(decode(wanted)), encode(decode(sent))
    text = difference(wanted, sent, path.name, name)
    if text:
        yield text
