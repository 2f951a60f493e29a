"""A project with one route over the connector, and the real ``crossdock run`` in it: started, killed, stopped, asked."""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector, Surroundings
from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Item
from crossdock.ops import parked
from crossdock.ops.connections import tried
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project
from crossdock.runtime.engine import Engine
from crossdock.testing.connector_suite.ground import Ground, Options
from crossdock.testing.route_cases import run_route_cases
from crossdock.testing.torture.host import Host

ROUTE = "suite"
LEDGER = "ledger.txt"
SECONDS = 120.0  # for whatever other processes are to do, on a busy machine

#: A sink for the routes that try a source: writes down what it is sent, and rejects what is poison until it is mended.
PLUGIN = '''\
"""``ledger``: one line for every parcel it was sent: key, SHA-256 and size. Knows a parcel by its key."""

import hashlib

from pydantic import BaseModel, ConfigDict

from crossdock.connector import Connector, Done, Effect, SinkKind
from crossdock.errors import Retry


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ledger:
    def __init__(self, options, around):
        self._file = around.root / "ledger.txt"
        self._mended = around.root / "mended"

    def send(self, parcels):
        return [self._one(parcel) for parcel in parcels]

    def _one(self, parcel):
        if b"poison" in parcel.data and not self._mended.exists():
            return Retry("LEDGER1", "poison", only_this=True)
        with self._file.open("a") as file:
            file.write(f"{parcel.key} {hashlib.sha256(parcel.data).hexdigest()} {parcel.attempt}\\n")
        return Done(parcel.key)

    def close(self):
        """Nothing is held."""


SINK = SinkKind(options=Options, open=Ledger, effect=lambda options: Effect.KEYED)
CONNECTORS = [Connector(name="ledger", about="Writes down what it is sent.", sink=SINK)]
'''
_GREETING = re.compile(r"(?:^(?!\{).*\n)*^logs follow .*\n", re.MULTILINE)  # what is for people, before the first log
_FROM = (
    "from:\n  {name}: {options}\nenabled: {enabled}\nto:\n  - ledger: {{}}\n    retry: {{attempts: 2, first: 50ms}}\n"
)
_TO = (
    "from:\n  file: {{path: suite-inbox, every: 20ms, stable_for: 20ms}}\nsteps:\n  - decode: json\nto:\n"
    "  - {name}: {options}\n    retry: {{attempts: 20, first: 100ms, max: 500ms}}\n"
)


