"""A mailbox on a Dovecot, filled by a client that is not ours, and the source beside it."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from crossdock.connector import Arrival, NotesInMemory, Surroundings, Verdict
from crossdock.errors import errors_in
from crossdock.testing.servers.dovecot import DovecotAddress
from crossdock_connectors.imap import ImapSource, SourceOptions


class Box:
    """A user's mailbox. ``known`` and ``notes`` are what the journal would remember."""

    def __init__(self, address: DovecotAddress, root: Path) -> None:
        self.address, self.user = address, address.fresh()
        self.notes = NotesInMemory()
        self.known: set[str] = set()
        self.around = Surroundings(
            root=root, name="orders-in", now=lambda: datetime(2026, 11, 20, tzinfo=UTC), notes=self.notes
        )
        self.client = imaplib.IMAP4(address.host, address.port)
        self.client.login(self.user, address.password)
        self._opened: list[ImapSource] = []

    def put(self, mail: bytes | EmailMessage, folder: str = "INBOX") -> None:
        self.client.append(folder, "", "", mail if isinstance(mail, bytes) else mail.as_bytes())

    def source(self, **options: object) -> ImapSource:
        given = {
            "host": self.address.host,
            "port": self.address.tls_port,
            "user": self.user,
            "password": self.address.password,
            "ca_file": self.address.ca_file,
            **options,
        }
        self._opened.append(ImapSource(SourceOptions.model_validate(given), self.around))
        return self._opened[-1]

    def look(self, source: ImapSource) -> list[Arrival]:
        """What is new in one poll, settled as the engine does; refused ones are among them, with findings."""
        fresh = []
        for arrival in list(source.poll()):
            verdict = Verdict.DUPLICATE if arrival.identity in self.known else Verdict.ACCEPTED
            if errors_in(arrival.findings):
                verdict = Verdict.REFUSED
            else:
                self.known.add(arrival.identity)
            if verdict is not Verdict.DUPLICATE:
                fresh.append(arrival)
            source.settle(arrival, verdict)
        return fresh

    def subjects(self, folder: str = "INBOX") -> list[str]:
        """What lies in a folder: the subjects, with the flags of each."""
        kind, count = self.client.select(f'"{folder}"', readonly=True)
        if kind != "OK" or count == [b"0"]:
            return []
        _, found = self.client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        told = [one for one in found if isinstance(one, tuple)]
        return [f"{one[1].decode().strip().partition(': ')[2]}{' seen' if b'Seen' in one[0] else ''}" for one in told]

    def close(self) -> None:
        for one in self._opened:
            one.close()
        self.client.logout()


def mail(subject: str = "order", sender: str = "buyer@acme.example", **files: bytes) -> EmailMessage:
    """A mail with attachments; ``order_csv`` is called order.csv."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Buyer <{sender}>", "orders@globex.example", subject
    made["Message-ID"] = f"<{subject}.{len(files)}@acme.example>"
    made.set_content("Please see the attachment.")
    for name, data in files.items():
        made.add_attachment(data, maintype="text", subtype="csv", filename=name.replace("_", "."))
    return made


@pytest.fixture
def box(dovecot: DovecotAddress, tmp_path: Path) -> Iterator[Box]:
    made = Box(dovecot, tmp_path)
    yield made
    made.close()
