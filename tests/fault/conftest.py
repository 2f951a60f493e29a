"""A rig for crash tests: a real project with real processes, killed at will and judged by what reached its sinks."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.commands import command

from crossdock.testing.orders import interchange
from crossdock.testing.torture.ledger import Taker, files

ROOT = Path(__file__).resolve().parents[2]

#: Of all mappings these only: a run that is killed a hundred times is started as often, and loads them each time.
MAPPINGS = ("x12-850-to-order.yaml", "order-to-erp-flat.yaml", "layouts/erp-order.yaml")
ORDERS_IN = """\
from:
  file: {path: inbox, every: 50ms, stable_for: 50ms}
steps:
  - decode: x12
  - split: transactions
  - map: x12-850-to-order
  - validate: order/v1
  - once: {key: "[buyer.id, number]", within: 90d}
to:
  - topic: order.received
"""
# Each effect gets a name of its own moment: doing one twice would leave two files.
ORDERS_OUT = """\
from:
  topic: order.received
to:
  - file: {path: out/single, name: "{number}-{$now:%H%M%S%f}.txt"}
    map: order-to-erp-flat
    encode: {fixed: erp-order}
  - file: {path: out/batch, name: "{$now:%H%M%S%f}-{$key}.jsonl"}
    name: batch
    encode: {json: {lines: true}}
    batch: {count: 200, wait: 200ms}
"""


class Rig:
    """One project under fire. ``environment`` reaches every process (fail points)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("routes", "inbox", "mappings/layouts"):
            (folder / name).mkdir(parents=True)
        for name in MAPPINGS:
            shutil.copyfile(ROOT / "mappings" / name, folder / "mappings" / name)
        shutil.copytree(ROOT / "mappings/tables", folder / "mappings/tables")
        (folder / "crossdock.yaml").write_text("name: rig\nlimits: {step: 10s}\n")
        (folder / "routes" / "orders-in.yaml").write_text(ORDERS_IN)
        (folder / "routes" / "orders-out.yaml").write_text(ORDERS_OUT)
        self.numbers: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def drop(self, files: int, orders: int) -> None:
        """Put files of orders into the inbox, each whole."""
        for index in range(files):
            first = len(self.numbers) + 1
            temporary = self.folder / "inbox" / f".orders-{first}.tmp"
            with temporary.open("wb") as file:
                file.writelines(interchange(orders, lines=2, control=index + 1, first=first))
            temporary.rename(self.folder / "inbox" / f"orders-{first:06d}.edi")
            self.numbers += [f"PO{number:07d}" for number in range(first, first + orders)]

    def start(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """``crossdock run`` in a process group of its own."""
        command = [sys.executable, "-m", "crossdock", "run", "--workers", "2", *options]
        with (self.folder / "log.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **environment},
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        return self.process

    def kill_group(self) -> None:
        """SIGKILL to the supervisor and all its processes at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL to one process of the run, other than the supervisor."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        if children:
            try:
                os.kill(int(chance.choice(children)), signal.SIGKILL)
                self.kills += 1
            except ProcessLookupError:
                return

    def finish(self, seconds: float = 240) -> None:
        """Run what is left to its end."""
        self.start("--until-idle").wait(timeout=seconds)
        assert self.process is not None
        assert self.process.returncode == 0, self.log()

    def command(self, *arguments: str) -> object:
        """What a command prints as JSON."""
        return json.loads(command(self.folder, *arguments, "--json").output)

    def log(self) -> str:
        """The last of what the processes logged."""
        return (self.folder / "log.jsonl").read_text()[-4000:]

    def effects(self) -> tuple[Counter[str], Counter[str]]:
        """How often each order reached either destination."""
        single = Counter(path.name.split("-")[0] for path in self._files("single"))
        batch: Counter[str] = Counter()
        for path in self._files("batch"):
            batch.update(json.loads(line)["number"] for line in path.read_text().splitlines())
        return single, batch

    def judge(self) -> None:
        """Nothing lost, no effect twice, audit balanced, nothing parked, no leftovers."""
        once = Counter(self.numbers)
        single, batch = self.effects()
        for name, found in (("single", single), ("batch", batch)):
            lost = [number for number in once if not found[number]]
            twice = [number for number, count in found.items() if count > 1]
            assert not lost, f"{name}: {len(lost)} lost, such as {lost[:5]}\n{self.log()}"
            assert not twice, f"{name}: {len(twice)} twice, such as {twice[:5]}\n{self.log()}"
            assert set(found) == set(once)
        account = self.command("audit")
        assert isinstance(account, dict)
        assert account["balanced"], account
        states = Counter[str]()
        for queue in account["queues"].values():
            states.update(queue["states"])
        assert set(states) <= {"delivered", "skipped"}, states
        assert not list((self.folder / "inbox").glob("*.edi"))

    @property
    def sinks(self) -> Path:
        """The folders of the destinations; the partner's, below ``taken``, too."""
        return self.folder / "out"

    def _files(self, name: str) -> list[Path]:
        return [path for path in files(self.sinks) if path.parent.name == name]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A project with two destinations, and somebody who takes its files at once."""
    made = Rig(tmp_path)
    taker = Taker(made.sinks)
    taker.start()
    yield made
    taker.close()
    if made.process is not None and made.process.poll() is None:
        made.kill_group()


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Wait for a condition, at most three minutes."""

    def wait(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 180
        while not condition():
            assert time.monotonic() < end, "it did not happen within 180 s"
            time.sleep(0.02)

    return wait
