"""Whether the storage lets us in and has the bucket, by listing alone: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Surroundings
from crossdock.errors import Finding
from crossdock_connectors.s3.options import Bucket, SourceOptions
from crossdock_connectors.s3.storage import Storage


def probe(options: Bucket, around: Surroundings) -> Iterator[Finding]:
    """Lists the beginning of the bucket. Raises what keeps us from it."""
    storage = Storage(options, around)
    try:
        storage.page(options.prefix if isinstance(options, SourceOptions) else "", None)
    finally:
        storage.close()
    yield from ()
