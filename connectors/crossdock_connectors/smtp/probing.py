"""Whether the mail server lets us in: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Surroundings
from crossdock.errors import Finding
from crossdock_connectors.smtp.options import SinkOptions
from crossdock_connectors.smtp.session import opened

_PATIENCE = 5.0  # seconds for each answer: a person waits for it, and a server that is there greets at once


def hurried(options: SinkOptions) -> SinkOptions:
    """The same server, waited for no longer than a person waits."""
    return options.model_copy(update={"timeout": min(options.timeout, _PATIENCE)})


def probe(options: SinkOptions, around: Surroundings) -> Iterator[Finding]:
    """Connects, encrypts and logs in, and sends nothing. Raises what keeps us from it."""
    opened(hurried(options), around.root).quit()
    yield from ()
