"""Payloads too large for a row, in the database itself: any machine can read what any other took in.

A payload is written piece by piece under a number of its own, each piece a transaction, and gets its name (the hash)
by one row at the end; so memory stays flat and nothing half-written can be found. The same bytes are kept once. What
a crash leaves behind are pieces without a name, which retention removes.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from psycopg.rows import TupleRow

from crossdock.errors import Halt, Retry
from crossdock.journal.payloads import INLINE_LIMIT, Kept
from crossdock.journal.postgres.numbers import new_number
from crossdock.message import CHUNK, Inline, Payload
from crossdock.postgres.connection import Connection

_NAME = (
    "INSERT INTO payload(key, content, size, at) VALUES (%s, %s, %s, clock()) ON CONFLICT (key) DO NOTHING RETURNING 1"
)
_COUNT = "SELECT count(*) FROM chunk WHERE content = %s"
_SAVE = "INSERT INTO chunk(content, number, data, at) VALUES (%s, %s, %s, clock())"
_READ = "SELECT c.data FROM payload p JOIN chunk c ON c.content = p.content WHERE p.key = %s AND c.number = %s"
_HOLD = "SELECT key FROM payload WHERE key = ANY(%s) ORDER BY key FOR KEY SHARE"
_LOCK = "SELECT key FROM payload WHERE key = ANY(%s) ORDER BY key FOR UPDATE"
_DROP = (
    "WITH gone AS (DELETE FROM payload p WHERE key = ANY(%s)"
    " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.stored = p.key) RETURNING content)"
    " DELETE FROM chunk WHERE content IN (SELECT content FROM gone)"
)
_UNUSED = (
    "SELECT key FROM payload p WHERE at < clock() - %s AND NOT EXISTS (SELECT 1 FROM message m WHERE m.stored = p.key)"
    " ORDER BY key LIMIT %s"
)
_UNNAMED = (
    "DELETE FROM chunk WHERE content IN (SELECT content FROM chunk c"
    " WHERE NOT EXISTS (SELECT 1 FROM payload p WHERE p.content = c.content)"
    " GROUP BY content HAVING max(at) < clock() - %s LIMIT %s)"
)


class Access(Protocol):
    """What this needs of a session."""

    def rows(self, sql: str, values: tuple[str | int | bytes, ...] = ()) -> list[TupleRow]:
        """Every row of a query."""
        ...

    def beside(self, sql: str, values: tuple[str | int | bytes, ...]) -> list[TupleRow]:
        """Every row of a query, in any thread."""
        ...

    def run(self, name: str, body: Callable[[Connection], object], *, flushed: bool = True) -> object:
        """A transaction."""
        ...


@dataclass(frozen=True, slots=True)
class RemotePayload:
    """A payload in the database. ``key`` is its SHA-256 in hex. Other threads than that of its session may read it."""

    access: Access
    key: str
    size: int
    thread: int = field(default_factory=threading.get_ident, compare=False)

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning; raises ``Retry`` when they cannot be read."""
        number, left = 0, self.size
        while left > 0:
            read = self.access.rows if threading.get_ident() == self.thread else self.access.beside
            rows = read(_READ, (self.key, number))
            if not rows:
                raise Retry("E701", f"payload {self.key} cannot be read: piece {number} is missing")
            data = bytes(rows[0][0])
            number, left = number + 1, left - len(data)
            yield data


