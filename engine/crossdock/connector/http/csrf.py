"""Tokens against forged requests, as SAP Gateway wants them: given by a GET, carried by every change.

The token belongs to a session, so the cookies that came with it are sent along. It is fetched when the first change
leaves, and anew where the peer says that it is needed (403 with ``X-CSRF-Token: Required``); then nothing was done yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from crossdock.connector.http.credentials import Credentials, Send
from crossdock.connector.http.exchange import SAFE, Request, Response
from crossdock.connector.http.options import Csrf
from crossdock.connector.http.redaction import Redaction
from crossdock.errors import CrossdockError, Doubt, Halt, Retry

_UNAUTHORISED, _FORBIDDEN = 401, 403  # RFC 9110, 15.5.2 and 15.5.4
_TOKEN = re.compile(r"[\x21-\x7e]{1,4000}\Z")
_COOKIE = re.compile(r"(?:^|,\s*)([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)(?=;|,|$)")


class CsrfToken:
    """The token and the cookies of one session, beside what else says who we are."""

    def __init__(self, options: Csrf, inner: Credentials, redaction: Redaction) -> None:
        self._options, self._inner, self._redaction = options, inner, redaction
        self._session: Mapping[str, str] | None = None

    def signed(self, request: Request, send: Send) -> Request:
        """See ``Credentials``. Raises ``Retry`` and ``Halt`` K767 where no token is given."""
        if request.method in SAFE:
            return self._inner.signed(request, send)
        if self._session is None:
            self._session = self._given(request, send)
        return self._inner.signed(request.with_headers(self._session), send)

    def renew(self, response: Response) -> bool:
        """See ``Credentials``. Without a session there is nothing that could have ended."""
        said = response.headers.get(self._options.header.lower(), "")
        if self._session is not None and response.status == _FORBIDDEN and said.lower() == "required":
            self._session = None
            return True
        if response.status == _UNAUTHORISED:  # whoever we are next has another session
            self._session = None
        return self._inner.renew(response)

    def _given(self, request: Request, send: Send) -> Mapping[str, str]:
        headers = {self._options.header: "Fetch", "Accept": "application/json"}
        agent = {name: value for name, value in request.headers.items() if name.lower() == "user-agent"}
        asked = Request(method="GET", url=self._options.url, headers={**agent, **headers}, repeatable=True)
        try:
            response = send(self._inner.signed(asked, send))
        except Doubt as error:  # what a token was wanted for has not been sent
            raise Retry("K767", f"no token against forged requests: {error.message}") from error
        token = response.headers.get(self._options.header.lower(), "")
        if not _TOKEN.match(token) or token.lower() == "required":
            raise self._refusal(response)
        self._redaction.add(token)
        cookies = _cookies(response.headers.get("set-cookie", ""))
        for value in cookies.values():
            self._redaction.add(value)
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return {self._options.header: token, **({"Cookie": cookie} if cookie else {})}

    def _refusal(self, response: Response) -> CrossdockError:
        told = f"no token against forged requests from {self._options.url}: {response.status}"
        if response.status in (_UNAUTHORISED, _FORBIDDEN):
            return Halt("K767", told, hint="look at 'auth:', and at what this user may do there")
        return Retry("K767", told, hint="look at the URL of 'csrf'")


def _cookies(text: str) -> dict[str, str]:
    """Names and values; several headers come joined by commas, and the date in one has a comma too (RFC 6265, 3)."""
    return dict(_COOKIE.findall(text))
