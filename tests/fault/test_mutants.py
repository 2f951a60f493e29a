"""Each safety of the engine taken out, one at a time: a test must notice. A safety nobody would miss is not tested."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutant:
    """``old`` in ``file`` becomes ``new``; then ``test`` must fail."""

    name: str
    file: str
    old: str
    new: str
    test: str


KILL = "tests/fault/test_kill.py::test_a_process_that_dies_at_a_fail_point_costs_nothing"
MUTANTS = (
    Mutant(
        name="a provable effect is not journalled before it is finished",
        file="engine/crossdock/runtime/delivery.py",
        old="held = _rows((yield Advance([work for work, _ in pairs], Phase.STAGED, [proof for _, proof in pairs])))",
        new="held = {work.row for work, _ in pairs}",
        test=f"{KILL}[sink.after_finish]",
    ),
    Mutant(
        name="the token of a lease is not checked when work is settled",
        file="engine/crossdock/journal/sqlite/writing.py",
        old="held.get(result.work.row, (None, 0))[0] == result.work.token",
        new="result.work.row in held",
        test="tests/contract/test_journals.py::TestSqliteJournal::test_a_late_settle_does_not_settle_the_next_holders_work",
    ),
    Mutant(
        name="the identity of an arrival is not recorded",
        file="engine/crossdock/journal/sqlite/guards.py",
        old="connection.executemany(_TAKE, taken)",
        new="del taken",
        test=f"{KILL}[intake.before_settle]",
    ),
    Mutant(
        name="a commit is not flushed",
        file="engine/crossdock/journal/sqlite/session.py",
        old='connection.pragma("synchronous", synchronous)',
        new='connection.pragma("synchronous", "NORMAL")',
        test="tests/fault/test_power_cut.py",
    ),
    Mutant(
        name="the source is settled before its payload is durable",
        file="engine/crossdock/runtime/intake.py",
        old="        known = journal.accept(entries)\n",
        new="        for arrival in batch:\n            source.settle(arrival, Verdict.ACCEPTED)\n        known = journal.accept(entries)\n",
        test=f"{KILL}[accept.before_commit]",
    ),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_safety_that_is_taken_out_is_missed(mutant: Mutant, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in ("engine", "connectors"):
        shutil.copytree(ROOT / name, tree / name)  # what is compiled too: it stays good for what is not changed
    path = tree / mutant.file
    source = path.read_text()
    assert mutant.old in source, "the mutant no longer fits the code"
    path.write_text(source.replace(mutant.old, mutant.new))
    roots = [str(tree / "engine"), str(tree / "connectors")]

    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-qx",
            "-p",
            "no:cacheprovider",
            "-o",
            f"pythonpath={' '.join(roots)}",
            mutant.test,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(roots)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1, f"nobody missed it\n{run.stdout[-3000:]}{run.stderr[-1000:]}"
