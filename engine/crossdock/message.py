"""The message: what travels through crossdock. Immutable all the way down; a change is ``dataclasses.replace``.

Identifiers are UUIDs (RFC 9562). A message that arrives gets a version 7 (time-ordered) id; one that is made from
another gets a version 8 id whose first 48 bits are the time of its root and whose rest is a hash of *parent, route
and position*. So doing the same work again makes the same ids: a crash half-way through a file of 100,000
transactions resumes without repeating or skipping one, and siblings lie together in the journal's index.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol, TypeAlias

#: A decoded payload. Never a float: quantities and money are exact.
Document: TypeAlias = "None | bool | int | str | Decimal | list[Document] | dict[str, Document]"

#: UUID namespace of idempotency keys (RFC 9562, version 5), made once for crossdock.
KEY_NAMESPACE = uuid.UUID("0d9cbb3e-7f0c-5c53-9d9b-6f1e2a4c8d10")

CHUNK = 256 * 1024  # bytes read at a time from a large payload: keeps memory flat, costs no speed


class Payload(Protocol):
    """Bytes as they came or as they leave. May be larger than memory, and may be read more than once."""

    @property
    def size(self) -> int:
        """Length in bytes."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning, in pieces of any size; every call starts anew."""
        ...


@dataclass(frozen=True, slots=True)
class Inline:
    """A payload held in memory."""

    data: bytes

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.data)

    def chunks(self) -> Iterator[bytes]:
        """The bytes, in pieces of at most ``CHUNK``."""
        for start in range(0, len(self.data), CHUNK):
            yield self.data[start : start + CHUNK]


def read_all(payload: Payload) -> bytes:
    """The whole payload in memory."""
    return payload.data if isinstance(payload, Inline) else b"".join(payload.chunks())


EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. ``route`` is the route that brought or made it, ``topic`` where it was published, if it was.

    ``correlation`` is the id of the message everything in this exchange came from; ``trace`` is a W3C
    ``traceparent`` value.
    """

    id: str
    parent: str | None = None
    correlation: str
    route: str
    position: int = 0
    topic: str | None = None
    partner: str | None = None
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    body: Payload
    trace: str | None = None


def _formatted(raw: bytes, version: int) -> str:
    bits = bytearray(raw)
    bits[6] = bits[6] & 0x0F | version << 4
    bits[8] = bits[8] & 0x3F | 0x80
    text = bits.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def root_id(milliseconds: int, randomness: bytes) -> str:
    """A version 7 UUID from Unix milliseconds and 10 random bytes (RFC 9562, 5.7)."""
    return _formatted(milliseconds.to_bytes(6, "big") + randomness, 7)


def child_id(parent: str, route: str, position: int | str) -> str:
    """The id of what ``route`` makes of ``parent`` at ``position`` (version 8 UUID, RFC 9562, 5.8)."""
    stamp = bytes.fromhex(parent[:8] + parent[9:13])
    digest = hashlib.blake2b(f"{parent}\0{route}\0{position}".encode(), digest_size=10).digest()
    return _formatted(stamp + digest, 8)


def delivery_key(message: str, route: str, destination: str) -> str:
    """The idempotency key of one delivery: the same for ever, whichever attempt asks (version 5 UUID)."""
    return str(uuid.uuid5(KEY_NAMESPACE, f"{message}\0{route}\0{destination}"))
