"""Signed requests: four styles of senders, each a row of a table. Pure: the raw bytes, the headers, the time.

* ``standard``: Standard Webhooks 1.0. HMAC-SHA256 over ``id.timestamp.body``, base64, in ``webhook-signature`` behind
  ``v1,``; several may stand there. The secret is base64 behind ``whsec_``.
* ``stripe``: HMAC-SHA256 over ``timestamp.body``, hex, in ``Stripe-Signature: t=…,v1=…``.
* ``github``: HMAC-SHA256 over the body, hex, in ``X-Hub-Signature-256: sha256=…``.
* ``shopify``: HMAC-SHA256 over the body, base64, in ``X-Shopify-Hmac-SHA256``.

What is sent again must not count again. Where the sender signs a name of the event, that is its identity. Where it does
not (``github``, ``shopify``: the header that has the name is not signed, so whoever has seen a request could change it),
the signature itself is, together with the topic.

``business-central`` signs nothing: see ``subscriptions``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from crossdock.connector.endpoint import Style, Webhook
from crossdock.front import subscriptions
from crossdock.front.problem import Problem

_LONGEST_ID = 255
_MOST_SIGNATURES = 10  # compared: a header may not make us work


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a request says: what was signed, by which signatures, when, and which event it is."""

    signed: tuple[bytes, ...]  # in pieces, so that a large body is not copied
    signatures: tuple[bytes, ...]
    at: float | None
    identity: str


def identity(webhook: Webhook, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The identity of a well-signed event. Raises ``Problem``; ``headers`` have lower-case names."""
    if webhook.style is Style.BUSINESS_CENTRAL:
        return subscriptions.identity(webhook, body)
    claim = _CLAIMS[webhook.style](headers, body)
    if not any(_is_of(claim, _key(webhook.style, one.get_secret_value())) for one in webhook.secrets):
        raise Problem("W116", "no signature of the request is that of its body")
    if claim.at is not None and abs(now - claim.at) > webhook.tolerance:
        raise Problem("W117", f"signed more than {webhook.tolerance:g} s ago, or ahead; now is {now:.0f}")
    return claim.identity


def _is_of(claim: _Claim, key: bytes) -> bool:
    code = hmac.new(key, digestmod=hashlib.sha256)
    for piece in claim.signed:
        code.update(piece)
    digest = code.digest()
    matches = [hmac.compare_digest(digest, one) for one in claim.signatures]  # each is compared, also behind a match
    return any(matches)


def _key(style: Style, secret: str) -> bytes:
    if style is Style.STANDARD and secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            return secret.encode()
    return secret.encode()


def _standard(headers: Mapping[str, str], body: bytes) -> _Claim:
    id, stamp = _required(headers, "webhook-id"), _required(headers, "webhook-timestamp")
    listed = [one.partition(",") for one in _required(headers, "webhook-signature").split(" ")[:_MOST_SIGNATURES]]
    signatures = tuple(_base64(text) for version, _, text in listed if version == "v1")
    return _Claim((f"{id}.{stamp}.".encode(), body), signatures, _seconds(stamp), id)


def _stripe(headers: Mapping[str, str], body: bytes) -> _Claim:
    listed = [one.strip().partition("=") for one in _required(headers, "stripe-signature").split(",")]
    stamp = next((text for name, _, text in listed if name == "t"), "")
    signatures = tuple(_hex(text) for name, _, text in listed[: _MOST_SIGNATURES + 1] if name == "v1")
    return _Claim((f"{stamp}.".encode(), body), signatures, _seconds(stamp), _event(body))


def _github(headers: Mapping[str, str], body: bytes) -> _Claim:
    name, _, text = _required(headers, "x-hub-signature-256").partition("=")
    signature = _hex(text) if name == "sha256" else b""
    return _Claim((body,), (signature,), None, f"{headers.get('x-github-event', '')} {signature.hex()}")


def _shopify(headers: Mapping[str, str], body: bytes) -> _Claim:
    signature = _base64(_required(headers, "x-shopify-hmac-sha256"))
    return _Claim((body,), (signature,), None, f"{headers.get('x-shopify-topic', '')} {signature.hex()}")


_CLAIMS: Mapping[Style, Callable[[Mapping[str, str], bytes], _Claim]] = {
    Style.STANDARD: _standard,
    Style.STRIPE: _stripe,
    Style.GITHUB: _github,
    Style.SHOPIFY: _shopify,
}

#: Styles that sign the time: a signature of nothing is not good for ever.
TIMED = frozenset({Style.STANDARD, Style.STRIPE})

#: The headers that hold the signature, for the description of an address.
SIGNATURE_HEADERS: Mapping[Style, str] = {
    Style.STANDARD: "webhook-signature",
    Style.STRIPE: "Stripe-Signature",
    Style.GITHUB: "X-Hub-Signature-256",
    Style.SHOPIFY: "X-Shopify-Hmac-SHA256",
}


def _required(headers: Mapping[str, str], name: str) -> str:
    text = headers.get(name, "")
    if not text:
        raise Problem("W103", f"the request has no header {name}")
    if name == "webhook-id" and len(text) > _LONGEST_ID:
        raise Problem("W116", f"{name} has more than {_LONGEST_ID} characters")
    return text


def _event(body: bytes) -> str:
    """The signed name of a Stripe event: the ``id`` of its JSON. Without one, the hash of the body."""
    return next(_ids(body), hashlib.sha256(body).hexdigest())


def _ids(body: bytes) -> Iterator[str]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    id = document.get("id") if isinstance(document, dict) else None
    if isinstance(id, str) and 0 < len(id) <= _LONGEST_ID:
        yield id


def _seconds(text: str) -> float:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):  # noqa: PLR2004 - digits of Unix seconds
        raise Problem("W117", "the time of the signature is no number of seconds")
    return float(text)


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
