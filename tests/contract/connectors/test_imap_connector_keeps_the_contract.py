"""``imap`` against Dovecot, with a proxy between."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest

from crossdock.testing.connector_suite import (
    EmptyThings,
    InOrder,
    Options,
    OverTcp,
    Probed,
    ShowsWaiting,
    SourceGround,
    SourceSuite,
)
from crossdock.testing.servers.dovecot import DovecotAddress
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.imap import CONNECTOR


class Mailbox(SourceGround, OverTcp, Probed, EmptyThings, InOrder, ShowsWaiting):
    """A mailbox into which mails with one attachment come; what was taken is deleted."""

    connector = CONNECTOR
    patience = 20.0
    many = 120  # more than one poll looks at

    def __init__(self, root: Path, server: DovecotAddress) -> None:
        super().__init__(root)
        self._server = server
        self.user = server.fresh()
        self.proxy = TcpProxy(server.tls_port)
        self._client = imaplib.IMAP4(server.host, server.port)
        self._client.login(self.user, server.password)

    @property
    def secrets(self) -> Sequence[str]:
        return [self._server.password]

    def options(self, **more: object) -> Options:
        reached = {"host": self._server.host, "port": self.proxy.port, "ca_file": self._server.ca_file}
        login = {"user": self.user, "password": self._server.password}
        return {**reached, **login, "after": "delete", "timeout": "2s", **more}

    def put(self, name: str, data: bytes) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "buyer@acme.example", "orders@globex.example", name
        mail["Message-ID"] = f"<{name}@acme.example>"
        mail.set_content("an order\n")
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=f"{name}.edi")
        assert self._client.append("INBOX", "", "", mail.as_bytes())[0] == "OK"

    def waiting(self) -> int:
        _, count = self._client.select("INBOX", readonly=True)
        return int(count[0] or 0)

    def close(self) -> None:
        self._client.logout()
        self.proxy.close()


class TestImapSource(SourceSuite):
    ground_type = Mailbox

    @pytest.fixture
    def ground(self, tmp_path: Path, dovecot: DovecotAddress) -> Iterator[Mailbox]:
        made = Mailbox(tmp_path, dovecot)
        yield made
        made.close()
