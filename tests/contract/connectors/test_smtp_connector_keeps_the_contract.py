"""``smtp`` against a mail server that is not ours (aiosmtpd), with a proxy between."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from crossdock.connector import Effect, Parcel
from crossdock.testing.connector_suite import (
    Credentials,
    Delivered,
    LeadsNowhere,
    LosesReplies,
    Options,
    OverTcp,
    Probed,
    RefusesOne,
    SinkGround,
    SinkSuite,
)
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.server import LOOPBACK, free_port
from crossdock_connectors.smtp import CONNECTOR

CANARY, RENEWED = "canary-pass-1", "canary-pass-2"
END = b".\r\n"  # the lone dot, which goes out by itself; no line of these mails ends so


class Office:
    """What the server took, whom it lets in, and whom it does not know."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.password = CANARY

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name aiosmtpd calls
        self.mails.append(cast(bytes, envelope.content))
        return "250 OK queued"

    def check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(success=good, handled=good)


class Post(SinkGround, OverTcp, Probed, Credentials, LeadsNowhere, LosesReplies, RefusesOne):
    """Mails with the payload attached, whose Message-ID is made of the key."""

    connector = CONNECTOR
    batch = 60
    in_parallel = 120

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.office = Office()
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the server's own, with every line of every mail
        settings: dict[str, Any] = {"auth_require_tls": False}
        self._server = Controller(self.office, LOOPBACK, free_port(), authenticator=self.office.check, **settings)
        self._server.start()
        self.proxy = TcpProxy(self._server.port)

    @property
    def secrets(self) -> Sequence[str]:
        return CANARY, RENEWED

    def options(self, **more: object) -> Options:
        reached = {"host": LOOPBACK, "port": self.proxy.port, "tls": "none", "timeout": "3s"}
        login = {"user": "crossdock", "password": CANARY}
        mail = {"from": "orders@globex.example", "to": "{buyer.id}@acme.example", "subject": "Order {number}"}
        return {**reached, **login, **mail, **more}

    def arrived(self) -> Sequence[Delivered]:
        return [_delivered(BytesParser(policy=default).parsebytes(one)) for one in list(self.office.mails)]

    def revoke(self) -> None:
        self.office.password = RENEWED

    def renewed(self) -> Options:
        return self.options(password=RENEWED)

    def lose_next_reply(self) -> None:
        self.proxy.lose_reply_to(END)

    def bad(self, parcel: Parcel) -> Parcel:
        return replace(parcel, document={"number": "1", "buyer": {"id": "nobody"}})

    def nowhere(self) -> Options:
        return self.options(to="nobody@acme.example")

    def close(self) -> None:
        self.proxy.close()
        self._server.stop()
        logging.getLogger("mail.log").setLevel(logging.NOTSET)


def _delivered(mail: EmailMessage) -> Delivered:
    (attached,) = mail.iter_attachments()
    data = cast(bytes, attached.get_payload(decode=True))
    return Delivered(str(mail["Message-ID"]).strip("<> ").partition("@")[0], data)


class TestSmtpSink(SinkSuite):
    ground_type, effect = Post, Effect.OPAQUE
