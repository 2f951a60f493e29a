"""A destination goes away and comes back under real processes: its messages wait, others go on, nothing is spent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.commands import command

ROUTE = """\
from:
  file: {path: inbox, every: 50ms, stable_for: 50ms}
steps:
  - decode: {json: {lines: true}}
  - split: items
to:
  - file: {path: away, mkdirs: false, name: "{n}.json"}
    name: away
    breaker: {failures: 2, open: 200ms, max: 500ms}
  - file: {path: there, name: "{n}.json"}
    name: there
"""


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "routes").mkdir()
        (folder / "inbox").mkdir()
        (folder / "crossdock.yaml").write_text("name: outage\n")
        (folder / "routes" / "orders.yaml").write_text(ROUTE)

    def run(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "crossdock", "run", "--workers", "2", "--until-idle", "--patience", "600"]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def says(self, *words: str) -> Any:  # noqa: ANN401 - JSON of a command
        return json.loads(command(self.folder, *words, "--json").output)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_destination_that_comes_back_gets_everything_once_and_no_attempts_were_spent(project: Project) -> None:
    orders = "\n".join(json.dumps({"n": n}) for n in range(60))
    (project.folder / "inbox" / "orders.jsonl").write_text(orders)
    process = project.run()
    until(lambda: len(list((project.folder / "there").glob("*.json"))) == 60)
    until(lambda: bool(project.says("breaker", "list")))
    time.sleep(2.0)

    (left_alone,) = project.says("breaker", "list")
    assert (left_alone["queue"], left_alone["by_hand"]) == ("orders/away", False)
    assert project.says("status")["breakers"][0]["code"].startswith("K4")
    assert "H161" in {finding["code"] for finding in project.says("doctor")["findings"]}
    assert (
        project.says("status")["queues"]["orders/away"]["waiting"]
        + project.says("status")["queues"]["orders/away"].get("working", 0)
        == 60
    )

    (project.folder / "away").mkdir()
    assert process.wait(timeout=60) == 0
    assert len(list((project.folder / "away").glob("*.json"))) == 60
    assert project.says("breaker", "list") == []
    assert project.says("audit")["balanced"]
    shutil.rmtree(project.folder / "away")


def test_a_run_until_idle_does_not_wait_for_ever_for_a_destination_that_is_away(project: Project) -> None:
    (project.folder / "inbox" / "orders.jsonl").write_text("\n".join(json.dumps({"n": n}) for n in range(10)))
    command = [sys.executable, "-m", "crossdock", "run", "--until-idle", "--patience", "1", "--json"]
    ended = subprocess.run(command, cwd=project.folder, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 4
    assert json.loads(ended.stdout)["away"] == {"orders/away": 10}
    assert len(list((project.folder / "there").glob("*.json"))) == 10
    (project.folder / "away").mkdir()
    assert project.run().wait(timeout=60) == 0
    assert len(list((project.folder / "away").glob("*.json"))) == 10
