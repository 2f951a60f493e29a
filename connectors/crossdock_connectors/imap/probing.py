"""Whether the mailbox lets us in and has the folder: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Surroundings
from crossdock.errors import Finding
from crossdock_connectors.imap.mailbox import Mailbox
from crossdock_connectors.imap.options import SourceOptions


def probe(options: SourceOptions, around: Surroundings) -> Iterator[Finding]:
    """Logs in and opens the folder, without touching a mail. Raises what keeps us from it."""
    Mailbox(options, around.root).close()
    yield from ()
