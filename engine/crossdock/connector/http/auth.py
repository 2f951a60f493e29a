"""Who we are to a peer: what is added to each request, and what is renewed when the peer no longer knows us."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from crossdock.connector.http.address import encoded, header_fault
from crossdock.connector.http.credentials import Credentials, Send, basic
from crossdock.connector.http.csrf import CsrfToken
from crossdock.connector.http.exchange import Request, Response, chunked
from crossdock.connector.http.oauth1 import Signed
from crossdock.connector.http.options import ApiKey, Auth, Basic, Hmac, OAuth1, OAuth2
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.tokens import Tokens
from crossdock.errors import Halt

_HOLE = re.compile(r"\{(method|path|query|body|timestamp|id|key)\}")


class Fixed:
    """Headers and a parameter that stay the same."""

    def __init__(self, headers: Mapping[str, str], query: tuple[str, str] | None = None) -> None:
        faults = [fault for value in headers.values() if (fault := header_fault(value))]
        if faults:  # the value itself is a secret
            raise Halt("K712", f"a credential cannot be sent in a header: {faults[0]}")
        self._headers, self._query = headers, query

    def signed(self, request: Request, send: Send) -> Request:
        """See ``Credentials``."""
        request = request.with_headers(self._headers)
        return request if self._query is None else request.with_query(*self._query)

    def renew(self, response: Response) -> bool:
        """They are what they are."""
        return False


class Signature:
    """An HMAC over parts of the request, in a header; made after everything else is there."""

    def __init__(self, options: Hmac, inner: Credentials, now: Callable[[], datetime]) -> None:
        self._options, self._inner, self._now = options, inner, now
        self._secret = _secret(options)

    def signed(self, request: Request, send: Send) -> Request:
        """See ``Credentials``."""
        request = self._inner.signed(request, send)
        options, stamp = self._options, str(int(self._now().timestamp()))
        parts = urlsplit(request.url)
        texts = {"method": request.method, "path": parts.path or "/", "query": parts.query, "timestamp": stamp}
        texts |= {"id": request.message, "key": request.key}
        digest = hmac.new(self._secret, digestmod=getattr(hashlib, options.algorithm))
        for number, piece in enumerate(_HOLE.split(options.over)):
            if number % 2 and piece == "body":
                for chunk in chunked(request.body):
                    digest.update(chunk)
            else:
                digest.update((texts[piece] if number % 2 else piece).encode())
        raw = digest.digest()
        text = raw.hex() if options.encoding == "hex" else base64.b64encode(raw).decode()
        extra = {options.timestamp: stamp} if options.timestamp else {}
        extra |= {options.id: request.key} if options.id else {}
        return request.with_headers({options.header: f"{options.prefix}{text}", **extra})

    def renew(self, response: Response) -> bool:
        """See ``Credentials``."""
        return self._inner.renew(response)


def credentials(
    auth: Auth, redaction: Redaction, refused: str, clock: Callable[[], float], now: Callable[[], datetime]
) -> Credentials:
    """The credentials that options ask for; every secret in them is made known to ``redaction``."""
    inner = _ours(auth, redaction, now) or _tokens(auth.oauth2, redaction, refused, clock, now) or Fixed({})
    if auth.csrf is not None:
        inner = CsrfToken(auth.csrf, inner, redaction)
    if auth.hmac is None:
        return inner
    redaction.add(auth.hmac.secret.get_secret_value())
    return Signature(auth.hmac, inner, now)


def _ours(auth: Auth, redaction: Redaction, now: Callable[[], datetime]) -> Credentials | None:
    """What we have ourselves, and need to ask nobody for."""
    match auth:
        case Auth(basic=Basic() as login):
            redaction.add(login.password.get_secret_value())
            headers = basic(login.user, login.password.get_secret_value())
            redaction.add(headers["Authorization"].removeprefix("Basic "))
            return Fixed(headers)
        case Auth(api_key=ApiKey() as key):
            redaction.add(key.key.get_secret_value())
            return _api_key(key)
        case Auth(oauth1=OAuth1() as oauth1):
            return Signed(oauth1, redaction, now)
        case Auth(bearer=bearer) if bearer is not None:
            redaction.add(bearer.get_secret_value())
            return Fixed({"Authorization": f"Bearer {bearer.get_secret_value()}"})
    return None


def _tokens(
    options: OAuth2 | None,
    redaction: Redaction,
    refused: str,
    clock: Callable[[], float],
    now: Callable[[], datetime],
) -> Credentials | None:
    if options is None:
        return None
    if options.client_secret is not None:
        redaction.add(options.client_secret.get_secret_value())
    return Tokens(options, redaction, refused, clock, now)


def _api_key(key: ApiKey) -> Fixed:
    value = f"{key.prefix}{key.key.get_secret_value()}"
    if key.header is not None:
        return Fixed({key.header: value})
    return Fixed({}, (encoded(key.query or ""), encoded(value)))


def _secret(options: Hmac) -> bytes:
    text = options.secret.get_secret_value()
    try:
        match options.secret_is:
            case "hex":
                return bytes.fromhex(text)
            case "base64":  # the form of Standard Webhooks has a prefix
                return base64.b64decode(text.removeprefix("whsec_"), validate=True)
            case "text":
                return text.encode()
    except (ValueError, binascii.Error) as error:
        raise Halt("K712", f"the secret of 'hmac' is no {options.secret_is}") from error
