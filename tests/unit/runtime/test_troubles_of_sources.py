"""Sources that fail or do not answer are told where everybody can see it, and no longer when they answer again."""

from __future__ import annotations

import logging
from concurrent.futures import Future

import pytest
from tests.unit.runtime.conftest import Rig

from crossdock.connector import Source
from crossdock.runtime.troubles import LOOK_EVERY, Troubles, troubles
from crossdock.runtime.watches import SILENT, Polled, Watch

ROUTE = "from:\n  file: {path: in}\nto:\n  - fake: {to: out}\n"


class Bench:
    """One watched source and a clock of its own."""

    def __init__(self, rig: Rig) -> None:
        rig.start(r=ROUTE)
        self.journal = rig.journal
        self.watch = Watch(route=rig.project.routes["r"], open=_never, every=1.0)
        self.time = 1000.0
        self.intake = Troubles(journal=rig.journal, host="here", now=rig.clock.now, monotonic=lambda: self.time)

    def told(self) -> dict[str, str]:
        """What everybody sees after another look."""
        self.time += LOOK_EVERY
        self.intake.look([self.watch])
        return {route: one.what for route, one in troubles(self.journal).items()}


def _never() -> Source:
    raise AssertionError


@pytest.fixture
def bench(rig: Rig) -> Bench:
    return Bench(rig)


def test_a_source_that_fails_is_told_until_it_answers(bench: Bench) -> None:
    assert bench.told() == {}
    bench.watch.failures, bench.watch.why = 1, "X1: no way there"
    assert bench.told() == {"r": "fails: X1: no way there"}
    bench.watch.failures = 0
    assert bench.told() == {}


def test_since_when_it_fails_stays_whatever_it_says(bench: Bench, rig: Rig) -> None:
    bench.watch.failures, bench.watch.why = 1, "X1: no way there"
    bench.told()
    since = troubles(bench.journal)["r"].since
    rig.clock.advance(60)
    bench.watch.why = "X2: refused"
    assert bench.told() == {"r": "fails: X2: refused"}
    assert troubles(bench.journal)["r"].since == since


def test_a_source_that_does_not_answer_is_told_and_logged_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "crossdock.intake")
    bench.watch.poll, bench.watch.begun, bench.watch.stirred = Future[Polled](), bench.time, bench.time
    assert bench.told() == {}
    bench.time += SILENT
    assert bench.told() == {"r": "does not answer"}
    assert bench.told() == {"r": "does not answer"}
    bench.watch.poll.set_result(Polled.NOTHING)
    assert bench.told() == {}
    assert [record.message.split(" for ")[0] for record in caplog.records] == [
        "the source of route r does not answer",
        "the source of route r has answered",
    ]


def test_what_a_run_before_has_told_goes_when_the_source_answers(bench: Bench, rig: Rig) -> None:
    bench.watch.failures, bench.watch.why = 1, "X1: no way there"
    bench.told()
    bench.watch.failures = 0
    bench.intake = Troubles(journal=rig.journal, host="another", now=rig.clock.now, monotonic=lambda: bench.time)
    assert bench.told() == {}
