"""Requests over the wire: the one file that knows httpx2 and httpcore2.

Our own streams stand below them. They keep the time (the whole exchange and each byte), and they tell what a failure
leaves open: a request of which a part never left cannot have had an effect, one that left whole may have.
"""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import httpcore2
import httpx2

from crossdock.connector.http.exchange import Request, Response, chunked
from crossdock.connector.http.network import Resolve, judged
from crossdock.connector.http.options import PeerOptions, Proxy, Tls
from crossdock.errors import CrossdockError, Doubt, Halt, Retry

_PIECE = 16_384  # bytes written at a time, so that a peer that takes them slowly is noticed
_SHORTEST = 0.001  # seconds; a time-out of nothing would mean "do not wait", which is another mode of a socket
_REST = 15.0  # seconds a connection is kept for the next request: less than common servers keep theirs
_CONNECTIONS = 4  # the peer, where its tokens come from, where it redirects to
_TRIED = 4  # addresses of a name that are tried
_BOMB = 200  # times as large as it came: then a compressed reply is an attack
_BOMB_FROM = 1_000_000  # bytes; below that nobody is hurt

# Its debug records hold whole headers, cookies and tokens among them.
logging.getLogger("httpcore2").setLevel(logging.INFO)


class Wire:
    """What has passed during one exchange, and how long it may still take. ``clock`` gives monotonic seconds."""

    def __init__(self, stall: float, connect: float, clock: Callable[[], float]) -> None:
        self._stall, self._connect, self._clock = stall, connect, clock
        self._deadline = 0.0
        self.begin(0.0)

    def begin(self, deadline: float) -> None:
        """A new exchange, that ends at ``deadline``."""
        self._deadline = deadline
        self.written = self.received = 0
        self.broken = self.timed_out = False
        self.reused = True

    def left(self) -> float:
        """Seconds that one more step may take; no less than a moment."""
        return max(_SHORTEST, min(self._stall, self._deadline - self._clock()))

    def to_connect(self) -> float:
        """Seconds that connecting may take."""
        return max(_SHORTEST, min(self._connect, self._deadline - self._clock()))

    @property
    def over(self) -> bool:
        """Whether the time of the whole exchange is up."""
        return self._clock() >= self._deadline

    @property
    def left_whole(self) -> bool:
        """Whether the peer may have the whole request."""
        return self.written > 0 and not self.broken


class _Stream(httpcore2.NetworkStream):
    """A connection that keeps the time and counts."""

    def __init__(self, stream: httpcore2.NetworkStream, wire: Wire) -> None:
        self._stream, self._wire = stream, wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._wire.over:
            raise httpcore2.ReadTimeout("the time of the exchange is up")
        data = self._stream.read(max_bytes, self._wire.left())
        self._wire.received += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            piece = buffer[start : start + _PIECE]
            self._wire.broken = True  # until this piece has left
            if self._wire.over:
                raise httpcore2.WriteTimeout("the time of the exchange is up")
            self._stream.write(piece, self._wire.left())
            self._wire.written += len(piece)
            self._wire.broken = False

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._wire.to_connect())
        self._wire.written = self._wire.received = 0  # what was said to a proxy is no part of the request
        return _Stream(secured, self._wire)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as the library has it
        return self._stream.get_extra_info(info)


