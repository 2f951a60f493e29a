"""What the mocks of the live tests have in common: a control plane below ``/_mock``, in JSON."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from crossdock.errors import Halt
from crossdock.message import Document
from crossdock.testing.servers.live import find_live
from crossdock.testing.servers.server import LOOPBACK, Server


class Mock(Server):
    """A mock of our own, of the live environment."""

    program: str

    def __init__(self, folder: Path | None = None) -> None:
        self._binary = find_live(self.program)
        super().__init__(folder)

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://{LOOPBACK}:{self.port}"

    def asked(self, method: str, path: str, body: Document = None) -> Document:
        """What it says to JSON; text where it says no JSON. Raises ``Halt`` T102 where it refuses."""
        sent = None if body is None else json.dumps(body).encode()
        said = self.send(method, path, sent, {"Content-Type": "application/json"} | self._headers())
        try:
            found: Document = json.loads(said) if said else None
        except json.JSONDecodeError:
            return said.decode()
        return found

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        """What it says. Raises ``Halt`` T102 where it refuses."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status // 100 != 2:  # noqa: PLR2004 - RFC 9110, 15.3
            raise Halt("T102", f"{self.name} refused {method} {path}", hint=said.decode(errors="replace")[:500])
        return said

    def _headers(self) -> dict[str, str]:
        return {}

    def _make(self) -> None:
        """Nothing: its data is its own."""

    def _command(self) -> list[str | Path]:
        return [self._binary, "--host", LOOPBACK, "--port", str(self.port), "--quiet"]

    def _ready(self) -> bool:
        with suppress(OSError, Halt, http.client.HTTPException):
            self.send("GET", "/_mock/health", None, {})
            return True
        return False
