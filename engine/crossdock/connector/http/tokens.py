"""Tokens of OAuth 2.0 for client credentials (RFC 6749, 4.4), kept in memory until shortly before they end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from urllib.parse import quote_plus, urlencode

from crossdock.connector.http.assertion import asserted
from crossdock.connector.http.credentials import Send, basic
from crossdock.connector.http.exchange import Request, Response
from crossdock.connector.http.options import OAuth2
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.waiting import retry_after
from crossdock.document_json import decode
from crossdock.errors import CrossdockError, Doubt, Halt, Reject, Retry
from crossdock.message import Inline

_EARLY = 30.0  # seconds before its end in which a token is not used any more: clocks differ, requests take time
_LONGEST = 86_400.0  # seconds that a token is used at most, however long it says that it lives
_UNKNOWN_LIFE = 300.0  # seconds a token is kept whose server does not say how long it lives
_UNAUTHORISED, _TOO_MANY, _SERVER_ERROR = 401, 429, 500  # RFC 9110, 15.5.2; RFC 6585, 4; RFC 9110, 15.6
_LIFE = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?\Z")
_TOKEN = re.compile(r"[\x21-\x7e]{1,16000}\Z")  # RFC 6749, A.12, without the space
_BOUND = frozenset({"dpop", "mac", "pop"})  # types of tokens that want a proof beside them (RFC 6749, 7.1; RFC 9449)


class Tokens:
    """Tokens of one client. Whoever needs one while one is being asked for waits for that."""

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
        self._asking = Lock()

    def signed(self, request: Request, send: Send) -> Request:
        """See ``Credentials``. Raises ``Retry`` K721, ``Halt`` K721."""
        token, header = self._current(send), self._options.token_header
        return request.with_headers({header: token} if header else {"Authorization": f"Bearer {token}"})

    def renew(self, response: Response) -> bool:
        """A token may be taken back before its time."""
        if response.status != _UNAUTHORISED:
            return False
        with self._asking:
            had, self._token = self._token is not None, None
        return had

    def _current(self, send: Send) -> str:
        with self._asking:
            if self._token is None or self._clock() >= self._ends:
                self._token, self._ends = self._taken(self._answered(send))
            return self._token

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

    def _taken(self, response: Response) -> tuple[str, float]:
        """The token, and until when it is used."""
        where = self._options.token_url
        try:
            given = decode(response.body)
        except (Reject, RecursionError) as error:
            raise Retry("K721", f"{where} answered with something that is no JSON") from error
        answer = given if isinstance(given, dict) else {}
        token, kind = answer.get("access_token"), str(answer.get("token_type", "")).lower()
        if not isinstance(token, str) or not _TOKEN.match(token):
            raise Retry("K721", f"{where} answered without an access_token that can be used")
        self._redaction.add(token, passing=True)
        if kind in _BOUND:
            hint = "have it give out bearer tokens to this client"
            raise Halt("K721", f"{where} gives out tokens of the type {kind}, which prove nothing alone", hint=hint)
        return token, self._clock() + _used_for(answer.get("expires_in"))


def _used_for(life: object) -> float:
    """Seconds that a token is used which lives so long: not to its end, and not for ever."""
    seconds = float(str(life)) if _LIFE.match(str(life)) else _UNKNOWN_LIFE
    return min(max(seconds - _EARLY, seconds / 2), _LONGEST)
