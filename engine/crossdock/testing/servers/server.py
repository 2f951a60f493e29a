"""What the private servers have in common: a folder, a port, a process, and ways to hurt it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from crossdock.errors import Halt, Retry
from crossdock.testing.servers.folders import OwnFolder
from crossdock.testing.servers.tree import Guard, freeze_tree, kill_tree, thaw_tree

LOOPBACK = "127.0.0.1"
#: Below the ports that Linux hands to outgoing connections (net.ipv4.ip_local_port_range, from 32768): nobody takes
#: ours while the server that owns it is down.
_PORTS = range(15_000, 32_000)
_START = 90.0  # seconds a server may take to come up, on a machine that is busy with tests
_STOP = 20.0  # seconds it may take to end by itself


@dataclass(frozen=True, slots=True)
class Account:
    """The user a server runs as when we are root."""

    name: str
    uid: int
    gid: int


class Server(ABC):
    """One server: ``start``, ``stop``, ``kill``, ``freeze``, ``thaw``, ``restart``; as a context it is up inside.

    ``folder`` is kept when given and removed at the end when not. The port stays the same over restarts.
    """

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path | None = None, account: Account | None = None, within: Path | None = None) -> None:
        self._account = account
        self._own: OwnFolder | None = None
        if folder is None:
            self._own = OwnFolder(self.name, within)
            folder = self._own.path
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it, with user and password."""

    @abstractmethod
    def _make(self) -> None:
        """Write what the first start needs, once."""

    @abstractmethod
    def _command(self) -> list[str | Path]:
        """The program, in the foreground."""

    @abstractmethod
    def _ready(self) -> bool:
        """Whether clients can work."""

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}

    @property
    def log(self) -> Path:
        """What the server said, over all its starts."""
        return self.folder / "server.log"

    @property
    def running(self) -> bool:
        """Whether its process lives (frozen ones do)."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The server's first process."""
        if self._process is None:
            raise Halt("T102", f"{self.name} has not been started")
        return self._process.pid

    def start(self) -> None:
        """Come up and be ready for clients. Raises ``Halt`` T102 with the end of the log when it does not."""
        if self.running:
            return
        if not (self.folder / "made").exists():
            self._make()
            (self.folder / "made").touch()
        self._spawn()
        if not self._came_up():
            tail = self.log.read_text(errors="replace")[-1500:]
            self.kill()
            raise Halt("T102", f"{self.name} did not come up", hint=f"the end of its log: {tail}")

    def _came_up(self) -> bool:
        wait_until(lambda: not self.running or self._ready(), _START)
        return self.running and self._ready()

    def _spawn(self) -> None:
        self._process = self._started(self._command())
        self._guard = Guard(self._process.pid, self.folder if self._own else None)

    def _started(self, command: list[str | Path]) -> subprocess.Popen[bytes]:
        account = self._account
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )

    def _run(self, command: list[str | Path]) -> str:
        """Run a tool of the server's to its end, as the server's user; what it printed."""
        account = self._account
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode:
            raise Halt("T102", f"{Path(command[0]).name} failed", hint=(done.stderr or done.stdout)[-1500:].strip())
        return done.stdout

    def stop(self) -> None:
        """End as an operator would, or by force when that takes too long."""
        if self.running:
            self.thaw()
            os.kill(self.pid, self.stop_signal)
            wait_until(lambda: not self.running, _STOP)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to every process of it, at one moment."""
        if self._process is not None:
            kill_tree(self._process.pid)
            self._process.wait()
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        freeze_tree(self.pid)

    def thaw(self) -> None:
        """SIGCONT: as if nothing had been."""
        thaw_tree(self.pid)

    def restart(self) -> None:
        """Stop and start; same port, same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop for good. A folder that was not given is removed."""
        if self._own is not None:
            self.kill()
            self._own.remove()
        else:
            self.stop()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:  # also when a person interrupts: nothing stays behind
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    for port in random.SystemRandom().sample(_PORTS, 200):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise Retry("T104", "no port of the loopback is free", hint="end what listens between 15000 and 32000")


def find(program: str, folders: list[Path], package: str) -> Path:
    """A program in one of some folders or on the PATH. Raises ``Halt`` T101 naming the Debian package that has it."""
    for folder in folders:
        if os.access(folder / program, os.X_OK):
            return folder / program
    found = shutil.which(program)
    if found is None:
        raise Halt("T101", f"there is no {program} on this machine", hint=f"install it: apt-get install {package}")
    return Path(found).resolve()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether a condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
