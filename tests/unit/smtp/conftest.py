"""A mail server that is not ours (aiosmtpd), with a certificate made for the test, and the sink beside it."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from asyncio import Transport
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.errors import CrossdockError
from crossdock.message import Document, Inline
from crossdock.testing.servers.server import free_port
from crossdock_connectors.smtp import SinkOptions, SmtpSink

MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
ORDER: Document = {"number": "4711", "buyer": {"email": "buyer@acme.example", "name": "Acme"}}


class Inbox:
    """What the server accepted; ``refuse`` answers recipients, ``drop_at`` ends the connection at a command."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.refuse: dict[str, str] = {}
        self.answer = "250 OK queued as ABC123"
        self.drop_at = ""
        self.connections = 0
        self.tls: list[bool] = []

    async def handle_EHLO(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, host: str, answers: list[str]
    ) -> list[str]:
        self.connections += session.ssl is None
        session.host_name = host
        return answers

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._drop(server, "RCPT")
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name aiosmtpd calls
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
            self.tls.append(session.ssl is not None)
        self._drop(server, "DATA")
        return self.answer

    def _drop(self, server: SMTP, command: str) -> None:
        if self.drop_at == command:
            cast(Transport, server.transport).abort()

    @property
    def mails(self) -> list[EmailMessage]:
        return [BytesParser(policy=default).parsebytes(cast(bytes, one.content)) for one in self.envelopes]


class Post:
    """A server, its inbox, and sinks that send to it."""

    def __init__(self, folder: Path, inbox: Inbox, port: int) -> None:
        self.inbox, self.port = inbox, port
        self.around = Surroundings(root=folder, name="orders/smtp", now=lambda: NOW)
        self.seconds = [0.0]
        self._opened: list[SmtpSink] = []

    def sink(self, **options: object) -> SmtpSink:
        given = {
            "host": "127.0.0.1",
            "port": self.port,
            "ca_file": "server.pem",
            "from": "Globex Orders <orders@globex.example>",
            "to": "{buyer.email}",
            "subject": "Order {number}",
            "attach": {"name": "order-{number}.csv"},
            **options,
        }
        if given.get("payload"):
            del given["attach"]
        sink = SmtpSink(SinkOptions.model_validate(given), self.around, lambda: self.seconds[-1])
        self._opened.append(sink)
        return sink

    def send(self, parcel: Parcel | None = None, **options: object) -> Done | CrossdockError:
        (outcome,) = self.sink(**options).send([parcel or parcel_of()])
        return outcome

    def error(self, parcel: Parcel | None = None, **options: object) -> CrossdockError:
        outcome = self.send(parcel, **options)
        assert isinstance(outcome, CrossdockError)
        return outcome

    def close(self) -> None:
        for one in self._opened:
            one.close()


def parcel_of(
    data: bytes = b"number;sku\r\n4711;A1\r\n",
    document: Document = ORDER,
    content_type: str = "text/csv",
    **more: object,
) -> Parcel:
    given: dict[str, object] = {"key": "0d9cbb3e-7f0c-5c53-9d9b-6f1e2a4c8d10", "attempt": 1, **more}
    return Parcel(
        key=str(given["key"]),
        message=MESSAGE,
        payload=Inline(data),
        document=document,
        content_type=content_type,
        attempt=int(str(given["attempt"])),
    )


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``server.pem`` and ``server.key`` for 127.0.0.1, and one for another host."""
    folder = tmp_path_factory.mktemp("mail-tls")
    for name, host in (("server", "IP:127.0.0.1"), ("other", "DNS:other.example")):
        command = [str(shutil.which("openssl")), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        command += ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={host}"]
        subprocess.run(
            [*command, "-keyout", f"{name}.key", "-out", f"{name}.pem"], cwd=folder, check=True, capture_output=True
        )
    return folder


def _check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"crossdock", b"canary-pass")
    return AuthResult(success=good, handled=True) if good else AuthResult(success=False, handled=False)


@pytest.fixture
def serve(certificate: Path) -> Iterator[Callable[..., Post]]:
    """Starts servers; options are aiosmtpd's."""
    running: list[tuple[Controller, Post]] = []

    def start(*, encrypted: bool = True, name: str = "server", **options: object) -> Post:
        if encrypted:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate / f"{name}.pem", certificate / f"{name}.key")
            options |= {"tls_context": context, "require_starttls": True}
        inbox = Inbox()
        settings = {"enable_SMTPUTF8": False, **options}
        controller = Controller(
            inbox, "127.0.0.1", free_port(), authenticator=_check, **cast("dict[str, Any]", settings)
        )
        controller.start()
        running.append((controller, Post(certificate, inbox, controller.port)))
        return running[-1][1]

    yield start
    for controller, post in running:
        post.close()
        controller.stop()


@pytest.fixture
def post(serve: Callable[..., Post]) -> Post:
    return serve()
