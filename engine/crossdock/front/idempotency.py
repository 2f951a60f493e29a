"""Idempotency keys (IETF draft-ietf-httpapi-idempotency-key-header-07), and what a second request is answered. Pure.

A key belongs to who sent it and to the address it was sent to: two callers with one key do not know of each other.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterable

from crossdock.connector.endpoint import KeyRule
from crossdock.front.problem import Problem
from crossdock.message import Message, Payload

LONGEST = 255
TOGETHER = "http.together"  # the header that names all that came in one request, where that was several documents
#: A Structured Fields string (RFC 9651, 3.3.3), as the draft wants it, or the bare words that many clients send.
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"\Z')
_BARE = re.compile(r"[!#-+\--:<-\[\]-~]+\Z")


def key_of(header: str | None, rule: KeyRule) -> str | None:
    """The key a request carries; None where it has none, or it does not count. Raises ``Problem``."""
    if rule is KeyRule.OFF:
        return None
    if header is None:
        if rule is KeyRule.REQUIRED:
            raise Problem("W111", "this address wants an Idempotency-Key: the same for every try of one document")
        return None
    text = header.strip()
    if len(text) > LONGEST:
        raise Problem("W112", f"an Idempotency-Key has at most {LONGEST} characters, not {len(text)}")
    quoted = _QUOTED.match(text)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text
    if not key or not (quoted or _BARE.match(text)):
        raise Problem("W112", 'an Idempotency-Key is a text of visible ASCII, such as "8e03978e-40d5-43dd-bc93"')
    return key


def scoped(principal: str, key: str, position: int = 0) -> str:
    """What the journal knows a document by; the route is part of it there. ``position`` among those of one request."""
    told = f"{len(principal)} {principal} {key}"
    if position:  # in front: a key may have spaces, and numbers behind them
        told = f"{position}/{told}"
    return hashlib.sha256(told.encode()).hexdigest()


def together(documents: Iterable[bytes]) -> str:
    """What all documents of one request have in common: another one among them, and it is another request."""
    digests = [hashlib.sha256(one).digest() for one in documents]
    return hashlib.sha256(b"".join(digests)).hexdigest()


class Again(enum.Enum):
    """What a request is whose key is known."""

    SAME = enum.auto()
    OTHER = enum.auto()
    FORGOTTEN = enum.auto()


def compare(new: Message, earlier: Message | None) -> Again:
    """Whether two requests of one key brought the same bytes; None: what the first brought is no longer kept."""
    if earlier is None:
        return Again.FORGOTTEN
    same = new.body.size == earlier.body.size and _digest(new.body) == _digest(earlier.body)
    same = same and new.headers.get(TOGETHER) == earlier.headers.get(TOGETHER)
    return Again.SAME if same else Again.OTHER


def _digest(payload: Payload) -> bytes:
    digest = hashlib.sha256()
    for chunk in payload.chunks():
        digest.update(chunk)
    return digest.digest()


def refuse_other(again: Again) -> None:
    """Raise ``Problem`` where the second request is not the first one again."""
    if again is Again.OTHER:
        raise Problem("W113", "send what the first request sent, or use a new key")
    if again is Again.FORGOTTEN:
        raise Problem("W115", "what it was used for is no longer kept, so it cannot be compared: use a new key")
