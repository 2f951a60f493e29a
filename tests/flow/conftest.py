"""Real processes: ``python -m crossdock run`` in a project of its own, with a plug-in that can kill and hang."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.commands import FORKING, Told, command

PLUGIN = '''\
"""A codec of one word a line, some of them deadly, and a sink that writes down what it is sent."""

import os
import signal
import time
from pathlib import Path

from pydantic import BaseModel

from crossdock.codecs.contract import CodecKind, Part
from crossdock.connector import Connector, Done, Effect, SinkKind
from crossdock.errors import Doubt, Halt, Retry
from crossdock.message import read_all


class Nothing(BaseModel):
    pass


class Words:
    parts = "words"
    content_type = "text/plain"

    def read(self, payload):
        for position, word in enumerate(read_all(payload).split(), start=1):
            yield Part(position=position, document={"word": word.decode()}, raw=lambda word=word: word)

    def whole(self, payload):
        return Part(position=1, document={"word": read_all(payload).decode()}, raw=lambda: read_all(payload))

    def write(self, documents):
        for document in documents:
            word = document["word"]
            if word == "kill":
                os.kill(os.getpid(), signal.SIGSEGV)
            if word == "hang":
                while True:
                    time.sleep(1)
            if word == "memory":
                grown = []
                while True:
                    grown.append(bytes(range(256)) * 40_000)
                    time.sleep(0.01)
            yield word.encode() + b"\\n"


class Options(BaseModel):
    to: str
    effect: str = "keyed"
    fail: int = 0
    error: str = "retry"


class Recorder:
    def __init__(self, options, around):
        self.options, self.log = options, around.root / options.to

    def send(self, parcels):
        return [self.one(parcel) for parcel in parcels]

    def one(self, parcel):
        word = parcel.data.decode().strip()
        if word == "stuck":
            time.sleep(1000)
        if word == "slow":
            time.sleep(1)
        with self.log.open("a") as file:
            file.write(f"{parcel.key} {parcel.attempt} {word}\\n")
        if parcel.attempt <= self.options.fail:
            return {"retry": Retry, "doubt": Doubt, "halt": Halt}[self.options.error]("X1", "as the test wants it")
        return Done(word)

    def close(self):
        (self.log.parent / "closed").touch()


CODECS = [CodecKind(name="words", about="Words.", options=Nothing, open=lambda options, around: Words())]
SINK = SinkKind(options=Options, open=Recorder, effect=lambda options: Effect(options.effect))
CONNECTORS = [Connector(name="recorder", about="Writes down.", sink=SINK)]
'''
INBOX = "from:\n  file: {path: inbox, every: 20ms, stable_for: 20ms}\n"


class Project:
    """One project and its run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        for name in ("inbox", "routes", "plugins"):
            (folder / name).mkdir()
        (folder / "plugins" / "words.py").write_text(PLUGIN)

    def write(self, settings: str = "", **routes: str) -> None:
        (self.folder / "crossdock.yaml").write_text(f"name: flow\nplugins: [plugins/words.py]\n{settings}")
        for name, text in routes.items():
            (self.folder / "routes" / f"{name.replace('_', '-')}.yaml").write_text(text)

    def drop(self, text: str | bytes, name: str = "a.txt", folder: str = "inbox") -> None:
        hidden = self.folder / folder / f".{name}"
        hidden.write_bytes(text if isinstance(text, bytes) else text.encode())
        hidden.rename(self.folder / folder / name)

    def start(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "crossdock", "run", *options],
                cwd=self.folder,
                env={**os.environ, **environment},
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        return self.process

    def finish(self, *options: str, seconds: float = 240, **environment: str) -> None:
        """Run until nothing is left."""
        code = self.start("--until-idle", *options, **environment).wait(timeout=seconds)
        assert code == 0, self.log()

    @property
    def run(self) -> subprocess.Popen[bytes]:
        """The run that was started last."""
        assert self.process is not None
        return self.process

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.run.pid}/task/{self.run.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def command(self, *arguments: str) -> dict[str, object]:
        told = self._process(*arguments) if arguments[0] in FORKING else command(self.folder, *arguments)
        try:
            return json.loads(told.output) if "--json" in arguments else {"code": told.code}
        except json.JSONDecodeError:
            raise AssertionError(told.errors) from None

    def _process(self, *arguments: str) -> Told:
        line = [sys.executable, "-m", "crossdock", *arguments]
        run = subprocess.run(line, cwd=self.folder, capture_output=True, text=True, check=False)
        return Told(run.returncode, run.stdout, run.stderr)

    def states(self, queue: str) -> Counter[str]:
        queues = self.command("audit", "--json")["queues"]
        assert isinstance(queues, dict)
        return Counter(queues[queue]["states"]) if queue in queues else Counter()

    def balanced(self) -> bool:
        return bool(self.command("audit", "--json")["balanced"])

    def effects(self, name: str = "out.log") -> list[str]:
        """The words a recorder was sent, in order."""
        return [line.split()[-1] for line in self.lines(name)]

    def lines(self, name: str = "out.log") -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def log(self) -> str:
        return (self.folder / "log.jsonl").read_text()[-4000:]

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGCONT)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.end()


@pytest.fixture
def inbox() -> str:
    return INBOX


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Wait for what other processes do; at most so many seconds."""

    def wait(condition: Callable[[], bool], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        looked = time.monotonic()
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(max(0.02, time.monotonic() - looked))  # to look takes time from those who do it
            looked = time.monotonic()

    return wait
