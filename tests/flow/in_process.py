"""A project whose runs and commands happen in this process: real files, journal and sinks, and no time for starting."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing

from click.testing import CliRunner
from tests.flow.conftest import Project

from crossdock.bus.memory import MemoryBus
from crossdock.cli.console import load
from crossdock.cli.main import CONFIG, crossdock
from crossdock.errors import ConfigError
from crossdock.ops.send import FilePayload, send_into
from crossdock.runtime.actions import SinkOutcome
from crossdock.runtime.engine import Engine
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.worker import Worker


class InProcess(Project):
    """``finish`` sends what lies in the inbox into route ``edi-in`` and works until nothing is left."""

    def finish(self, *options: str, seconds: float = 90, **environment: str) -> None:
        engine = Engine(load(self.folder), {**os.environ, **environment})
        with closing(engine.open_journal()) as journal:
            journal.start_queues()
            for path in sorted((self.folder / "inbox").glob("[!.]*")):
                send_into(engine, journal, "edi-in", FilePayload(path), path.name, again=True)
                path.unlink()
            worker = Worker(
                owner="test/worker",
                journal=journal,
                bus=MemoryBus(),
                dispatcher=engine.dispatcher,
                courier=engine.courier,
                slot=Pulse(1).slot(0),
                submit=_at_once,
            )
            end, quiet = time.monotonic() + seconds, 0
            while quiet < 3:  # what one round posts is claimed in the next
                quiet = 0 if worker.step() else quiet + 1
                assert time.monotonic() < end, self.log()

    def command(self, *arguments: str) -> dict[str, object]:
        done = CliRunner().invoke(crossdock, [*arguments, "--project", str(self.folder)])
        code = CONFIG if isinstance(done.exception, ConfigError) else done.exit_code
        return json.loads(done.stdout) if "--json" in arguments else {"code": code}


def _at_once(call: Callable[[], Sequence[SinkOutcome]]) -> Future[Sequence[SinkOutcome]]:
    done: Future[Sequence[SinkOutcome]] = Future()
    done.set_result(call())
    return done
