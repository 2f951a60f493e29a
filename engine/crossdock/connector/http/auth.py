"""Who we are to a peer: what is added to each request, and what is renewed when the peer no longer knows us."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote_plus, urlencode, urlsplit

from crossdock.connector.http.address import encoded, header_fault
from crossdock.connector.http.assertion import asserted
from crossdock.connector.http.credentials import Credentials, Send
from crossdock.connector.http.csrf import CsrfToken
from crossdock.connector.http.exchange import Request, Response, chunked
from crossdock.connector.http.oauth1 import Signed
from crossdock.connector.http.options import ApiKey, Auth, Basic, Hmac, OAuth1, OAuth2
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.waiting import retry_after
from crossdock.document_json import decode
from crossdock.errors import CrossdockError, Doubt, Halt, Reject, Retry
from crossdock.message import Inline

_EARLY = 30.0  # seconds before its end in which a token is not used any more: clocks differ, requests take time
_UNKNOWN_LIFE = 300.0  # seconds a token is kept whose server does not say how long it lives
_UNAUTHORISED, _TOO_MANY, _SERVER_ERROR = 401, 429, 500  # RFC 9110, 15.5.2; RFC 6585, 4; RFC 9110, 15.6
_LIFE = re.compile(r"[0-9]{1,12}\Z")
_TOKEN = re.compile(r"[\x21-\x7e]{1,16000}\Z")  # RFC 6749, A.12, without the space
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


class Tokens:
    """Tokens of OAuth 2.0 for client credentials, kept in memory until shortly before they end."""

    def __init__(
        self,
        options: OAuth2,
        redaction: Redaction,
        refused: str,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._options, self._redaction, self._refused = options, redaction, refused
        self._clock, self._now = clock, now
        self._token: str | None = None
        self._ends = 0.0

    def signed(self, request: Request, send: Send) -> Request:
        """See ``Credentials``. Raises ``Retry`` K721, ``Halt`` K721."""
        if self._token is None or self._clock() >= self._ends:
            self._take(self._answered(send))
        header = self._options.token_header
        return request.with_headers(
            {header: self._token or ""} if header else {"Authorization": f"Bearer {self._token}"}
        )

    def renew(self, response: Response) -> bool:
        """A token may be taken back before its time."""
        if response.status != _UNAUTHORISED:
            return False
        had, self._token = self._token is not None, None
        return had

    def _answered(self, send: Send) -> Response:
        options = self._options
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        fields = {"grant_type": "client_credentials", **({"scope": options.scope} if options.scope else {})}
        if options.assertion is not None:
            fields |= asserted(options, options.assertion, self._now(), self._redaction)
            fields |= {"client_id": options.client_id} if options.style == "body" else {}
        elif options.client_secret is not None:
            secret = options.client_secret.get_secret_value()
            if options.style == "basic":  # both are form-encoded first (RFC 6749, 2.3.1)
                headers |= basic(quote_plus(options.client_id), quote_plus(secret))
                self._redaction.add(headers["Authorization"].removeprefix("Basic "))
            else:
                fields |= {"client_id": options.client_id, "client_secret": secret}
        body = urlencode({**fields, **options.parameters}).encode()
        asked = Request(method="POST", url=options.token_url, headers=headers, body=Inline(body), repeatable=True)
        try:
            response = send(asked)
        except Doubt as error:  # what a token was wanted for has not been sent
            raise Retry("K721", f"no token: {error.message}") from error
        if not response.is_success:
            raise self._refusal(response)
        return response

    def _refusal(self, response: Response) -> CrossdockError:
        said = self._redaction.shown(response.body.decode("utf-8", "replace"), 200)
        told = f"no token from {self._options.token_url}: {response.status} {said}".rstrip()
        transient = response.status >= _SERVER_ERROR or response.status == _TOO_MANY or self._refused == "retry"
        if transient:
            return Retry("K721", told, after=retry_after(response.headers, self._now()))
        return Halt("K721", told, hint="look at client_id, client_secret and scope")

    def _take(self, response: Response) -> None:
        where = self._options.token_url
        try:
            given = decode(response.body)
        except (Reject, RecursionError) as error:
            raise Retry("K721", f"{where} answered with something that is no JSON") from error
        token = given.get("access_token") if isinstance(given, dict) else None
        life = given.get("expires_in") if isinstance(given, dict) else None
        if not isinstance(token, str) or not _TOKEN.match(token):
            raise Retry("K721", f"{where} answered without an access_token that can be used")
        self._redaction.add(token, passing=True)
        seconds = float(life) if isinstance(life, int | str) and _LIFE.match(str(life)) else _UNKNOWN_LIFE
        self._token, self._ends = token, self._clock() + max(min(seconds - _EARLY, 86_400.0), seconds / 2)


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


def basic(user: str, password: str) -> dict[str, str]:
    """The header of RFC 7617; UTF-8, as its section 2.1 has it."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


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
