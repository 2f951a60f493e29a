"""Every bus passes the same suite; and how the embedded one spares the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crossdock.bus.contract import Hint
from crossdock.bus.embedded import LONGEST, SHORTEST, EmbeddedBus
from crossdock.bus.memory import MemoryBus
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.testing.bus_suite import BusBench, BusSuite
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import arrival


class _Time:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.passed += seconds

    def monotonic(self) -> float:
        return self.passed


class TestMemoryBus(BusSuite):
    @pytest.fixture
    def bench(self) -> BusBench:
        bus = MemoryBus()
        return BusBench(bus, bus, bus.publish, lambda: 0.0)


class TestEmbeddedBus(BusSuite):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[BusBench]:
        clock, path, time = ManualClock(), tmp_path / "journal.db", _Time()
        journals = [SqliteJournal(path, clock) for _ in range(2)]
        here, there = (EmbeddedBus(journal.changed, time.sleep, time.monotonic) for journal in journals)
        numbers = iter(range(1, 10_000))

        def tell(hints: list[Hint]) -> None:
            journals[1].accept([arrival(next(numbers)) for _ in hints])
            there.publish(hints)

        yield BusBench(here, there, tell, time.monotonic)
        for journal in journals:
            journal.close()


def test_the_embedded_bus_looks_often_at_first_and_lazily_later() -> None:
    time = _Time()
    EmbeddedBus(lambda: 1, time.sleep, time.monotonic).wait(2.0, lambda: False)
    assert time.pauses[0] == SHORTEST
    assert time.pauses[-1] == LONGEST
    assert time.pauses == sorted(time.pauses)
    assert len(time.pauses) < 120


def test_the_embedded_bus_is_not_woken_by_what_its_own_worker_commits(tmp_path: Path) -> None:
    time = _Time()
    journal = SqliteJournal(tmp_path / "journal.db", ManualClock())
    bus = EmbeddedBus(journal.changed, time.sleep, time.monotonic)
    journal.accept([arrival(1)])
    bus.wait(0.5, lambda: False)
    assert time.passed >= 0.5
    journal.close()


def test_a_claim_that_finds_nothing_wakes_nobody(tmp_path: Path) -> None:
    clock, path, time = ManualClock(), tmp_path / "journal.db", _Time()
    worker, other = SqliteJournal(path, clock), SqliteJournal(path, clock)
    bus = EmbeddedBus(other.changed, time.sleep, time.monotonic)
    assert worker.claim("orders", owner="host/1", limit=10, lease=60.0) == []
    worker.give_back(crashed=True)
    bus.wait(0.5, lambda: False)
    assert time.passed >= 0.5
    worker.close()
    other.close()
