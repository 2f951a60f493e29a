"""Whether a peer can be reached and knows us, by asking alone: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from crossdock.connector import Surroundings
from crossdock.connector.http.probing import looked
from crossdock.connector.template import Template
from crossdock.errors import Finding
from crossdock_connectors.http.options import RequestOptions, SourceOptions


def probe_source(options: SourceOptions, around: Surroundings) -> Iterator[Finding]:
    """Whether the peer answers, and lets us in."""
    yield from looked(options, options.url, around)


def probe_request(options: RequestOptions, around: Surroundings) -> Iterator[Finding]:
    """Whether the peer answers, and lets us in. Where a document names the place, its root is asked."""
    yield from looked(options, _place(options.url), around)


def _place(url: Template) -> str:
    if url.fixed:
        return url.text
    parts = urlsplit(str(url.parts[0]))
    return f"{parts.scheme}://{parts.netloc}/"
