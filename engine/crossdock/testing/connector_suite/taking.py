"""The engine's part towards a source, without the engine: polls, makes durable (in memory), settles. For one test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice

from pydantic import BaseModel

from crossdock.connector import Arrival, NotesInMemory, Probe, Source, SourceKind, Surroundings, Verdict
from crossdock.errors import CrossdockError, Finding, errors_in
from crossdock.testing.connector_suite.ground import Options, SourceGround, StaysThere

BATCH = 100  # as many as the engine takes at a time
PAUSE = 0.005  # seconds between two polls


def utc() -> datetime:
    """The wall clock, as the engine hands it over."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Taker:
    """Takes from one source after the other, as runs of one project do: ``notes`` and what is ``known`` outlive them.

    ``told`` is every text that came from the connector; nothing secret may be in it.
    """

    ground: SourceGround
    notes: NotesInMemory = field(default_factory=NotesInMemory)
    known: dict[str, Arrival] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)
    refused: list[Arrival] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    now: Callable[[], datetime] = utc
    source: Source | None = None

    @property
    def kind(self) -> SourceKind[BaseModel]:
        """What the connector is as a source."""
        kind = self.ground.connector.source
        assert kind is not None, f"connector '{self.ground.connector.name}' is no source"
        return kind

    def open(self, options: Options | None = None) -> Source:
        """A source as of a process that starts; the one before is left as it is."""
        read = self.kind.options.model_validate(dict(options or self.ground.options()))
        self.told.append(repr(read))
        self.source = self.kind.open(read, self._surroundings())
        self.told.append(repr(self.source))
        return self.source

    def probed(self, options: Options | None = None) -> list[Finding]:
        """What is wrong with the connection, as ``check --connect`` finds it."""
        read = self.kind.options.model_validate(dict(options or self.ground.options()))
        found = probed_by(self.kind.probe, read, self._surroundings())
        self.told += map(str, found)
        return found

    def again(self, options: Options | None = None) -> Source:
        """Stop, and start anew."""
        self.close()
        return self.open(options)

    def close(self) -> None:
        """Stop."""
        if self.source is not None:
            self.source.close()
            self.source = None

    def found(self, wanted: int = 1, seconds: float | None = None) -> list[Arrival]:
        """So many different arrivals, none settled; fewer, where they do not come in time. Later polls may repeat some."""
        seen: dict[str, Arrival] = {}
        patience = self.ground.patience if seconds is None else seconds
        for arrival in self._polled(patience, lambda: len(seen) >= wanted):
            seen[arrival.identity] = arrival
        return list(seen.values())

    def brought(self, arrival: Arrival) -> bytes:
        """What was put, as the arrival has it."""
        return self.ground.brought(arrival)

    def nothing(self) -> bool:
        """Whether nothing comes any more; where things stay, nothing but what was settled."""
        polled = list(self._polled(self.ground.moment, lambda: False))
        stay = self.settled if isinstance(self.ground, StaysThere) else ()
        return all(one.identity in stay for one in polled)

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """Tell the source that is open."""
        self.settled.add(arrival.identity)
        self.here().settle(arrival, verdict)

    def take(self, wanted: int = 1, seconds: float | None = None) -> list[Arrival]:
        """So many new arrivals, each made durable and settled, batch by batch; fewer, where they do not come in time."""
        taken: list[Arrival] = []
        end = time.monotonic() + (self.ground.patience if seconds is None else seconds)
        while len(taken) < wanted and time.monotonic() < end:
            for batch in batches(self.here().poll()):
                taken += [arrival for arrival in batch if self.accept(arrival)]
            time.sleep(PAUSE)
        return taken

    def took(self, wanted: int) -> int:
        """Take until so many are taken or refused, all in all, or time is up; how many there are."""
        end = time.monotonic() + self.ground.patience
        while len(self.known) + len(self.refused) < wanted and time.monotonic() < end:
            self.take(1, seconds=self.ground.moment)
        return len(self.known) + len(self.refused)

    def accept(self, arrival: Arrival) -> bool:
        """What the engine does with one arrival; whether it is new and good."""
        self.hear(arrival)
        if errors_in(arrival.findings):
            self.refused.append(arrival)
            self.settle(arrival, Verdict.REFUSED)
            return False
        self.notes.write(dict(arrival.notes))
        if arrival.identity in self.known:
            self.doubled.append(arrival.identity)
            self.settle(arrival, Verdict.DUPLICATE)
            return False
        self.known[arrival.identity] = arrival
        self.settle(arrival, Verdict.ACCEPTED)
        return True

    def refuse(self, arrival: Arrival) -> None:
        """The engine does not want it: too large for its journal, say."""
        finding = Finding(code="E404", message="more than a payload may have")
        self.settle(replace(arrival, findings=(finding,)), Verdict.REFUSED)

    def failure(self, poll: Callable[[], object] | None = None) -> CrossdockError | None:
        """The error a poll ends with; None where none does within the ground's patience."""
        end = time.monotonic() + self.ground.patience
        while time.monotonic() < end:
            if (error := self.attempt(poll)) is not None:
                return error
            time.sleep(PAUSE)
        return None

    def attempt(self, poll: Callable[[], object] | None = None) -> CrossdockError | None:
        """One poll, nothing settled; its error."""
        try:
            (poll or self.drain)()
        except CrossdockError as error:
            self.told.append(f"{error!r} {error} {error.findings}")
            return error
        return None

    def drain(self) -> list[Arrival]:
        """One poll, nothing settled."""
        return [self.hear(arrival) for arrival in self.here().poll()]

    def recovers(self, wanted: int) -> list[Arrival]:
        """As ``take``, where polls may fail for a while."""
        taken: list[Arrival] = []
        end = time.monotonic() + self.ground.give_up
        while len(taken) < wanted and time.monotonic() < end:
            try:
                for batch in batches(self.here().poll()):
                    taken += [arrival for arrival in batch if self.accept(arrival)]
            except CrossdockError as error:
                self.told.append(f"{error!r} {error}")
            time.sleep(PAUSE)
        return taken

    def hear(self, arrival: Arrival) -> Arrival:
        """Keep what an arrival says, its payload apart."""
        self.told.append(f"{arrival.identity} {arrival.headers} {arrival.notes} {arrival.findings} {arrival.receipt}")
        return arrival

    def _polled(self, seconds: float, enough: Callable[[], bool]) -> Iterator[Arrival]:
        end = time.monotonic() + seconds
        while True:
            for arrival in self.here().poll():
                yield self.hear(arrival)
            if enough() or time.monotonic() > end:
                return
            time.sleep(PAUSE)

    def here(self) -> Source:
        """The source that is open, or one that is opened now."""
        return self.source if self.source is not None else self.open()

    def _surroundings(self) -> Surroundings:
        name = f"suite/{self.ground.connector.name}"
        return Surroundings(root=self.ground.root, name=name, now=self.now, notes=self.notes)


def probed_by(probe: Probe[BaseModel] | None, options: BaseModel, around: Surroundings) -> list[Finding]:
    """The findings of a probe, and the error it raised as one."""
    assert probe is not None, "the ground says that it is Probed"
    try:
        return list(probe(options, around))
    except CrossdockError as error:
        return [Finding(code=error.code, message=error.message, hint=error.hint)]


def batches(arrivals: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    """Arrivals as the engine takes them: no more asked for than a batch ahead."""
    iterator = iter(arrivals)
    while batch := list(islice(iterator, BATCH)):
        yield batch
