"""Whether a peer can be reached and knows us, by asking alone: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from crossdock.connector import Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, shown
from crossdock.connector.http.options import PeerOptions
from crossdock.connector.template import Template
from crossdock.errors import Finding
from crossdock_connectors.http.options import RequestOptions, SourceOptions

_REFUSED = frozenset({401, 403, 407})  # RFC 9110, 15.5


def probe_source(options: SourceOptions, around: Surroundings) -> Iterator[Finding]:
    """Whether the peer answers, and lets us in."""
    yield from _asked(options, options.get, around)


def probe_request(options: RequestOptions, around: Surroundings) -> Iterator[Finding]:
    """Whether the peer answers, and lets us in. Where a document names the place, its root is asked."""
    yield from _asked(options, _place(options.url), around)


def _asked(options: PeerOptions, url: str, around: Surroundings) -> Iterator[Finding]:
    """HEAD changes nothing, wherever it is sent (RFC 9110, 9.2.1); that it is not known there says nothing."""
    client = HttpClient(options, around.root, around.now)
    try:
        response = client.ask(Request(method="HEAD", url=url, repeatable=True))
    finally:
        client.close()
    if response.status in _REFUSED:
        told = f"{shown(url)} answered {response.status}"
        yield Finding(code="K712", message=told, hint="look at 'auth:', and at what this user may do there")


def _place(url: Template) -> str:
    if url.fixed:
        return url.text
    parts = urlsplit(str(url.parts[0]))
    return f"{parts.scheme}://{parts.netloc}/"
