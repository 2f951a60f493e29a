"""An endpoint: an address of ours that others send to over HTTP, described as data.

A route that is not polled but served has one. Its connector says what may come in and from whom; the front of the
engine does the rest, the same for every endpoint: limits, proof of who sends, idempotency keys, durable acceptance,
answers.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

#: A path is compared as it comes, byte by byte: nothing in it is ever decoded (RFC 3986, 2.3, unreserved characters).
PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\Z")

#: What the front answers itself.
OWN_PATHS = frozenset({"/messages", "/openapi.json", "/docs", "/live", "/ready"})


class KeyRule(enum.StrEnum):
    """Whether a request must carry an ``Idempotency-Key``, may, or is a new message in any case."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    OFF = "off"


class Style(enum.StrEnum):
    """How a sender of webhooks signs, or what else it proves itself by."""

    STANDARD = "standard"
    GITHUB = "github"
    STRIPE = "stripe"
    SHOPIFY = "shopify"
    BUSINESS_CENTRAL = "business-central"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Requests are signed with one of ``secrets`` (two while one takes the other's place), at most ``tolerance`` s ago."""

    style: Style
    secrets: tuple[SecretStr, ...]
    tolerance: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Requests carry a JWT of ``issuer`` for ``audience``. ``keys`` is a file of the project or an https URL (JWKS).

    ``algorithms`` are the only ones that count, whatever a token says of itself. ``scopes`` it must all have.
    ``partner`` is the claim that names a trading partner. ``type`` is what the header ``typ`` has to be.
    """

    issuer: str
    audience: str
    keys: str
    algorithms: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    partner: str | None = None
    type: str | None = None
    leeway: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may send: whoever satisfies one of these. ``names``: from a certificate's name to a partner ("" for none)."""

    keys: bool = False
    webhook: Webhook | None = None
    tokens: Tokens | None = None
    certificates: Mapping[str, str] | None = None
    anybody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The caller waits up to ``within`` seconds: for the fate of what it sent, or what destination ``of`` was sent."""

    within: float
    of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address. ``accepts`` are media types without parameters (empty: any); ``largest`` counts unpacked bytes.

    ``check``: what the route would reject is refused with its findings, and not taken. ``rate`` is per second and
    caller. ``keep`` are request headers that travel with the message. ``successor`` is the path that takes its place.
    """

    path: str
    access: Access
    accepts: tuple[str, ...] = ()
    largest: int = 10_000_000
    patience: float = 30.0
    key: KeyRule = KeyRule.OPTIONAL
    check: bool = False
    reply: Reply | None = None
    rate: float | None = None
    partner: str | None = None
    keep: tuple[str, ...] = ()
    deprecated: datetime | None = None
    sunset: datetime | None = None
    successor: str | None = None
