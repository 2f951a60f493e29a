"""What ``doctor``, ``status`` and ``health`` say of real servers: well, set dangerously, full, blocked, away, frozen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.commands import command
from tests.fault.bystander import Bystander

from crossdock.testing.servers.postgres import Postgres, PostgresAddress
from crossdock.testing.servers.rabbitmq import RabbitAddress, RabbitMQ

ROUTE = "from:\n  file: {path: inbox, every: 50ms, stable_for: 50ms}\nto:\n  - file: {path: out, name: '{$key}.txt'}\n"
NOWHERE = "amqp://127.0.0.1:1/"

Wait = Callable[[Callable[[], bool]], None]


class Project:
    """A project whose journal and bus are given by the environment."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}
        for name in ("routes", "inbox"):
            (folder / name).mkdir()
        (folder / "crossdock.yaml").write_text("name: patient\n")
        (folder / "routes" / "orders.yaml").write_text(ROUTE)

    def command(self, *words: str) -> tuple[int, Any]:
        """The exit code of a command, and what it says as JSON."""
        told = command(self.folder, *words, "--json", environment=self.environment)
        return told.code, json.loads(told.output)

    def codes(self) -> set[str]:
        """What the doctor finds of servers."""
        findings = self.command("doctor")[1]["findings"]
        assert all(finding["hint"] for finding in findings if finding["severity"] != "note"), findings
        return {finding["code"] for finding in findings if finding["code"][:3] in {"H14", "H15", "H19"}}

    def run(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log.jsonl").open("ab") as log:
            command = [sys.executable, "-m", "crossdock", "run"]
            return subprocess.Popen(command, cwd=self.folder, env=self.environment, stderr=log)


def test_servers_that_are_well_are_well(
    tmp_path: Path, postgres: PostgresAddress, rabbitmq: RabbitAddress, wait_until: Wait
) -> None:
    """Patience with a server ends after a second or two: one on a busy machine may be taken for one that hangs."""
    project = Project(tmp_path, CROSSDOCK_JOURNAL=postgres.fresh(), CROSSDOCK_BUS=rabbitmq.fresh())
    wait_until(lambda: project.codes() == {"H153"})  # nobody has declared its queues yet
    assert command(tmp_path, "bus", "declare", environment=project.environment).code in {0, 1}
    wait_until(lambda: project.codes() == set())
    well = {"journal": "ok", "bus": "ok", "admission": "ok"}
    wait_until(lambda: _ready(project) == (0, well))
    wait_until(lambda: project.command("status")[1]["bus"] == {"away": None})


def _ready(project: Project) -> tuple[int, object]:
    code, ready = project.command("health", "ready")
    return code, ready["parts"]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"synchronous_commit": "off"}, "H142"),
        ({"max_connections": "6", "superuser_reserved_connections": "3"}, "H143"),
    ],
)
def test_a_postgresql_that_is_set_badly_is_told(tmp_path: Path, settings: dict[str, str], code: str) -> None:
    with Postgres(settings=settings) as server:
        assert code in Project(tmp_path, CROSSDOCK_JOURNAL=server.url).codes()


def test_a_postgresql_that_is_away_is_told_by_everybody(tmp_path: Path, own_postgres: Postgres) -> None:
    project = Project(tmp_path, CROSSDOCK_JOURNAL=own_postgres.url)
    own_postgres.freeze()
    begun = time.monotonic()
    with Bystander() as bystander:
        assert project.codes() & {"H140", "H199"}
        assert project.command("health", "ready")[0] == 1
    assert time.monotonic() - begun < 20 * bystander.slowness
    own_postgres.thaw()
    own_postgres.stop()
    assert "H140" in project.codes()


def test_a_broker_that_is_away_is_told_by_everybody_and_keeps_nobody_from_being_ready(
    tmp_path: Path, own_rabbitmq: RabbitMQ, wait_until: Wait
) -> None:
    project = Project(tmp_path, CROSSDOCK_BUS=own_rabbitmq.url)
    own_rabbitmq.address.control("set_vm_memory_high_watermark", "0.00000001")
    assert "H152" in project.codes()
    own_rabbitmq.kill()
    assert "H150" in project.codes()
    wait_until(lambda: project.command("health", "ready")[0] == 0)
    ready = project.command("health", "ready")[1]
    assert "away" in ready["parts"]["bus"]
    assert project.command("status")[1]["bus"]["away"]


def test_a_run_that_is_started_before_its_server_waits_for_it(
    tmp_path: Path, own_postgres: Postgres, wait_until: Wait
) -> None:
    project = Project(tmp_path, CROSSDOCK_JOURNAL=own_postgres.url)
    (tmp_path / "inbox" / "a.txt").write_text("a")
    own_postgres.stop()
    run = project.run()
    try:
        wait_until(lambda: "nothing is started" in (tmp_path / "log.jsonl").read_text())
        own_postgres.start()
        wait_until(lambda: (tmp_path / "out").is_dir() and len(list((tmp_path / "out").glob("*.txt"))) == 1)
    finally:
        run.send_signal(signal.SIGTERM)
    assert run.wait(timeout=60) == 0
