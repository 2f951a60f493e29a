"""A private mock-sap: the shapes of SAP (OData V2 and V4, BAPI over JSON and SOAP, IDoc) by another author."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

from crossdock.testing.servers.mock import Mock


class MockSap(Mock):
    """A mock-sap of our own. With ``tokens`` it lets in who has one, by ``client`` and ``secret``.

    ``strict``: every change must bring a token against forgery (CSRF) and, of what is there, an ETag.
    """

    name = "mock-sap"
    program = "mock-sap"

    def __init__(self, folder: Path | None = None, *, tokens: bool = False, strict: bool = False) -> None:
        super().__init__(folder)
        self.client, self.secret, self.token = "crossdock", secrets.token_hex(12), ""
        self._tokens, self._strict = tokens, strict

    def start(self) -> None:
        """Come up, and get a token for what is ``asked`` of it here."""
        super().start()
        if self._tokens:
            login = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
            form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {login}"}
            said = json.loads(self.send("POST", "/sap/bc/sec/oauth2/token", b"grant_type=client_credentials", form))
            self.token = said["access_token"]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _command(self) -> list[str | Path]:
        tokens = ["--oauth", f"{self.client}:{self.secret}"] if self._tokens else []
        return [*super()._command(), "--require-if-match" if self._strict else "--no-csrf", *tokens]
