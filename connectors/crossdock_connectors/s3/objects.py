"""Fetches an object: in ranges of the one version that was listed, a large one into the spool, where a cut one goes on.

It is fetched before it is handed over: the journal's transaction never waits for a storage.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector.remote.spool import Spool, Spooled, copied, spool_fault
from crossdock.errors import Retry
from crossdock.message import Inline, Payload
from crossdock_connectors.s3.storage import NOT_FOUND, PRECONDITION, Listed, Storage

PIECE = 8 * 1024 * 1024  # bytes asked for at once, and held in memory


class Changed(Retry):
    """The object is not what was listed any more."""


def fetched(storage: Storage, listed: Listed, spool: Spool, identity: str) -> Payload:
    """The bytes of an object. Raises ``Changed`` where it is another one or gone."""
    if listed.size <= PIECE:
        return Inline(b"".join(_ranges(storage, listed, 0)))
    path = spool.place(identity)
    try:
        if copied(path) > listed.size:
            path.unlink()
        with path.open("ab") as copy:
            for piece in _ranges(storage, listed, copied(path)):
                copy.write(piece)
    except OSError as error:
        raise spool_fault(error) from error
    return Spooled(path, listed.size)


def forget(payload: Payload) -> None:
    """Remove the copy, if there is one."""
    if isinstance(payload, Spooled):
        try:
            payload.path.unlink(missing_ok=True)
        except OSError as error:
            raise spool_fault(error) from error


def _ranges(storage: Storage, listed: Listed, begin: int) -> Iterator[bytes]:
    for first in range(begin, listed.size, PIECE):
        yield _range(storage, listed, first, min(first + PIECE, listed.size) - 1)


def _range(storage: Storage, listed: Listed, first: int, last: int) -> bytes:
    headers = {"Range": f"bytes={first}-{last}", "If-Match": f'"{listed.etag}"'}
    response = storage.ask("GET", listed.key, headers=headers, expected=(NOT_FOUND, PRECONDITION))
    if response.status in (NOT_FOUND, PRECONDITION):
        raise Changed("K888", f"'{listed.key}' has changed since it was listed", only_this=True)
    if len(response.body) != last - first + 1:
        told = f"'{listed.key}': {len(response.body)} bytes came where {last - first + 1} were announced"
        raise Retry("K886", told, only_this=True)
    return response.body
