"""Who sends: API keys as the journal has them, tokens, certificates, signatures, and nothing where nothing is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from crossdock.connector.endpoint import Access, Endpoint, Tokens
from crossdock.front import tokens, webhooks
from crossdock.front.api_keys import PLACE, USED, ApiKey, id_of, read
from crossdock.front.problem import Problem
from crossdock.front.tokens import Claims, VerificationKey
from crossdock.journal.notebook import Notebook

REFRESH = 2.0  # seconds until a key that was made or revoked elsewhere is known here
NOTE_USE = 60.0  # seconds between notes of which keys were used
_MOST_KEYS = 100_000
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends: a name that is the same for all their requests, their partner, and what they may send in a second.

    ``identity`` is what a signed event is known by.
    """

    name: str
    partner: str | None = None
    rate: float | None = None
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The names a verified client certificate has: subject CN and DNS names."""

    names: tuple[str, ...]


class KeySource(Protocol):
    """The public keys of an issuer."""

    async def keys(self, where: str, id: str | None) -> tuple[VerificationKey, ...]:
        """Its keys; where ``id`` is none of them, looked up anew if that is due. Raises ``Problem``."""
        ...


class KeyRing:
    """The API keys of the journal, as they were a moment ago. ``refresh`` belongs to the thread that has the journal."""

    def __init__(self) -> None:
        self._keys: Mapping[str, ApiKey] | None = None  # not looked up yet: nobody's key is wrong
        self._due = 0.0
        self._used: dict[str, float] = {}
        self._note_due = 0.0

    def refresh(self, journal: Notebook, now: float) -> None:
        """Look again, when that is due (``now`` is monotonic), and note which keys were used."""
        if now < self._due:
            return
        self._due = now + REFRESH
        found: dict[str, ApiKey] = {}
        after = ""
        while len(found) < _MOST_KEYS:
            page = journal.noted(PLACE, after=after, limit=_PAGE)
            found |= {note.key: read(note.text) for note in page}
            if len(page) < _PAGE:
                break
            after = page[-1].key
        self._keys = found
        if now >= self._note_due:
            self._note_due = now + NOTE_USE
            self._note_use(journal)

    def _note_use(self, journal: Notebook) -> None:
        """When each key was used last. Reading the note of a key renews it, so one in use is never forgotten."""
        used, self._used = self._used, {}
        if used:
            journal.notes(PLACE, list(used))
            journal.note(USED, {id: str(round(at)) for id, at in list(used.items())})

    def caller(self, text: str, route: str, now: float) -> Caller:
        """Whose key it is. Raises ``Problem``; ``now`` in Unix seconds."""
        if self._keys is None:
            raise Problem("W121", "keys cannot be looked up yet", headers={"Retry-After": f"{REFRESH:.0f}"})
        id = id_of(text)
        key = self._keys.get(id) if id is not None else None
        if key is None or not key.is_of(text) or not key.live(now):
            raise Problem("W104", "the key is unknown, revoked or expired", headers=CHALLENGE)
        if not key.opens(route):
            raise Problem("W105", "the key is for other addresses")
        self._used[key.id] = now
        return Caller(key.owner, key.partner, key.rate)


CHALLENGE = {"WWW-Authenticate": 'Bearer realm="crossdock"'}


class Callers:
    """Finds out who sends a request. ``now`` is the wall clock in Unix seconds."""

    def __init__(self, ring: KeyRing, issuers: KeySource, now: Callable[[], float] = time.time) -> None:
        self._ring = ring
        self._issuers = issuers
        self._now = now

    async def before_body(
        self, route: str, endpoint: Endpoint, headers: Mapping[str, str], certificate: Certificate | None
    ) -> Caller | None:
        """Who sends, as far as the headers prove it; None where only the signature of the body can."""
        access = endpoint.access
        if certificate is not None and access.certificates is not None:
            return _certified(certificate, access.certificates)
        credential = _credential(headers)
        if credential is not None and (access.keys or access.tokens):
            return await self._by_credential(route, access, credential)
        if access.webhook is not None:
            return None
        if access.anybody:
            return Caller("anybody")
        detail = "no key, token, certificate or signature that this address asks for"
        raise Problem("W103", detail, headers=CHALLENGE if access.keys or access.tokens else {})

    async def _by_credential(self, route: str, access: Access, credential: str) -> Caller:
        if access.keys and (access.tokens is None or id_of(credential) is not None):
            return self._ring.caller(credential, route, self._now())
        if access.tokens is None:
            raise Problem("W104", "the key is unknown, revoked or expired", headers=CHALLENGE)
        found = await self._claims(access.tokens, credential)
        return Caller(f"{access.tokens.issuer} {found.subject}", found.partner)

    async def _claims(self, wanted: Tokens, token: str) -> Claims:
        keys = await self._issuers.keys(wanted.keys, tokens.key_id(token))
        return tokens.claims(token, wanted, keys, self._now())

    async def asking(
        self, route: str, endpoint: Endpoint, headers: Mapping[str, str], certificate: Certificate | None
    ) -> Caller | None:
        """Who asks how a message stands. Who signs, signs a body of nothing, in a style that signs the time as well.

        Raises ``Problem``; None where nothing proves it.
        """
        caller = await self.before_body(route, endpoint, headers, certificate)
        hook = endpoint.access.webhook
        if caller is None and hook is not None and hook.style in webhooks.TIMED:
            return self.by_signature(route, endpoint, headers, b"")
        return caller

    def by_signature(self, route: str, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Caller:
        """Who signed the body. Raises ``Problem``."""
        if endpoint.access.webhook is None:
            raise Problem("W103")
        identity = webhooks.identity(endpoint.access.webhook, headers, body, self._now())
        return Caller(f"webhook {route}", identity=f"{endpoint.access.webhook.style} {identity}")


def _certified(certificate: Certificate, names: Mapping[str, str]) -> Caller:
    name = next((one for one in certificate.names if one in names), None)
    if name is None:
        raise Problem("W119", "none of the certificate's names is known here")
    return Caller(f"certificate {name}", names[name] or None)


def proves(headers: Mapping[str, str], certificate: Certificate | None) -> bool:
    """Whether a request brings anything that could prove who sends it."""
    signed = any(name.lower() in headers for name in webhooks.SIGNATURE_HEADERS.values())
    return certificate is not None or signed or _credential(headers) is not None


def _credential(headers: Mapping[str, str]) -> str | None:
    """What stands in ``Authorization: Bearer`` (RFC 6750, 2.1) or ``X-API-Key``."""
    scheme, _, text = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and text.strip():
        return text.strip()
    return headers.get("x-api-key") or None
