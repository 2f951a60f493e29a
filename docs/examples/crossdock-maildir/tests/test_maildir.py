"""The whole contract, against a real Maildir."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crossdock_maildir import CONNECTOR

from crossdock.connector import Effect
from crossdock.testing.connector_suite import (
    Delivered,
    EmptyThings,
    Ground,
    InOrder,
    LeadsNowhere,
    Options,
    Probed,
    ShowsWaiting,
    SinkGround,
    SinkSuite,
    SourceGround,
    SourceSuite,
)


class Mailbox(Ground, Probed):
    """A Maildir ``mail`` in the project."""

    connector = CONNECTOR

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        for name in ("tmp", "new", "cur"):
            (root / "mail" / name).mkdir(parents=True)

    def options(self, **more: object) -> Options:
        return {"path": "mail", **more}


class Incoming(Mailbox, SourceGround, EmptyThings, InOrder, ShowsWaiting):
    """The mailbox, filled as a mail server fills it."""

    def put(self, name: str, data: bytes) -> None:
        (self.root / "mail/tmp" / name).write_bytes(data)
        (self.root / "mail/tmp" / name).rename(self.root / "mail/new" / name)

    def waiting(self) -> int:
        return len(list((self.root / "mail/new").iterdir()))


class Outgoing(Mailbox, SinkGround, LeadsNowhere):
    """The mailbox, as a mail program sees it."""

    def arrived(self) -> Sequence[Delivered]:
        return [Delivered(one.name, one.read_bytes()) for one in (self.root / "mail/new").iterdir()]

    def nowhere(self) -> Options:
        return self.options(path="missing")


class TestMaildirSource(SourceSuite):
    ground_type = Incoming


class TestMaildirSink(SinkSuite):
    ground_type, effect = Outgoing, Effect.KEYED
