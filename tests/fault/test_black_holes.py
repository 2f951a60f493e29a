"""Two hundred partners polled by one process, half of them behind a line that swallows everything: the others are on time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from tests.fault.bystander import Bystander

from crossdock.bus.memory import MemoryBus
from crossdock.codecs.contract import CodecKind
from crossdock.connector import Arrival, Connector, Verdict
from crossdock.errors import Retry
from crossdock.journal.memory import MemoryJournal
from crossdock.registry import Registry
from crossdock.route.compiled import CompiledRoute
from crossdock.route.load import load_project
from crossdock.runtime.intake import Intake
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.troubles import Troubles, troubles
from crossdock.runtime.watches import PATIENCE, PLACES, Watch
from crossdock.testing.clock import ManualClock

SOURCES, HOLES, BRIEF = 200, 90, 20  # of the black holes some have a time-out of their own
EVERY = 0.25
LATE = 2.0  # seconds that a busy machine may add
RUN = 8.0
LONGEST, POLLS = 60.0, 8  # seconds of a run on a busy machine, and how often each is polled at least


class Answers:
    """A source that answers at once. ``moments`` are those of its polls."""

    def __init__(self) -> None:
        self.moments: list[float] = []

    def poll(self) -> Iterator[Arrival]:
        self.moments.append(time.monotonic())
        yield from ()

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        raise AssertionError

    def close(self) -> None:
        """Nothing is held."""


class BlackHole(Answers):
    """A source that asks an address where nobody ever answers. Without ``patience`` it waits for ever."""

    def __init__(self, address: tuple[str, int], patience: float | None) -> None:
        super().__init__()
        self.address = address
        self.patience = patience

    def poll(self) -> Iterator[Arrival]:
        self.moments.append(time.monotonic())
        try:
            with socket.create_connection(self.address, timeout=self.patience) as line:
                line.recv(1)
        except OSError as error:
            raise Retry("X1", f"no answer: {error}") from error
        yield from ()


@pytest.fixture
def hole() -> Iterator[socket.socket]:
    """Listens and never answers: it takes a few connections and then not even those."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listening:
        yield listening


@pytest.fixture
def route(tmp_path: Path) -> CompiledRoute:
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "r.yaml").write_text("from:\n  file: {path: in}\nto:\n  - file: {path: out}\n")
    (tmp_path / "crossdock.yaml").touch()
    return load_project(
        tmp_path,
        environment={},
        connectors=Registry("crossdock.connectors", Connector),
        codecs=Registry("crossdock.codecs", CodecKind),
    ).routes["r"]


def test_sources_that_answer_are_on_time_whoever_hangs(hole: socket.socket, route: CompiledRoute) -> None:
    address = hole.getsockname()
    sources: list[Answers] = [BlackHole(address, None) for _ in range(HOLES - BRIEF)]
    sources += [BlackHole(address, 0.5) for _ in range(BRIEF)]
    sources += [Answers() for _ in range(SOURCES - HOLES)]
    journal = MemoryJournal(ManualClock())
    begun = time.monotonic()
    with Bystander() as bystander:
        _run(journal, route, sources, over=lambda: _enough(sources[HOLES:], time.monotonic() - begun))
    allowed = LATE * bystander.slowness
    late = PATIENCE * (HOLES / PLACES) + allowed
    for source in sources[HOLES:]:
        assert source.moments[0] - begun < late
        assert _longest_gap([moment for moment in source.moments if moment > begun + late]) < EVERY + allowed
    assert {len(source.moments) for source in sources[: HOLES - BRIEF]} == {1}
    told = {route: one.what.partition(":")[0] for route, one in troubles(journal).items()}
    assert told == {f"r{number}": "fails" for number in range(HOLES - BRIEF, HOLES)}


def _enough(sources: Sequence[Answers], seconds: float) -> bool:
    """Whether the run may end: on a busy machine it goes on until each was polled a few times."""
    return seconds > RUN and (seconds > LONGEST or all(len(source.moments) >= POLLS for source in sources))


def _longest_gap(moments: list[float]) -> float:
    return max((after - before for before, after in pairwise(moments)), default=0.0)


def _run(journal: MemoryJournal, route: CompiledRoute, sources: list[Answers], *, over: Callable[[], bool]) -> None:
    """Poll them all until it is over. What hangs then is left to its daemon thread."""
    intake = Intake(
        watches=[
            Watch(route=replace(route, name=f"r{number}"), open=partial(_itself, source), every=EVERY)
            for number, source in enumerate(sources)
        ],
        open_journal=lambda: journal,
        bus=MemoryBus(),
        new_id=lambda: "",
        keep=1000.0,
        largest=1000,
        reach=lambda name: None,
        slot=Pulse(1).slot(0),
        troubles=Troubles(journal=journal, host="here", now=time.time),
    )
    running = threading.Thread(target=intake.run, args=(over,), daemon=True)
    running.start()
    while not over():
        time.sleep(0.05)


def _itself(source: Answers) -> Answers:
    return source
