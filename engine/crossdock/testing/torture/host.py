"""One ``crossdock run`` with its processes, to be hurt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from crossdock.testing.servers.tree import Guard, alive, descendants, freeze_tree, kill_tree, thaw_tree

_GRACE = 60.0  # seconds a run may take to finish what it has in hand


class Host:
    """A run of the project in ``folder``. What it logs is added to ``log``; ``module`` is what is run."""

    def __init__(
        self,
        name: str,
        folder: Path,
        log: Path,
        environment: Mapping[str, str],
        workers: int,
        module: str = "crossdock",
    ) -> None:
        self.name = name
        self._module = module
        self._folder, self.log = folder, log
        self._environment = dict(environment)
        self._workers = workers
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    def pid(self) -> int:
        """The supervisor."""
        return self._process.pid if self._process is not None else 0

    @property
    def running(self) -> bool:
        """Whether the supervisor lives."""
        return self._process is not None and self._process.poll() is None

    def start(self, *options: str, **environment: str) -> None:
        """``crossdock run`` in a session of its own."""
        command = [sys.executable, "-m", self._module, "run", "--workers", str(self._workers), *options]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env={**self._environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        self._guard = Guard(self._process.pid, None)

    def roles(self) -> dict[str, int]:
        """The processes below the supervisor by what they are called (their name in the kernel's process table)."""
        found: dict[str, int] = {}
        for pid in descendants(self.pid) if self.running else ():
            with suppress(OSError):
                found[Path(f"/proc/{pid}/comm").read_text().strip()] = pid
        return found

    def kill(self) -> None:
        """SIGKILL to the supervisor and all its processes at one moment."""
        if self._process is not None:
            kill_tree(self._process.pid)
            self._process.wait()
        self._dismiss()

    def freeze(self) -> None:
        """SIGSTOP to all of it."""
        freeze_tree(self.pid)

    def thaw(self) -> None:
        """SIGCONT to all of it."""
        thaw_tree(self.pid)

    def stop(self) -> int | None:
        """SIGTERM, as an operator would; the exit code, or None where it did not end and had to be killed."""
        if self._process is None:
            return 0
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        return self.wait(_GRACE)

    def wait(self, seconds: float) -> int | None:
        """Its exit code, or None where it did not end in time and had to be killed."""
        if self._process is None:
            return 0
        try:
            code: int | None = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            code = None
            self.kill()
        self._dismiss()
        return code

    def _dismiss(self) -> None:
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None


def kill_process(pid: int) -> bool:
    """SIGKILL to one process; whether there was one."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def stop_process(pid: int) -> None:
    """SIGSTOP to one process."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)


def continue_process(pid: int) -> None:
    """SIGCONT to one process, if it is still there."""
    if alive(pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
