"""One connection: what the server's HTTP parser does, and the limits it does not have.

A request line and headers must be there whole within ``HEAD_SECONDS`` and ``HEAD_BYTES``, however slowly their bytes
drip; a body has the time of its address. The parser (llhttp) is strict: a request with Content-Length and
Transfer-Encoding, or with a bare CR or LF in a header, is none.

A request that is answered before its body has come is read to its end, for a while: who closes on bytes that were not
read resets the connection, and the answer is lost with it (RFC 9112, 9.6).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Iterator
from typing import Any, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from crossdock.front.problem import MEDIA_TYPE, Problem

HEAD_SECONDS = 10.0
HEAD_BYTES = 32 * 1024
REST_SECONDS = 10.0  # for the rest of a body nobody wants …
SILENCE = 2.0  # … as long as it keeps coming
_MOST_HEADERS = 100
_FRAMING = 16  # bytes of framing for one byte of a body, from 64 KiB on: chunks of one byte have five
_FREE = 64 * 1024
_SMUGGLED = "Transfer-Encoding is chunked or nothing, in HTTP/1.1"


class _Refused(Exception):
    """Stops the parser: the request is refused where it stands."""


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
        self._rest: asyncio.TimerHandle | None = None
        self._rest_ends = 0.0
        self._names: tuple[str, ...] = ()
        self._in_body = self._upgrading = self._broken = self._ending = self._parting = False
        self._came = self._taken = 0  # bytes of a request behind its headers, and those of its body among them
        self._fault = ("W129", "this is no HTTP request")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """See ``asyncio.Protocol``."""
        super().connection_made(transport)
        self._names = tuple(_names(transport.get_extra_info("ssl_object")))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """See ``asyncio.Protocol``."""
        self._have_head()
        self._have_rest()
        super().connection_lost(exc)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # uvicorn says None, asyncio either
        """Who has said all may still listen: what is under way is answered."""
        if not self._answering or self._in_body or self.scheme == "https":
            return None
        self.cycle.keep_alive = False
        return True

    def data_received(self, data: bytes) -> None:
        """See ``asyncio.Protocol``."""
        self._unset_keepalive_if_required()
        if self._broken:
            return
        if self._rest is not None:
            self._arm_rest()
        self._count(len(data))
        try:
            while data:
                data = self._fed(data)
        except httptools.HttpParserError:
            self._refuse(*self._fault)
        else:
            self._refuse_too_much()

    @property
    def _answering(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request, whatever its type says
        return cycle is not None and not cycle.response_complete

    def _count(self, size: int) -> None:
        if self._deadline is None and not self._in_body and not self._answering:
            self._await_head()
        if self._deadline is not None:
            self._head += size
        if self._in_body:
            self._came += size

    def _refuse_too_much(self) -> None:
        if self._deadline is not None and self._head > HEAD_BYTES:
            self._refuse("W130", f"a request line and headers have at most {HEAD_BYTES} bytes")
        elif self._in_body and self._came > _FREE + _FRAMING * self._taken:
            self._refuse("W129", "its chunks are mostly framing")

    def _fed(self, data: bytes) -> bytes:
        """What the parser leaves: behind a request that wants another protocol it stops, body or not."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as stopped:
            head = self._without_upgrade()
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self._upgrading = False
            return head + data[stopped.args[0] :]
        return b""

    def _without_upgrade(self) -> bytes:
        """The head again: a server that does not upgrade answers in the protocol it has (RFC 9110, 7.8)."""
        kept = [b"%b: %b\r\n" % one for one in self.headers if one[0] not in {b"upgrade", b"http2-settings"}]
        return b"%b %b HTTP/1.1\r\n%b\r\n" % (self.parser.get_method(), self.url, b"".join(kept))

    def on_message_begin(self) -> None:
        """The parser has seen the first byte of a request."""
        super().on_message_begin()
        if self._deadline is None:
            self._await_head()
        if self._names:
            self.scope["state"]["certificate"] = self._names

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; or one behind the body, which nobody asks for."""
        if not self._in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The parser has seen all headers."""
        self._have_head()
        fault = self._fault_of_head()
        if fault is not None:
            self._fault = fault
            raise _Refused
        if self.parser.should_upgrade():
            self._upgrading = True
            return
        self._in_body, self._came, self._taken = True, 0, 0
        super().on_headers_complete()
        self.cycle.transport = _Ending(self)
        if self._parting:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        self._taken += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The parser has seen the end of a request."""
        if self._upgrading:
            return
        self._in_body = False
        super().on_message_complete()
        if self._have_rest():
            self._rested()

    def on_response_complete(self) -> None:
        """An answer was given, be it before the request has come whole."""
        super().on_response_complete()
        if self._in_body and self._rest is None and not self.transport.is_closing():
            self._await_rest()

    def part(self) -> None:
        """The next answer that begins is the last one, and says so: whoever sends then begins a new connection."""
        self._parting = True
        if self._answering and not self.cycle.response_started:
            self.cycle.keep_alive = False

    def end(self) -> None:
        """The answer was the last one of this connection."""
        self._ending = True
        if self._in_body and not self.transport.is_closing():
            self._await_rest()
        else:
            self.transport.close()

    def _fault_of_head(self) -> tuple[str, str] | None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if len(self.headers) > _MOST_HEADERS or size > HEAD_BYTES:
            return "W130", f"a request has at most {_MOST_HEADERS} headers of {HEAD_BYTES} bytes together"
        version = self.parser.get_http_version()
        codings = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        hosts = sum(name == b"host" for name, _ in self.headers)
        if version not in {"1.0", "1.1"}:
            return "W129", "HTTP/1.1 is spoken here"
        if codings and (version == "1.0" or codings != [b"chunked"]):  # RFC 9112, 6.1
            return "W129", _SMUGGLED
        if hosts > 1 or (not hosts and version == "1.1"):  # RFC 9112, 3.2
            return "W129", "a request has one Host"
        return ("W102", "there is no tunnel here") if self.parser.get_method() == b"CONNECT" else None

    def _await_head(self) -> None:
        self._head = 0
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _have_head(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _await_rest(self) -> None:
        """Somebody who waits to be asked for a body sends none any more: then there is nothing to read."""
        self._unset_keepalive_if_required()
        if self.expect_100_continue and not self._taken:
            self.transport.close()
            return
        self._rest_ends = self.loop.time() + REST_SECONDS
        self._arm_rest()

    def _arm_rest(self) -> None:
        self._have_rest()
        seconds = max(0.0, min(SILENCE, self._rest_ends - self.loop.time()))
        self._rest = self.loop.call_later(seconds, self.transport.close)

    def _have_rest(self) -> bool:
        """Whether it was awaited."""
        rest, self._rest = self._rest, None
        if rest is not None:
            rest.cancel()
        return rest is not None

    def _rested(self) -> None:
        if self._ending:
            self.transport.close()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _too_slow(self) -> None:
        self._deadline = None
        if self._head:
            self._refuse("W110", f"headers may take {HEAD_SECONDS:g} s")
        else:
            self.transport.close()

    def _refuse(self, code: str, detail: str) -> None:
        """Nothing that comes on this connection counts any more; what counted already is answered first."""
        self._have_head()
        self._broken = True
        if self.transport.is_closing():
            return
        if self._answering and not self._in_body:
            self.cycle.keep_alive = False
            self.flow.pause_reading()
        elif self._in_body and self.cycle.response_started:
            self.transport.close()
        else:
            self._say(Problem(code, detail))

    def _say(self, problem: Problem) -> None:
        body = problem.body()
        self.transport.write(
            b"HTTP/1.1 %d \r\ncontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
            % (problem.status, MEDIA_TYPE.encode(), len(body), body)
        )
        self.transport.close()


class _Ending(asyncio.Transport):
    """The transport as an answer sees it: when it closes it, the request may still have to be read."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """See ``asyncio.WriteTransport``."""
        self._connection.transport.write(data)

    def is_closing(self) -> bool:
        """See ``asyncio.BaseTransport``."""
        return self._connection.transport.is_closing()

    def close(self) -> None:
        """See ``asyncio.BaseTransport``."""
        self._connection.end()


def _names(connection: ssl.SSLObject | None) -> Iterator[str]:
    """What a verified client certificate calls itself: CN of its subject, and DNS names."""
    certificate = connection.getpeercert() if connection is not None else None
    if not certificate:
        return
    subject = cast("Iterable[Iterable[tuple[str, str]]]", certificate.get("subject", ()))
    yield from (value for part in subject for name, value in part if name == "commonName")
    others = cast("Iterable[tuple[str, str]]", certificate.get("subjectAltName", ()))
    yield from (value for kind, value in others if kind == "DNS")
