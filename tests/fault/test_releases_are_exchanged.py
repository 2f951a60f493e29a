"""A project's folder is a link that every release exchanges: under a run that watches, SIGHUP, kills and a restart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.commands import command
from tests.flow.conftest import PLUGIN

ROUTE = (
    "from:\n  file: {path: inbox, every: 20ms, stable_for: 20ms}\n"
    "to:\n  - file: {path: out, name: '{$header.file.name}~$VERSION'}\n    retry: {first: 100ms, attempts: 3}\n"
)


class Releases:
    """Releases beside each other, a link ``current`` to one of them, and what all share."""

    def __init__(self, root: Path, *, shared: tuple[str, ...]) -> None:
        self.root = root
        self.shared = shared
        self.runs: list[subprocess.Popen[bytes]] = []
        for name in shared:
            (root / "shared" / name).mkdir(parents=True)

    def release(self, name: str, version: str) -> Path:
        folder = self.root / "releases" / name
        for part in ("routes", "plugins"):
            (folder / part).mkdir(parents=True)
        (folder / "crossdock.yaml").write_text("name: shop\n")
        (folder / "routes" / "r.yaml").write_text(ROUTE.replace("$VERSION", version))
        (folder / "plugins" / "words.py").write_text(PLUGIN)
        for part in self.shared:
            (folder / part).symlink_to(f"../../shared/{part}")
        return folder

    def lead_to(self, name: str) -> None:
        coming = self.root / "coming"
        coming.symlink_to(f"releases/{name}")
        coming.rename(self.root / "current")

    def start(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "crossdock", "run", "--project", "current", *options]
        with (self.root / "log.jsonl").open("ab") as log:
            run = subprocess.Popen(
                line, cwd=self.root, env={**os.environ, **environment}, stderr=log, start_new_session=True
            )
        self.runs.append(run)
        return run

    def log(self) -> str:
        return (self.root / "log.jsonl").read_text()

    def drop(self, number: int) -> None:
        folder = self.root / "current" / "inbox"
        folder.mkdir(exist_ok=True)
        (folder / f".{number}").write_text("x")
        (folder / f".{number}").rename(folder / f"f{number}")

    def arrived(self) -> Counter[str]:
        """By name, how many files came of each, wherever."""
        found = {path.resolve() for path in self.root.rglob("out/*~*")}
        return Counter(path.name.partition("~")[0] for path in found)

    def audit(self) -> dict[str, object]:
        told = command(self.root, "audit", "--json", "--project", "current")
        return {"code": told.code, "text": told.output}

    def end(self) -> None:
        for run in self.runs:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
                run.wait()


@pytest.fixture
def releases(tmp_path: Path) -> Iterator[Callable[..., Releases]]:
    made: list[Releases] = []

    def make(*shared: str) -> Releases:
        made.append(Releases(tmp_path, shared=shared))
        return made[-1]

    yield make
    for one in made:
        one.end()


def test_links_exchanged_under_a_stream_lose_and_double_nothing(
    releases: Callable[..., Releases], wait_until: Callable[..., None]
) -> None:
    ground = releases(".crossdock", "inbox")
    for number in range(4):
        ground.release(str(number), f"v{number}")
    ground.lead_to("0")
    run = ground.start("--watch", "--workers", "2")
    wait_until(lambda: "logs follow" in ground.log())
    numbers = iter(range(100_000))
    for exchanged in range(1, 4):
        until, dropped = 10 * exchanged, 0
        while ground.log().count("loaded anew: the project's folder") < exchanged:
            dropped = next(numbers)
            ground.drop(dropped)
            time.sleep(0.01)
            if dropped > until and (ground.root / "current").readlink().name != str(exchanged):
                ground.lead_to(str(exchanged))
    dropped = next(numbers)
    ground.drop(dropped)
    wait_until(lambda: len(ground.arrived()) == dropped + 1)
    assert set(ground.arrived().values()) == {1}
    run.terminate()
    assert run.wait(timeout=60) == 0
    assert '"balanced": true' in str(ground.audit()["text"])
    assert "routes/r.yaml:4:1: warning K313: 'out' lie" in ground.log()


def test_what_was_staged_in_a_release_is_finished_there_after_a_kill_and_an_exchange(
    releases: Callable[..., Releases], wait_until: Callable[..., None]
) -> None:
    ground = releases(".crossdock", "inbox")
    ground.release("1", "one")
    ground.release("2", "two")
    ground.lead_to("1")
    run = ground.start(CROSSDOCK_FAIL="sink.before_finish:1:stop", CROSSDOCK_FAIL_ONCE=str(ground.root / "fired"))
    ground.drop(1)
    wait_until((ground.root / "fired").exists)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    ground.lead_to("2")
    assert ground.start("--until-idle").wait(timeout=60) == 0, ground.log()
    assert [path.name for path in (ground.root / "releases/1/out").iterdir()] == ["f1~one"]
    assert ground.arrived() == {"f1": 1}


def test_a_journal_that_a_release_would_leave_behind_is_told_and_the_exchange_refused(
    releases: Callable[..., Releases], wait_until: Callable[..., None]
) -> None:
    ground = releases("inbox", "out")
    ground.release("1", "one")
    ground.release("2", "two")
    ground.lead_to("1")
    run = ground.start("--watch")
    wait_until(lambda: "logs follow" in ground.log())
    assert "crossdock.yaml:1:1: warning K312: the journal" in ground.log()
    ground.lead_to("2")
    wait_until(lambda: "refused: what was loaded before goes on" in ground.log())
    assert "crossdock.yaml:1:1: error R480: the project's folder is another one" in ground.log()
    run.send_signal(signal.SIGHUP)
    wait_until(lambda: ground.log().count("R480") == 2)
    ground.drop(1)
    wait_until(lambda: ground.arrived() == {"f1": 1})
    assert not (ground.root / "releases/2/.crossdock").exists()
    assert run.poll() is None
