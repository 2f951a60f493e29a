"""The simulation itself: one seed, one run, byte for byte; a plan that fails gets small and can be run again."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import msgspec
import pytest

from crossdock.connector import Arrival, Source, Verdict
from crossdock.journal.contract import Journal
from crossdock.route.compiled import CompiledRoute
from crossdock.runtime.intake import Intake
from crossdock.testing.simulation import Defects, Fault, Plan, plan_of, shrink, simulate, simulate_seeds
from crossdock.testing.simulation.__main__ import main
from crossdock.testing.simulation.project import DESTINATIONS
from crossdock.testing.simulation.source import File

EVENTS = tuple(File(f"events-{n}", 0.0, (b'{"number": "e%d", "customer": "C"}' % n,)) for n in range(1, 5))
ORDER = File("orders-1", 0.0, (b'{"number": "A1", "customer": "x"}',))
QUIET = Plan(seed=1, hosts=1, workers=1, orders=(ORDER,), events=EVENTS, faults=())
PRINT_FINGERPRINTS = """\
from crossdock.testing.simulation import simulate_seeds
print(" ".join(verdict.fingerprint for verdict in simulate_seeds(range(12))))
"""


class SettlesFirst(Intake):
    """A source is told that its file is safe before it is."""

    def _accept(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        for arrival in batch:
            source.settle(arrival, Verdict.ACCEPTED)
        super()._accept(route, source, journal, batch)


def test_a_run_without_faults_delivers_everything_once() -> None:
    verdict = simulate(QUIET)
    assert verdict.ok, verdict
    assert [what for _, who, what in verdict.entries if who == "ordered"] == [f"effect of e{n}" for n in range(1, 5)]
    assert sum(what == "effect of A1" for _, _, what in verdict.entries) == len(DESTINATIONS["orders"])


def test_a_seed_gives_the_same_run_again() -> None:
    first = [verdict.entries for verdict in simulate_seeds(range(20))]
    assert [verdict.entries for verdict in simulate_seeds(range(20))] == first


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_a_seed_gives_the_same_run_in_every_process(hash_seed: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PRINT_FINGERPRINTS],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [verdict.fingerprint for verdict in simulate_seeds(range(12))]


def test_events_keep_their_sequence_while_calls_to_the_journal_are_lost() -> None:
    faults = (Fault(0.0, "calls lost", "host1", 20.0, 0.5),)
    for seed in range(20):
        verdict = simulate(replace(QUIET, seed=seed, faults=faults))
        assert verdict.ok, verdict


def test_a_plan_that_fails_becomes_small_and_fails_in_the_same_way() -> None:
    defects = Defects(intake=SettlesFirst)
    faults = (
        Fault(0.0, "calls lost", "host1", 20.0, 0.9),
        Fault(3.0, "slow", "keyed", 30.0, 50.0),
        Fault(5.0, "clock"),
    )
    failed = simulate(replace(QUIET, workers=2, faults=faults), defects)
    assert failed.rule in {"accepted", "lost"}
    small = shrink(failed, defects)
    assert small.rule == failed.rule
    assert small.plan.workers == 1
    assert [fault.kind for fault in small.plan.faults] == ["calls lost"]
    assert small.plan.documents() == 1


def test_a_plan_survives_its_way_through_a_file() -> None:
    for seed in range(50):
        plan = plan_of(seed)
        assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


def test_the_command_runs_seeds_and_tells_how_many_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "3"]) == 0
    assert "3 seeds in" in capsys.readouterr().out


def test_the_command_shows_one_seed_as_it_happened(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seed", "3"]) == 0
    shown = capsys.readouterr().out
    assert str(plan_of(3)) in shown
    assert "seed 3: every promise held" in shown