class _Network(httpcore2.NetworkBackend):
    """Connects to addresses that were judged, and to nothing else."""

    def __init__(self, wire: Wire, resolve: Resolve, *, allow_private: bool) -> None:
        self._wire, self._resolve, self._allow_private = wire, resolve, allow_private
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        self._wire.reused = False
        try:
            found = self._resolve(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"the name '{host}' is not known: {error}") from error
        addresses = judged(host, found, allow_private=self._allow_private)
        return _Stream(self._connected(addresses, port, socket_options), self._wire)

    def _connected(
        self, addresses: Sequence[str], port: int, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError("the name has no address")
        for address in addresses[:_TRIED]:
            try:
                return self._plain.connect_tcp(address, port, self._wire.to_connect(), None, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class _Pool(httpx2.HTTPTransport):
    """httpx2's transport over our network."""

    def __init__(self, context: ssl.SSLContext, proxy: Proxy | None, network: _Network) -> None:
        super().__init__(verify=context, trust_env=False)
        if proxy is None:
            self._pool = httpcore2.ConnectionPool(
                ssl_context=context,
                max_connections=_CONNECTIONS,
                keepalive_expiry=_REST,
                network_backend=network,
            )
            return
        password = proxy.password.get_secret_value() if proxy.password else ""
        self._pool = httpcore2.HTTPProxy(
            proxy_url=proxy.url,
            proxy_auth=(proxy.user, password) if proxy.user is not None else None,
            ssl_context=context,
            proxy_ssl_context=context if proxy.url.startswith("https:") else None,
            max_connections=_CONNECTIONS,
            keepalive_expiry=_REST,
            network_backend=network,
        )


class Transport:
    """Sends requests on connections it keeps. One thread at a time. ``clock`` gives monotonic seconds."""

    def __init__(
        self, options: PeerOptions, root: Path, resolve: Resolve, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._resolve = resolve
        self._wire = Wire(options.stall, options.connect_timeout, clock)
        # A proxy is where the project says it is; what lies behind it is for the proxy to judge.
        network = _Network(self._wire, resolve, allow_private=options.allow_private or options.proxy is not None)
        self._pool = _Pool(_context(options.tls, root), options.proxy, network)

    @property
    def stale(self) -> bool:
        """Whether the last exchange failed because a connection that had been used before was ended by the peer."""
        return self._wire.reused and not self._wire.received and not self._wire.timed_out

    @property
    def left_whole(self) -> bool:
        """Whether the peer may have the whole request of the last exchange."""
        return self._wire.left_whole

    def exchange(self, request: Request, deadline: float) -> Response:
        """One request and its reply. Raises ``Retry`` (it cannot have had an effect), ``Doubt`` (it may), ``Halt``."""
        self._wire.begin(deadline)
        self._judge_behind_proxy(request)
        try:
            response = self._pool.handle_request(_asked(request))
        except httpx2.HTTPError as error:
            self._wire.timed_out = isinstance(error, httpx2.TimeoutException)
            raise self._failure(request, error) from error
        except (httpx2.InvalidURL, ValueError) as error:  # what it writes is checked; this is the last net
            raise Halt("K709", f"{request}: this is no request that can be sent: {error}") from error
        try:
            body, cut = self._body(response)
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(status=response.status_code, headers=headers, body=body, url=request.url, cut=cut)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def _judge_behind_proxy(self, request: Request) -> None:
        """Behind a proxy names are not ours to resolve; an address that is written out is judged all the same."""
        if self._options.proxy is None or self._options.allow_private:
            return
        host = request.origin[1].rpartition(":")[0].rstrip(".")
        last = host.rpartition(".")[2]
        if last == "localhost":  # RFC 6761, 6.3
            judged(host, ["127.0.0.1"], allow_private=False)
        elif ":" in host or last[:1].isdecimal():  # a resolver may take 0x7f.1 and 2130706433 for addresses
            judged(host, [host], allow_private=False)

    def _body(self, response: httpx2.Response) -> tuple[bytes, str | None]:
        pieces: list[bytes] = []
        size = 0
        try:
            for piece in response.iter_bytes():
                size += len(piece)
                if size > self._options.max_response or self._is_bomb(size, response.num_bytes_downloaded):
                    return b"", f"it has more than {min(size, self._options.max_response)} bytes"
                pieces.append(piece)
        except httpx2.HTTPError as error:
            return b"", f"it was cut off ({type(error).__name__})"
        return b"".join(pieces), None

    def _is_bomb(self, size: int, came: int) -> bool:
        return size > _BOMB_FROM and size > came * _BOMB

    def _failure(self, request: Request, error: httpx2.HTTPError) -> CrossdockError:
        if self._wire.left_whole:
            told = f"{request}: it was sent, and then {_said(error)}"
            return Doubt("K704", told, hint="it may or may not have been done there")
        cause = _cause(error)
        if isinstance(cause, ssl.SSLCertVerificationError):
            told = f"{request}: its certificate is not to be trusted: {cause.verify_message}"
            return Retry("K703", told, hint="for an authority of its own say tls: {ca: …}")
        if isinstance(cause, ssl.SSLError):
            return Retry("K703", f"{request}: no TLS connection: {cause.reason or cause}", hint="TLS 1.2 is the oldest")
        if isinstance(error, httpx2.ProxyError):
            return Retry("K701", f"{request}: the proxy does not let it through: {str(error)[:200]}")
        return Retry("K701", f"{request}: it cannot be reached: {_said(error)}")


def _asked(request: Request) -> httpx2.Request:
    headers = {"accept-encoding": "gzip, deflate", **request.headers}
    if request.body.size:
        headers["content-length"] = str(request.body.size)
    content = chunked(request.body) if request.body.size else None
    return httpx2.Request(request.method, request.url, headers=headers, content=content)


def _cause(error: BaseException) -> BaseException:
    """What it began with. The pool of httpcore2 cuts the chain, but its errors carry what they were made from."""
    while True:
        within = error.__cause__ or next(iter(error.args), None)
        if not isinstance(within, BaseException):
            return error
        error = within


def _said(error: httpx2.HTTPError) -> str:
    """What happened, in words. Text of the library may hold what the peer sent; only that of the system is taken."""
    cause = _cause(error)
    if isinstance(cause, TimeoutError | httpcore2.TimeoutException):
        return "nothing came in time"
    if isinstance(cause, socket.gaierror):
        return "its name is not known"
    if isinstance(cause, OSError):
        return cause.strerror or type(cause).__name__
    return "the connection ended" if isinstance(error, httpx2.TransportError) else type(error).__name__


def _context(tls: Tls, root: Path) -> ssl.SSLContext:
    """Raises ``Halt`` K708 where a file cannot be used."""
    try:
        context = ssl.create_default_context(cafile=None if tls.ca is None else str(root / tls.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if tls.certificate is not None:
            password = tls.password.get_secret_value() if tls.password else ""
            key = None if tls.key is None else str(root / tls.key)
            context.load_cert_chain(str(root / tls.certificate), key, password)
    except (OSError, ValueError) as error:
        names = ", ".join(name for name in (tls.ca, tls.certificate, tls.key) if name)
        raise Halt("K708", f"the files for TLS cannot be used ({names}): {_reason(error)}") from error
    return context


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
