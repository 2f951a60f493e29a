"""A private mock-sap: the shapes of SAP (OData V2 and V4, BAPI over JSON and SOAP, IDoc) by another author."""

from __future__ import annotations

import http.client
import json
import secrets
from contextlib import suppress
from pathlib import Path

from crossdock.errors import Halt
from crossdock.message import Document
from crossdock.testing.servers.live import find_live
from crossdock.testing.servers.server import LOOPBACK, Server


class Mock(Server):
    """What the mocks have in common: a control plane below ``/_mock``, in JSON."""

    program: str

    def __init__(self, folder: Path | None = None, options: tuple[str, ...] = ()) -> None:
        self._binary = find_live(self.program)
        super().__init__(folder)
        self._options = options

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://{LOOPBACK}:{self.port}"

    def asked(self, method: str, path: str, body: object = None) -> Document:
        """What it says. Text is sent as it is, anything else as JSON. Raises ``Halt`` T102 where it refuses."""
        raw = isinstance(body, str | bytes)
        sent = body if raw or body is None else json.dumps(body)
        kind = "application/octet-stream" if raw else "application/json"
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request(method, path, sent, {"Content-Type": kind})  # type: ignore[arg-type] # text or bytes
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status // 100 != 2:  # noqa: PLR2004 - RFC 9110, 15.3
            raise Halt("T102", f"{self.name} refused {method} {path}", hint=said.decode(errors="replace")[:500])
        try:
            found: Document = json.loads(said) if said else None
        except json.JSONDecodeError:
            return said.decode(errors="replace")
        return found

    def _make(self) -> None:
        """Nothing: its data is its own."""

    def _command(self) -> list[str | Path]:
        return [self._binary, "--host", LOOPBACK, "--port", str(self.port), "--quiet", *self._options]

    def _ready(self) -> bool:
        with suppress(OSError, Halt, http.client.HTTPException):
            self.asked("GET", "/_mock/health")
            return True
        return False


class MockSap(Mock):
    """A mock-sap of our own. With ``oauth`` it wants tokens, for the client and the secret here."""

    name = "mock-sap"
    program = "mock-sap"

    def __init__(self, folder: Path | None = None, options: tuple[str, ...] = ()) -> None:
        super().__init__(folder, options)
        self.client, self.secret = "crossdock", secrets.token_hex(12)

    @property
    def with_tokens(self) -> tuple[str, ...]:
        """The options that make it want tokens."""
        return ("--oauth", f"{self.client}:{self.secret}")
