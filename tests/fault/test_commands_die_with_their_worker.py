"""kill -9 of whoever runs a program: the program and all that it began are gone at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from crossdock.testing.servers.server import wait_until

WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from crossdock.connector import Parcel, Surroundings
from crossdock.message import Inline
from crossdock_connectors.command import CommandSink, SinkOptions

around = Surroundings(root=Path(sys.argv[1]), name="r/command", now=lambda: datetime.now(UTC))
sink = CommandSink(SinkOptions.model_validate({"run": ["./program"], "within": "60s"}), around)
sink.send([Parcel(key="k", message="01a1a0e4-7c30-7abc-8000-000000000001", payload=Inline(b""))])
"""


def test_a_program_and_its_children_die_with_the_worker(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    (tmp_path / "program").write_text(
        f"#!/bin/sh\nsetsid sleep 60 &\necho $$ $! > {pids}.part\nmv {pids}.part {pids}\nsleep 60\n"
    )
    (tmp_path / "program").chmod(0o755)
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)])
    try:
        assert wait_until(pids.exists, 20)
        begun = [Path(f"/proc/{pid}") for pid in pids.read_text().split()]
        assert all(one.exists() for one in begun)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    assert wait_until(lambda: not any(one.exists() for one in begun), 10)
