"""``crossdock torture``, shortened: the engine passes on files and on servers, and one that cheats is found out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from crossdock.errors import Halt
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.runtime.clock import SystemClock
from crossdock.testing.servers.postgres import PostgresAddress
from crossdock.testing.servers.rabbitmq import RabbitAddress
from crossdock.testing.servers.server import wait_until
from crossdock.testing.servers.tree import alive, descendants
from crossdock.testing.torture.given import refuse_unfit

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 400  # seconds, on a machine that is busy with other tests

#: What one run has time for; the rest has its turn under other seeds and in the full profile.
PROCESSES = "kill-worker,kill-intake,kill-scheduler,kill-all,destination-away,clock-forward"
SERVERS = "postgres-backends,commit-lost,rabbitmq-queues-deleted,rabbitmq-connections-closed,bus-cut,kill-worker"


@dataclass(frozen=True)
class Told:
    """How a run ended, and its report."""

    code: int
    report: dict[str, object]
    words: str

    @property
    def verdicts(self) -> dict[str, int]:
        verdicts = self.report["verdicts"]
        assert isinstance(verdicts, dict)
        return verdicts


def torture(folder: Path, *options: str, **environment: str) -> Told:
    command = [sys.executable, "-m", "crossdock", "torture", "--seed", "4711", "--json", *options]
    variables = {**os.environ, "TMPDIR": str(folder), **environment}
    run = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=LIMIT)
    assert run.stdout, run.stderr
    (report,) = json.loads(run.stdout)
    return Told(run.returncode, report, run.stderr)


def test_the_embedded_engine_keeps_its_promise_under_faults(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    told = torture(tmp_path, "--minutes", "0.25", "--orders", "500", "--faults", PROCESSES, "--html", str(page))
    assert told.code == 0, told.report["cases"]
    assert set(told.verdicts) == {"ok", "recovered", "in doubt", "unexpected", "duplicated", "lost"}
    assert told.verdicts["ok"] + told.verdicts["recovered"] > 900
    assert told.report["audit"] == "balanced"
    faults = told.report["faults"]
    assert isinstance(faults, list)
    assert len(faults) > 3
    assert "promise kept" in page.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"], "nothing stays behind a good run"


def test_the_distributed_engine_keeps_its_promise_under_faults(
    tmp_path: Path, postgres: PostgresAddress, rabbitmq: RabbitAddress
) -> None:
    """Its servers are its own; that the fixtures have some says that this machine can start them."""
    tmp_path.chmod(0o755)
    told = torture(
        tmp_path,
        "--engine",
        "distributed",
        "--minutes",
        "0.3",
        "--orders",
        "300",
        "--faults",
        SERVERS,
        TMPDIR="/tmp",  # noqa: S108 - PostgreSQL's user must get to its folder
    )
    assert told.code == 0, told.report["cases"]
    assert told.verdicts["ok"] + told.verdicts["recovered"] > 500


def test_a_database_that_has_a_journal_is_refused_and_an_empty_one_is_not(
    postgres: PostgresAddress, rabbitmq: RabbitAddress
) -> None:
    journal, bus = postgres.fresh(), rabbitmq.fresh()
    refuse_unfit(journal, bus)
    PostgresJournal(journal, SystemClock()).close()
    with pytest.raises(Halt, match="T115"):
        refuse_unfit(journal, bus)


def test_a_person_who_interrupts_is_told_the_folder_and_no_process_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crossdock", "torture", "--orders", "300", "--minutes", "5"]
    variables = {**os.environ, "TMPDIR": str(tmp_path)}
    # as a terminal starts it: in a shell's background job SIGINT would be ignored, and stay so through exec
    attended = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    run = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=variables,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=attended,  # noqa: PLW1509 - one thread
    )
    try:
        assert wait_until(lambda: "worker-0" in map(called, descendants(run.pid)), 60)
        family = list(descendants(run.pid))
        run.send_signal(signal.SIGINT)
        words = run.communicate(timeout=60)[1]
    finally:
        run.kill()
    assert f"the scratch folder is kept: {next(tmp_path.glob('crossdock-torture-*'))}" in words
    assert wait_until(lambda: not any(map(alive, family)), 20)


def called(pid: int) -> str:
    """The name of a process in the kernel's table."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


HONEST = "                moving.move(staged, At(folder, name), self._ways)\n"
AGAIN = "os.link(name, name.replace('~', '~again'), src_dir_fd=folder, dst_dir_fd=folder)"
CHEATS = {
    "lost": HONEST.replace("moving", "hash(name) % 50 and moving"),  # of some files only the journal hears
    "duplicated": f"{HONEST}                hash(name) % 50 or {AGAIN}\n",  # some come twice
}


@pytest.mark.parametrize("verdict", CHEATS)
def test_an_engine_that_cheats_is_found_out(verdict: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "connectors", tmp_path / "connectors", ignore=shutil.ignore_patterns("__pycache__"))
    sink = tmp_path / "connectors" / "crossdock_connectors" / "file" / "sink.py"
    assert HONEST in sink.read_text(), "the mutant no longer fits the code"
    sink.write_text(sink.read_text().replace(HONEST, CHEATS[verdict]))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    paths = os.pathsep.join([str(tmp_path / "connectors"), str(ROOT / "engine")])

    told = torture(scratch, "--minutes", "0.05", "--orders", "400", "--faults", "kill-worker", PYTHONPATH=paths)

    assert told.code == 1
    assert told.verdicts[verdict] > 0
    assert "kept" in told.words, "the way to look into it"
    assert list(scratch.iterdir()), "the scratch folder of a broken run stays"
