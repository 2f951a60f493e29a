"""The ground under every test of a sink, and the engine's part towards it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast
from uuid import NAMESPACE_OID, uuid5

import pytest
from pydantic import BaseModel

from crossdock.connector import Done, Effect, Parcel, ProvableSink, Sink, SinkKind, Staged, Surroundings
from crossdock.errors import CrossdockError, Finding, Retry
from crossdock.message import Inline
from crossdock.testing.connector_suite.ground import Delivered, Options, SinkGround
from crossdock.testing.connector_suite.suite import Suite, tells_a_secret
from crossdock.testing.connector_suite.taking import probed_by

Outcome = Done | CrossdockError
_MESSAGE = "01a1a0e4-7c30-7abc-8000-"


def parcel(number: int, data: bytes | None = None, **more: object) -> Parcel:
    """The parcel of one order; its document is ``{"number": …, "key": …, "status": "new", "buyer": {"id": "ACME"}}``."""
    key = str(uuid5(NAMESPACE_OID, f"order {number}"))
    fields: dict[str, object] = {
        "key": key,
        "message": f"{_MESSAGE}{number:012d}",
        "payload": Inline(b'{"number": "%d"}' % number if data is None else data),
        "document": {"number": str(number), "key": key, "status": "new", "buyer": {"id": "ACME"}},
        "content_type": "application/json",
        "correlation": f"{_MESSAGE}{number:012d}",
        "route": "suite",
    }
    return Parcel(**{**fields, **more})  # type: ignore[arg-type]  # a test names any field


@dataclass(slots=True)
class Sender:
    """Sends as the engine does, in the protocol of the effect class. ``told`` is every text that came back."""

    ground: SinkGround
    effect: Effect
    told: list[str] = field(default_factory=list)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sink: Sink | ProvableSink | None = None

    @property
    def kind(self) -> SinkKind[BaseModel]:
        """What the connector is as a sink."""
        kind = self.ground.connector.sink
        assert kind is not None, f"connector '{self.ground.connector.name}' is no sink"
        return kind

    def open(self, options: Options | None = None) -> Sink | ProvableSink:
        """A sink as of a process that starts; the one before is left as it is."""
        read = self._read(options)
        self.sink = self.kind.open(read, self._surroundings())
        self.told += [repr(read), repr(self.sink)]
        return self.sink

    def probed(self, options: Options | None = None) -> list[Finding]:
        """What is wrong with the connection, as ``check --connect`` finds it."""
        found = probed_by(self.kind.probe, self._read(options), self._surroundings())
        self.told += map(str, found)
        return found

    def again(self, options: Options | None = None) -> Sink | ProvableSink:
        """Stop, and start anew."""
        self.close()
        return self.open(options)

    def close(self) -> None:
        """Stop."""
        if self.sink is not None:
            self.sink.close()
            self.sink = None

    def here(self) -> Sink | ProvableSink:
        """The sink that is open, or one that is opened now."""
        return self.sink if self.sink is not None else self.open()

    def send(self, *parcels: Parcel) -> list[Outcome]:
        """One outcome for each."""
        if self.effect is not Effect.PROVABLE:
            return self._heard(cast("Sink", self.here()).send(parcels), parcels)
        staged = self.stage(*parcels)
        done = iter(self.finish(*(one for one in staged if isinstance(one, Staged))))
        return [next(done) if isinstance(one, Staged) else one for one in staged]

    def stage(self, *parcels: Parcel) -> list[Staged | CrossdockError]:
        """The first half of a provable delivery."""
        outcomes = cast("ProvableSink", self.here()).stage(parcels)
        assert len(outcomes) == len(parcels), "one outcome for each parcel"
        self.told += [_text(one) for one in outcomes]
        return list(outcomes)

    def finish(self, *staged: Staged) -> list[Outcome]:
        """The second half."""
        return self._heard(cast("ProvableSink", self.here()).finish(staged), staged)

    def insist(self, *parcels: Parcel) -> list[Outcome]:
        """Send, and send again what is not done (with more attempts), until all is done or time is up."""
        return self._sent(parcels, lambda outcome: isinstance(outcome, Done))

    def retry(self, *parcels: Parcel) -> list[Outcome]:
        """Send, and send again what is to be sent again and nothing else, until there is nothing or time is up."""
        return self._sent(parcels, lambda outcome: not isinstance(outcome, Retry))

    def _sent(self, parcels: Sequence[Parcel], settled: Callable[[Outcome], bool]) -> list[Outcome]:
        outcomes: dict[str, Outcome] = {}
        end = time.monotonic() + self.ground.give_up
        attempt = 1
        left = list(parcels)
        while left and time.monotonic() < end:
            tried = [_attempt(one, attempt) for one in left]
            outcomes |= {one.key: outcome for one, outcome in zip(tried, self.send(*tried), strict=True)}
            left = [one for one in left if not settled(outcomes[one.key])]
            attempt += 1
            time.sleep(0.02 if left else 0.0)
        return [outcomes[one.key] for one in parcels]

    def arrived(self, wanted: int) -> list[Delivered]:
        """The effects at the counterpart, waiting a little for as many as are wanted: mail takes its time."""
        end = time.monotonic() + self.ground.patience
        while len(found := list(self.ground.arrived())) < wanted and time.monotonic() < end:
            time.sleep(0.01)
        return found

    def counted(self, wanted: int) -> Counter[str]:
        """How often each key took effect."""
        return Counter(one.key for one in self.arrived(wanted))

    def _read(self, options: Options | None) -> BaseModel:
        return self.kind.options.model_validate(dict(options or self.ground.options()))

    def _surroundings(self) -> Surroundings:
        name = f"suite/{self.ground.connector.name}"
        return Surroundings(root=self.ground.root, name=name, now=self.now)

    def _heard(self, outcomes: Sequence[Outcome], asked: Sequence[object]) -> list[Outcome]:
        assert len(outcomes) == len(asked), "one outcome for each parcel"
        assert all(isinstance(one, Done | CrossdockError) for one in outcomes)
        self.told += [_text(one) for one in outcomes]
        return list(outcomes)


def _text(outcome: Done | Staged | CrossdockError) -> str:
    findings = outcome.findings if isinstance(outcome, CrossdockError) else ()
    return f"{outcome!r} {outcome} {findings}"


def _attempt(one: Parcel, attempt: int) -> Parcel:
    return replace(one, attempt=attempt)


class SinkTests(Suite):
    """A ground and who sends to it. After each test nothing of what the sink said may hold a secret."""

    @pytest.fixture
    def sender(self, ground: SinkGround) -> Iterator[Sender]:
        """The engine's part, without the engine."""
        assert self.effect is not None, "name the effect class of the connector: effect = Effect.KEYED"
        made = Sender(ground, self.effect)
        yield made
        made.close()
        assert [text for text in made.told if tells_a_secret(ground, text)] == [], "a secret was told"

    def fitting(self, one: Parcel) -> Parcel:
        """The parcel as this destination can take it: a suite of one that takes text alone encodes it here."""
        return one
