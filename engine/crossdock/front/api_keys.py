"""API keys: what one looks like, what is kept of it, and whether it opens an address. Pure.

``cdk_ID_SECRET``: the id says which key it is and may be seen by anybody; of the secret, 256 random bits, only the
SHA-256 is kept, and a hash that slow callers would have to pay for (as for passwords) adds nothing to that much chance.
An owner has at most two keys that live: one, and the one that takes its place.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from msgspec import Struct, json
from msgspec.structs import replace

PREFIX = "cdk"
PLACE = "crossdock:keys"  # in the journal's notes; no route can have this name
USED = "crossdock:keys used"  # when each was used last, in Unix seconds
MOST_LIVE = 2
_ID_BYTES, _SECRET_BYTES = 5, 32
_SHAPE = re.compile(r"cdk_([a-z2-7]{8})_([A-Za-z0-9_-]{43})\Z")
OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z")


class ApiKey(Struct, frozen=True, kw_only=True):
    """What is kept of a key. Times are Unix seconds; ``routes`` empty: every route; ``rate`` per second."""

    id: str
    owner: str
    hash: str
    created: float
    expires: float | None = None
    routes: tuple[str, ...] = ()
    partner: str | None = None
    rate: float | None = None
    revoked: float | None = None

    def live(self, now: float) -> bool:
        """Whether it still opens anything."""
        return self.revoked is None and (self.expires is None or now < self.expires)

    def opens(self, route: str) -> bool:
        """Whether ``route`` is one of those it is for."""
        return not self.routes or route in self.routes

    def is_of(self, secret: str) -> bool:
        """Whether ``secret`` is the key itself, compared in constant time."""
        return hmac.compare_digest(self.hash, hash_of(secret))


def new_key(random: Callable[[int], bytes], now: float, owner: str) -> tuple[ApiKey, str]:
    """A key and its text, which nobody can make again. ``random`` gives that many bytes."""
    id = base64.b32encode(random(_ID_BYTES)).decode().lower()
    text = f"{PREFIX}_{id}_{base64.urlsafe_b64encode(random(_SECRET_BYTES)).decode().rstrip('=')}"
    return ApiKey(id=id, owner=owner, hash=hash_of(text), created=now), text


def id_of(text: str) -> str | None:
    """The id in a key's text; None for what is no key."""
    match = _SHAPE.match(text)
    return match[1] if match else None


def hash_of(text: str) -> str:
    """What is kept instead of the text."""
    return hashlib.sha256(text.encode()).hexdigest()


def written(key: ApiKey) -> str:
    """A key as it is noted in the journal."""
    return json.encode(key).decode()


def read(text: str) -> ApiKey:
    """What ``written`` wrote."""
    return json.decode(text, type=ApiKey)


def revoked(key: ApiKey, now: float) -> ApiKey:
    """The key, of no use from now on."""
    return key if key.revoked is not None else replace(key, revoked=now)


def ending(key: ApiKey, at: float) -> ApiKey:
    """The key, of no use from ``at`` on, or from earlier if it ends before."""
    return replace(key, expires=at if key.expires is None else min(at, key.expires))


def live_of(keys: Iterable[ApiKey], owner: str, now: float) -> list[ApiKey]:
    """The live keys of an owner, the oldest first."""
    return sorted((one for one in keys if one.owner == owner and one.live(now)), key=lambda one: one.created)


def moment(seconds: float | None) -> str | None:
    """A time for people and scripts."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
