"""Whether the mail server lets us in: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Surroundings
from crossdock.errors import Finding
from crossdock_connectors.smtp.options import SinkOptions
from crossdock_connectors.smtp.session import opened


def probe(options: SinkOptions, around: Surroundings) -> Iterator[Finding]:
    """Connects, encrypts and logs in, and sends nothing. Raises what keeps us from it."""
    opened(options, around.root).quit()
    yield from ()
