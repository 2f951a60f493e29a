"""What a route may say about an address of ours: ``from: http: {path: /orders, …}``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from crossdock.connector.amounts import Bytes, PerSecond, Seconds, lasting, sized
from crossdock.connector.endpoint import (
    OWN_PATHS,
    PATH,
    Access,
    Endpoint,
    KeyRule,
    Reply,
    Style,
    Tokens,
    Webhook,
)

_MEDIA = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\Z")  # RFC 6838, 4.2
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}\Z")  # RFC 9110, 5.6.2, token
_WITHHELD = frozenset({"authorization", "cookie", "x-api-key", "proxy-authorization"})


def _media(text: str) -> str:
    if not _MEDIA.match(text):
        raise ValueError(f"'{text}' is no media type such as application/json")
    return text


def _header(text: str) -> str:
    if not _HEADER.match(text):
        raise ValueError(f"'{text}' is no name of a header")
    if text.lower() in _WITHHELD or "signature" in text.lower():
        raise ValueError(f"'{text}' holds what proves who sends, and is never kept")
    return text


def _path(text: str) -> str:
    if not PATH.match(text):
        raise ValueError(f"'{text}' is no path such as /orders or /v2/orders: letters, digits, - . _ ~ between slashes")
    if any(text == own or text.startswith(f"{own}/") for own in OWN_PATHS):
        raise ValueError(f"'{text}' is an address crossdock answers itself")
    return text


UrlPath: TypeAlias = Annotated[str, AfterValidator(_path)]
Algorithm: TypeAlias = Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WebhookOptions(Options):
    """Requests are signed by a secret both sides know.

    ``style``: ``standard`` (Standard Webhooks), ``github``, ``stripe``, ``shopify``, or ``business-central``, whose
    notifications tell the secret (clientState) and whose handshakes are answered. ``secret`` is the sender's as it shows
    it; two in a list while one takes the other's place. What was signed more than ``tolerance`` ago, or ahead, is
    refused, where the style signs the time.
    """

    style: Style = Style.STANDARD
    secret: SecretStr | tuple[SecretStr, ...]
    tolerance: Annotated[Seconds, lasting("1s", "1h")] = 300.0

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """One or two."""
        return self.secret if isinstance(self.secret, tuple) else (self.secret,)

    @field_validator("secret")
    @classmethod
    def _not_empty(cls, secret: SecretStr | tuple[SecretStr, ...]) -> SecretStr | tuple[SecretStr, ...]:
        listed = secret if isinstance(secret, tuple) else (secret,)
        if not listed or not all(one.get_secret_value() for one in listed):
            raise ValueError("a webhook without a secret would be signed by anybody")
        return secret


class JwtOptions(Options):
    """Requests carry ``Authorization: Bearer`` with a token (JWT) that ``issuer`` made for ``audience``.

    ``keys`` are the issuer's public keys (JWKS): a file of the project, or its https address. Only ``algorithms`` count,
    whatever a token says. It must have all of ``scopes``. ``partner`` is the claim that names a trading partner.
    ``type`` is what a token has to call itself (``at+jwt`` for access tokens of RFC 9068); without it JWT, at+jwt or
    nothing. A token that is bound to a key (``cnf``: DPoP, mTLS) does not count: it proves nothing alone.
    """

    issuer: Annotated[str, Field(min_length=1)]
    audience: Annotated[str, Field(min_length=1)]
    keys: Annotated[str, Field(min_length=1)]
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256", "EdDSA")
    scopes: tuple[str, ...] = ()
    partner: str | None = None
    type: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    @field_validator("keys")
    @classmethod
    def _keys(cls, keys: str) -> str:
        if "://" in keys and not keys.startswith("https://"):
            raise ValueError("public keys come over https, or from a file of the project")
        if "://" not in keys and (keys.startswith("/") or ".." in keys.split("/")):
            raise ValueError(f"'{keys}' is not a file of the project")
        return keys


class AuthOptions(Options):
    """Who may send; a request needs to satisfy one. Without any, ``keys``.

    ``keys``: API keys of ``crossdock keys``, in ``Authorization: Bearer`` or ``X-API-Key``. ``certificates``: names
    (subject CN or DNS) of client certificates, each with its partner or ``""``; needs ``http: {tls: {clients: …}}``.
    ``anybody: true`` asks for nothing.
    """

    keys: bool = False
    webhook: WebhookOptions | None = None
    jwt: JwtOptions | None = None
    certificates: dict[str, str] | None = None
    anybody: bool = False

    @model_validator(mode="after")
    def _something(self) -> AuthOptions:
        closed = self.keys or self.webhook or self.jwt or self.certificates is not None
        if self.anybody and closed:
            raise ValueError("'anybody: true' lets in who has no proof, so the others prove nothing")
        if not self.anybody and not closed:
            raise ValueError("say who may send: keys, webhook, jwt, certificates, or anybody: true")
        return self

    def access(self) -> Access:
        """The same for the front."""
        hook, jwt = self.webhook, self.jwt
        return Access(
            keys=self.keys,
            webhook=Webhook(style=hook.style, secrets=hook.secrets, tolerance=hook.tolerance) if hook else None,
            tokens=_tokens(jwt) if jwt else None,
            certificates=self.certificates,
            anybody=self.anybody,
        )


def _tokens(jwt: JwtOptions) -> Tokens:
    return Tokens(
        issuer=jwt.issuer,
        audience=jwt.audience,
        keys=jwt.keys,
        algorithms=jwt.algorithms,
        scopes=jwt.scopes,
        partner=jwt.partner,
        type=jwt.type,
    )


class ReplyOptions(Options):
    """The caller waits, at most ``within``; later than that it is told where to look.

    Without ``from``: until all that came of it is settled. With it: for what the route's destination of that name was
    sent, which is the answer.
    """

    within: Annotated[Seconds, lasting("100ms", "5m")] = 10.0
    of: Annotated[str | None, Field(alias="from")] = None


class EndpointOptions(Options):
    """An address of ours: others POST documents to ``path``.

    ``accepts`` are the media types it takes (default: any). ``size`` bounds a request, packed and unpacked; ``patience``
    the time it may take to arrive. ``auth`` says who may send. ``idempotency``: whether the header ``Idempotency-Key``
    is ``required``, ``optional`` or ``off``. With ``check: true`` a document the route would reject is refused at once
    (422, with every finding) and not taken; otherwise it is taken, and parked with its findings. ``reply`` makes the
    caller wait. ``rate`` is what one caller may send. ``partner`` is who sends here, where the proof does not say.
    ``keep`` are request headers that the route can read as ``$headers."http.header.NAME"``. ``deprecated`` and
    ``sunset`` (dates) are told in each answer (RFC 9745, RFC 8594), with ``successor``, the path that takes its place.
    """

    path: UrlPath
    accepts: tuple[Annotated[str, AfterValidator(_media)], ...] = ()
    size: Annotated[Bytes, sized("1B", "1GB")] = 10_000_000
    patience: Annotated[Seconds, lasting("1s", "1h")] = 30.0
    auth: AuthOptions = AuthOptions(keys=True)
    idempotency: KeyRule = KeyRule.OPTIONAL
    check: bool = False
    reply: ReplyOptions | None = None
    rate: PerSecond | None = None
    partner: str | None = None
    keep: tuple[Annotated[str, AfterValidator(_header)], ...] = ()
    deprecated: date | None = None
    sunset: date | None = None
    successor: UrlPath | None = None

    @model_validator(mode="after")
    def _in_this_order(self) -> EndpointOptions:
        if self.deprecated and self.sunset and self.sunset < self.deprecated:
            raise ValueError("'sunset' is before 'deprecated': nothing ends before it is out of favour (RFC 9745, 4)")
        return self

    def endpoint(self) -> Endpoint:
        """The same for the front."""
        reply = self.reply
        return Endpoint(
            path=self.path,
            access=self.auth.access(),
            accepts=self.accepts,
            largest=self.size,
            patience=self.patience,
            key=self.idempotency,
            check=self.check,
            reply=Reply(within=reply.within, of=reply.of) if reply else None,
            rate=self.rate,
            partner=self.partner,
            keep=self.keep,
            deprecated=_moment(self.deprecated),
            sunset=_moment(self.sunset),
            successor=self.successor,
        )


def _moment(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
