"""Whether the mailbox lets us in and has the folder: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Surroundings
from crossdock.errors import Finding
from crossdock_connectors.imap.mailbox import Mailbox
from crossdock_connectors.imap.options import SourceOptions

_PATIENCE = 5.0  # seconds for each answer: a person waits for it, and a server that is there greets at once


def hurried(options: SourceOptions) -> SourceOptions:
    """The same server, waited for no longer than a person waits."""
    return options.model_copy(update={"timeout": min(options.timeout, _PATIENCE)})


def probe(options: SourceOptions, around: Surroundings) -> Iterator[Finding]:
    """Logs in and opens the folder, without touching a mail. Raises what keeps us from it."""
    Mailbox(hurried(options), around.root).close()
    yield from ()
