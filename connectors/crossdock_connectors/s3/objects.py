"""An object as a payload: read in ranges, of the one version that was listed, so memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crossdock.errors import Retry
from crossdock_connectors.s3.storage import NOT_FOUND, PRECONDITION, Listed, Storage

PIECE = 8 * 1024 * 1024  # bytes asked for at once


@dataclass(frozen=True, slots=True)
class ObjectPayload:
    """The bytes of an object. Reading raises ``Retry`` where it has changed or gone since it was listed."""

    storage: Storage = field(repr=False)
    listed: Listed

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self.listed.size

    def chunks(self) -> Iterator[bytes]:
        """The bytes, a range at a time."""
        for first in range(0, self.listed.size, PIECE):
            yield self._range(first, min(first + PIECE, self.listed.size) - 1)

    def _range(self, first: int, last: int) -> bytes:
        headers = {"Range": f"bytes={first}-{last}", "If-Match": f'"{self.listed.etag}"'}
        key = self.listed.key
        response = self.storage.ask("GET", key, headers=headers, expected=(NOT_FOUND, PRECONDITION))
        if response.status in (NOT_FOUND, PRECONDITION):
            raise Retry("K888", f"'{key}' has changed since it was listed", only_this=True)
        if len(response.body) != last - first + 1:
            told = f"'{key}': {len(response.body)} bytes came where {last - first + 1} were announced"
            raise Retry("K886", told, only_this=True)
        return response.body