class PayloadTable:
    """Tables ``payload`` and ``chunk``."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def keep(self, payload: Payload) -> Kept:
        """Make the payload durable, or hand small bytes back for the row. Raises ``Retry`` when the server is away."""
        if isinstance(payload, Inline) and payload.size <= INLINE_LIMIT:
            return Kept(payload.size, hashlib.sha256(payload.data).digest(), payload.data, None)
        if isinstance(payload, RemotePayload) and payload.access is self._access:
            return Kept(payload.size, bytes.fromhex(payload.key), None, payload.key)
        if payload.size <= INLINE_LIMIT:
            return self.keep(Inline(b"".join(payload.chunks())))
        return self._write(payload.chunks())

    def keep_within(self, connection: Connection, data: bytes) -> Kept:
        """Make bytes durable with a transaction that is under way, and with nothing left if that is undone."""
        digest = hashlib.sha256(data)
        if len(data) <= INLINE_LIMIT:
            return Kept(len(data), digest.digest(), data, None)
        content, key = new_number(), digest.hexdigest()
        if connection.execute(_NAME, (key, content, len(data))).fetchone() is None:
            self.hold(connection, [key])
        else:
            for number, piece in enumerate(Inline(data).chunks()):
                connection.execute(_SAVE, (content, number, piece), binary=True)
        return Kept(len(data), digest.digest(), None, key)

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Make a payload durable that is known by its key. Raises ``Halt`` E757 when it is not what the key says."""
        self._write(chunks, key)

    def get(self, key: str, size: int) -> RemotePayload:
        """The payload of that key."""
        return RemotePayload(self._access, key, size)

    def hold(self, connection: Connection, keys: Iterable[str]) -> None:
        """Nobody removes these until the transaction has ended. Raises ``Retry`` where somebody did already."""
        wanted = sorted(set(keys))
        if not wanted:
            return
        found = {key for (key,) in connection.execute(_HOLD, (wanted,)).fetchall()}
        for key in wanted:
            if key not in found:
                raise Retry("E703", f"payload {key} was removed by retention just now", hint="it is stored again")

    def drop(self, keys: list[str]) -> None:
        """Remove those of ``keys`` that nothing refers to any more."""
        if keys:
            self._access.run("drop", lambda connection: _drop(connection, keys))

    def sweep(self, older: float, limit: int) -> None:
        """Remove what crashes left behind, if it is older than so many seconds."""
        self.drop([str(key) for (key,) in self._access.rows(_UNUSED, (int(older), limit))])
        self._access.run("drop", lambda connection: connection.execute(_UNNAMED, (older, limit)))

    def _write(self, chunks: Iterable[bytes], key: str | None = None) -> Kept:
        content = new_number()
        digest, size = hashlib.sha256(), 0
        number = 0
        for data in _pieces(chunks):
            digest.update(data)
            size += len(data)
            self._save(content, number, data)
            number += 1
        if key not in (None, digest.hexdigest()):
            raise Halt("E757", f"payload {key} is damaged: its bytes hash to {digest.hexdigest()}")
        name = _Name(digest.hexdigest(), content, size, number)
        self._access.run("payload", name.give)
        return Kept(size, digest.digest(), None, digest.hexdigest())

    def _save(self, content: int, number: int, data: bytes) -> None:
        """One piece; it is flushed with the name that follows."""

        def save(connection: Connection) -> None:
            connection.execute(_SAVE, (content, number, data), binary=True)

        self._access.run("chunk", save, flushed=False)


@dataclass(frozen=True, slots=True)
class _Name:
    """What a payload is called once all its pieces are there."""

    key: str
    content: int
    size: int
    pieces: int

    def give(self, connection: Connection) -> None:
        """Raises ``Retry`` when a crash of the server took pieces back that were not flushed yet."""
        if connection.execute(_COUNT, (self.content,)).fetchone() != (self.pieces,):
            raise Retry("E702", f"pieces of payload {self.key} were lost before it was complete")
        if connection.execute(_NAME, (self.key, self.content, self.size)).fetchone() is None:  # it is there already
            connection.execute("DELETE FROM chunk WHERE content = %s", (self.content,))


def _drop(connection: Connection, keys: list[str]) -> None:
    """The lock comes first, and the question in a statement of its own, which sees who was faster."""
    connection.execute(_LOCK, (keys,))
    connection.execute(_DROP, (keys,))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes in pieces of ``CHUNK``, however they come."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)
