"""A private Prism: a mock of whatever an OpenAPI description describes, which refuses requests that do not fit it."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

from crossdock.testing.servers.live import find_node
from crossdock.testing.servers.server import LOOPBACK, Server


class Prism(Server):
    """A Prism of our own: ``description`` is the file it answers by."""

    name = "prism"

    def __init__(self, description: Path, folder: Path | None = None) -> None:
        self._binary = find_node("prism")
        super().__init__(folder)
        self._description = description

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://{LOOPBACK}:{self.port}"

    def _make(self) -> None:
        """Nothing: it keeps no data."""

    def _command(self) -> list[str | Path]:
        where = ["-h", LOOPBACK, "-p", str(self.port)]
        return [self._binary, "mock", *where, "--errors", "--multiprocess", "false", self._description]

    def _ready(self) -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=2):
            return True
        return False
