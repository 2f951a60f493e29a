"""Whether a peer can be reached and knows us, by asking alone: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector.contract import Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, shown
from crossdock.connector.http.options import PeerOptions
from crossdock.errors import Finding

_REFUSED = frozenset({401, 403, 407})  # RFC 9110, 15.5


def looked(options: PeerOptions, url: str, around: Surroundings) -> Iterator[Finding]:
    """HEAD changes nothing, wherever it is sent (RFC 9110, 9.2.1); that it is not known there says nothing."""
    client = HttpClient(options, around.root, around.now)
    try:
        response = client.ask(Request(method="HEAD", url=url, repeatable=True))
    finally:
        client.close()
    if response.status in _REFUSED:
        told = f"{shown(url)} answered {response.status}"
        yield Finding(code="K712", message=told, hint="look at 'auth:', and at what this user may do there")
