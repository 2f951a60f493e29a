"""One connection: what the server's HTTP parser does, and the limits it does not have.

A request line and headers must be there whole within ``HEAD_SECONDS`` and ``HEAD_BYTES``, however slowly their bytes
drip; a body has the time of its address. The parser (llhttp) is strict: a request with Content-Length and
Transfer-Encoding, or with a bare CR or LF in a header, is none.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Iterator
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from crossdock.front.problem import MEDIA_TYPE, Problem

HEAD_SECONDS = 10.0
HEAD_BYTES = 32 * 1024
_MOST_HEADERS = 100


class Connection(HttpToolsProtocol):
    """A connection with a patience."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._names: tuple[str, ...] = ()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """See ``asyncio.Protocol``."""
        super().connection_made(transport)
        self._names = tuple(_names(transport.get_extra_info("ssl_object")))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """See ``asyncio.Protocol``."""
        self._have_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See ``asyncio.Protocol``."""
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request, whatever its type says
        if self._deadline is None and (cycle is None or cycle.response_complete):
            self._await_head()
        if self._deadline is not None:
            self._head += len(data)
        super().data_received(data)
        if self._deadline is not None and self._head > HEAD_BYTES and not self.transport.is_closing():
            self._refuse("W130", f"a request line and headers have at most {HEAD_BYTES} bytes")

    def on_message_begin(self) -> None:
        """The parser has seen the first byte of a request."""
        super().on_message_begin()
        if self._names:
            self.scope["state"]["certificate"] = self._names

    def on_headers_complete(self) -> None:
        """The parser has seen all headers."""
        self._have_head()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if len(self.headers) > _MOST_HEADERS or size > HEAD_BYTES:
            self._refuse("W130", f"a request has at most {_MOST_HEADERS} headers of {HEAD_BYTES} bytes together")
        else:
            super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What the parser does not understand is a problem as any other."""
        self._refuse("W129", "this is no HTTP request")

    def _await_head(self) -> None:
        self._head = 0
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _have_head(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if self._head:
            self._refuse("W110", f"headers may take {HEAD_SECONDS:g} s")
        else:
            self.transport.close()

    def _refuse(self, code: str, detail: str) -> None:
        self._have_head()
        if self.transport.is_closing():
            return
        problem = Problem(code, detail)
        body = problem.body()
        self.transport.write(
            b"HTTP/1.1 %d \r\ncontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
            % (problem.status, MEDIA_TYPE.encode(), len(body), body)
        )
        self.transport.close()


def _names(connection: ssl.SSLObject | None) -> Iterator[str]:
    """What a verified client certificate calls itself: CN of its subject, and DNS names."""
    certificate = connection.getpeercert() if connection is not None else None
    if not certificate:
        return
    subject = cast("Iterable[Iterable[tuple[str, str]]]", certificate.get("subject", ()))
    yield from (value for part in subject for name, value in part if name == "commonName")
    others = cast("Iterable[tuple[str, str]]", certificate.get("subjectAltName", ()))
    yield from (value for kind, value in others if kind == "DNS")