class SuiteProject:
    """The project in the ground's folder. Use ``close`` at the end: whatever still runs is killed."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.root = ground.root
        for name in ("plugins", "routes", "secrets", "suite-inbox"):
            (self.root / name).mkdir(exist_ok=True)
        (self.root / "plugins" / "ledger.py").write_text(PLUGIN)
        (self.root / "crossdock.yaml").write_text("name: suite\nplugins: [plugins/ledger.py]\n")
        self.host = Host("suite", self.root, self.root / "log.jsonl", os.environ, workers=1)

    def reads(self, options: Options, *, enabled: bool = True) -> None:
        """The route brings what the connector finds into the ledger."""
        self._write(_FROM, options, "true" if enabled else "false")

    def writes(self, options: Options) -> None:
        """The route sends what lies in the suite's own inbox to the connector."""
        self._write(_TO, options, "")

    def removed(self) -> None:
        """No route has the connector any more."""
        (self.root / "routes" / f"{ROUTE}.yaml").write_text("from: {file: {path: suite-inbox}}\nto:\n  - ledger: {}\n")

    def drop(self, number: int) -> None:
        """An order for the route that ``writes``."""
        order = {"number": str(number), "key": f"k{number}", "status": "new", "buyer": {"id": "ACME"}}
        hidden = self.root / "suite-inbox" / f".{number}"
        hidden.write_text(json.dumps(order))
        hidden.rename(self.root / "suite-inbox" / f"{number}.json")

    def finish(self, **environment: str) -> None:
        """Run until nothing is left."""
        self.host.start("--until-idle", **environment)
        code = self.host.wait(SECONDS)
        assert code == 0, f"exit code {code}\n{self.log()}"

    def dies_at(self, point: str) -> None:
        """Run until nothing is left, where the first process that passes that fail point is killed there."""
        once = self.root / "killed"
        once.unlink(missing_ok=True)
        self.finish(CROSSDOCK_FAIL=f"{point}:1", CROSSDOCK_FAIL_ONCE=str(once))
        assert once.exists(), f"nobody passed {point}"

    def ledger(self) -> list[tuple[str, str]]:
        """Key and SHA-256 of everything the ledger was sent, each once: it knows a parcel by its key."""
        path = self.root / LEDGER
        lines = path.read_text().splitlines() if path.exists() else []
        return sorted({(line.split()[0], line.split()[1]) for line in lines})

    def loaded(self) -> LoadedProject:
        """The project, as every command loads it. Raises ``ConfigError``."""
        connectors = Registry("crossdock.connectors", Connector)
        codecs = Registry("crossdock.codecs", CodecKind)
        return load_project(self.root, environment=os.environ, connectors=connectors, codecs=codecs)

    def look(self) -> None:
        """What has no side effects: load it, run its cases, try its connections."""
        project = self.loaded()
        assert list(run_route_cases(project, ())) == []
        tried(project, lambda name: Surroundings(root=self.root, name=name, now=lambda: datetime.now(UTC)))

    def states(self) -> Counter[str]:
        """How many works are in which state, all queues together; the account must balance."""
        with closing(Engine(self.loaded(), os.environ).open_journal()) as journal:
            account = journal.audit()
        assert account.balanced, account
        return sum((Counter({str(state): n for state, n in one.states.items()}) for one in account.sums), Counter())

    def dead(self) -> list[Item]:
        """What was given up."""
        with closing(Engine(self.loaded(), os.environ).open_journal()) as journal:
            return list(parked.listed(journal, (State.DEAD,), None, 100))

    def replay(self, item: Item) -> None:
        """Try it again, as ``crossdock dead replay`` does."""
        with closing(Engine(self.loaded(), os.environ).open_journal()) as journal:
            found = parked.found(journal, item.message.id, (State.DEAD,))
            assert parked.decide(journal, found, Event.RELEASE, "mended") == 1

    def until(self, condition: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Wait for what the processes do."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"it did not happen in time\n{self.log()}"
            time.sleep(0.02)

    def log(self) -> str:
        """The end of what the processes logged."""
        path = self.root / "log.jsonl"
        return path.read_text()[-4000:] if path.exists() else ""

    def told(self) -> list[dict[str, object]]:
        """Everything that was logged, line by line, without the greeting of each start. Raises ``ValueError`` for a line that is no JSON."""
        path = self.root / "log.jsonl"
        text = _GREETING.sub("", path.read_text()) if path.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def files_with(self, secrets: Sequence[str]) -> list[str]:
        """The files of the project that hold a secret, where it does not belong."""
        found = (path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink())
        elsewhere = [path for path in found if path.relative_to(self.root).parts[0] != "secrets"]
        return [path.name for path in elsewhere if _holds(path, secrets)]

    def close(self) -> None:
        """Kill what still runs."""
        if self.host.running:
            self.host.kill()

    def _write(self, form: str, options: Options, enabled: str) -> None:
        safe = dict(self._without_secrets(options))
        text = form.format(name=self.ground.connector.name, options=json.dumps(safe), enabled=enabled)
        (self.root / "routes" / f"{ROUTE}.yaml").write_text(text)

    def _without_secrets(self, options: Options) -> Iterator[tuple[str, object]]:
        """Options as an author writes them: what holds a secret is a reference to it."""
        for name, value in options.items():
            if isinstance(value, dict):
                yield name, dict(self._without_secrets(value))
            elif isinstance(value, str) and any(secret in value for secret in self.ground.secrets):
                (Path(self.root) / "secrets" / f"suite_{name}").write_text(value)
                yield name, f"${{secret:suite_{name}}}"
            else:
                yield name, value


def _holds(path: Path, secrets: Sequence[str]) -> bool:
    data = path.read_bytes() if secrets else b""
    return any(one.encode() in data for one in secrets)
