"""The one door to a peer: who we are, redirects, tokens, limits and stale connections; a reply, or what went wrong.

Nothing is repeated here that could have an effect twice: a request goes out again only when the peer cannot have taken
it, has refused it for want of a valid token, or when ``Request.repeatable`` says that twice is the same as once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crossdock.connector.http.address import url_fault
from crossdock.connector.http.auth import credentials
from crossdock.connector.http.exchange import SAFE, Request, Response, joined, origin
from crossdock.connector.http.network import Resolve, resolve
from crossdock.connector.http.options import PeerOptions
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.waiting import used_up
from crossdock.errors import CrossdockError, Doubt, Retry
from crossdock.message import Inline

if TYPE_CHECKING:  # the library behind it is imported when the first request leaves
    from crossdock.connector.http.transport import Transport

_REDIRECTS = frozenset({301, 302, 303, 307, 308})  # RFC 9110, 15.4
_SAME_METHOD = frozenset({307, 308})
_LONGEST_PAUSE = 300.0  # seconds we hold back by ourselves because a limit is used up


class HttpClient:
    """Asks one peer, from one thread at a time. ``clock`` gives monotonic seconds, ``now`` the wall clock."""

    def __init__(
        self,
        options: PeerOptions,
        root: Path,
        now: Callable[[], datetime],
        *,
        clock: Callable[[], float] = time.monotonic,
        resolve: Resolve = resolve,
    ) -> None:
        self._options, self._root, self._now = options, root, now
        self._clock, self._resolve = clock, resolve
        self.redaction = Redaction()
        if options.proxy is not None and options.proxy.password is not None:
            self.redaction.add(options.proxy.password.get_secret_value())
        self._credentials = credentials(options.auth, self.redaction, options.refused, clock, now)
        self._transport: Transport | None = None
        self._resumes = 0.0

    def ask(self, request: Request) -> Response:
        """The reply, whatever its status. Raises ``Retry``, ``Doubt`` and ``Halt`` (see ``Transport.exchange``)."""
        pause = self._resumes - self._clock()
        if pause > 0:
            raise Retry("K710", f"{request}: its limit is used up", after=pause)
        deadline = self._clock() + self._options.timeout
        request = request.with_headers({"User-Agent": self._options.user_agent})
        try:
            response = self._ask(request, deadline)
            if self._credentials.renew(response):
                response = self._ask(request, deadline)
        except CrossdockError as error:
            raise self._redacted(error) from error
        self._look_at_limits(response)
        return response

    def close(self) -> None:
        """Close every connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _ask(self, request: Request, deadline: float) -> Response:
        signed = self._credentials.signed(request, lambda one: self._sent(one, deadline))
        response = self._sent(signed, deadline)
        for _ in range(self._options.redirects):
            following = _following(signed, response)
            if following is None:
                break
            # Elsewhere nobody learns who we are here; at the same place we say it anew, as the URL is another one.
            same = following.origin == request.origin
            signed = self._credentials.signed(following, lambda one: self._sent(one, deadline)) if same else following
            response = self._sent(signed, deadline)
        return response

    def _sent(self, request: Request, deadline: float) -> Response:
        transport = self._transport = self._transport or self._opened()
        try:
            return transport.exchange(request, deadline)
        except (Retry, Doubt):
            if not transport.stale or not (request.repeatable or not transport.left_whole):
                raise
        return transport.exchange(request, deadline)  # the peer had closed a connection that we kept

    def _opened(self) -> Transport:
        from crossdock.connector.http.transport import Transport  # noqa: PLC0415 - httpx2, and only when it is used

        return Transport(self._options, self._root, self._resolve, self._clock)

    def _look_at_limits(self, response: Response) -> None:
        pause = used_up(response.headers, self._now())
        if pause is not None:
            self._resumes = self._clock() + min(pause, _LONGEST_PAUSE)

    def _redacted(self, error: CrossdockError) -> CrossdockError:
        """Errors name the URL, and a key may stand in its path."""
        error.message = self.redaction(error.message)
        error.args = (error.code, error.message)
        return error


def _following(request: Request, response: Response) -> Request | None:
    """Where a redirect leads, if it is followed: a method that may have effects stays at its place and as it is."""
    location = response.headers.get("location")
    if response.status not in _REDIRECTS or not location:
        return None
    url = joined(request.url, location)
    if url is None or url_fault(url):
        return None
    same = origin(url) == request.origin
    if request.url.startswith("https:") and not url.startswith("https:"):
        return None
    if request.method not in SAFE and not (same and response.status in _SAME_METHOD):
        return None
    followed = replace(request, url=url)
    return followed if same else replace(followed, headers=_harmless(request), body=Inline(b""))


def _harmless(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.lower() in ("accept", "user-agent")}
