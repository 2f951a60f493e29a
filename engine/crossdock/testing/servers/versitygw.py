"""A private S3 storage: the Versity S3 Gateway on a folder, on loopback.

It is a Go program. One on the PATH is used, else it is built once, by ``go install``, into ``.dev/servers`` beside the
``dev`` script (elsewhere into the user's cache); that takes two to four minutes.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crossdock.errors import Halt
from crossdock.testing.servers.server import LOOPBACK, Server

MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
_ACCESS = "crossdock"


@dataclass(frozen=True, slots=True)
class StorageAddress:
    """A storage that runs; ``buckets`` is the folder whose folders are the buckets."""

    endpoint: str
    access_key: str
    secret_key: str
    buckets: str

    @classmethod
    def read(cls, told: Mapping[str, object]) -> StorageAddress:
        """As the keeper told it."""
        return cls(**{name: str(value) for name, value in told.items()})

    def fresh(self) -> str:
        """The name of a new, empty bucket."""
        name = f"b{secrets.token_hex(6)}"
        Path(self.buckets, name).mkdir()
        return name


class VersityGateway(Server):
    """A storage of our own."""

    name = "versitygw"

    def __init__(self, folder: Path | None = None) -> None:
        self._binary = find_versitygw()
        super().__init__(folder)
        self.secret_key = secrets.token_hex(16)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def address(self) -> StorageAddress:
        """What somebody else needs to use it."""
        return StorageAddress(self.url, _ACCESS, self.secret_key, str(self.folder / "buckets"))

    def _make(self) -> None:
        (self.folder / "buckets").mkdir()
        (self.folder / "metadata").mkdir()

    def _command(self) -> list[str | Path]:
        keys = ["--access", _ACCESS, "--secret", self.secret_key, "--quiet", "--keep-alive"]
        listen = ["--port", f"{LOOPBACK}:{self.port}"]
        return [self._binary, *keys, *listen, "posix", "--sidecar", self.folder / "metadata", self.folder / "buckets"]

    def _ready(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), 1):
                return True
        except OSError:
            return False


def find_versitygw() -> Path:
    """The program, built if need be. Raises ``Halt`` T101 where there is neither it nor Go."""
    found = shutil.which("versitygw")
    if found is not None:
        return Path(found)
    home = _home()
    program = home / MODULE.rpartition("@")[2] / "versitygw"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "versitygw.building").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # by one process, for all
        if not program.exists():
            _build(program)
    return program


def _home() -> Path:
    root = Path(__file__).resolve().parents[4]
    return root / ".dev" / "servers" if (root / "dev").is_file() else Path.home() / ".cache" / "crossdock" / "servers"


def _build(program: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise Halt("T101", "there is no versitygw on this machine", hint="install it, or Go, with which it is built")
    variables = {**os.environ, "GOBIN": str(program.parent), "GOFLAGS": "-trimpath -modcacherw", "CGO_ENABLED": "0"}
    done = subprocess.run([go, "install", MODULE], env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Halt("T101", "versitygw cannot be built", hint=done.stderr[-1500:])
