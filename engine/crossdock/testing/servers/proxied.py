"""One connection through the proxy, and the state of the way it goes. All of it belongs to the proxy's thread."""

from __future__ import annotations

import select
import socket
import struct
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

_PIECE = 65_536
_WINDOW = 1_000_000  # bytes on their way in one direction before reading pauses
_SETTLED = 0.2  # seconds a server gets to act on a request whose reply is to be lost
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, no time: closing sends RST


class Way:
    """What is wrong with the way; nothing at first."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Nothing is wrong any more."""
        self.silent = self.replies_lost = False
        self.delay = self.seconds_a_byte = 0.0
        self.fatal: bytes | None = None

    def silence(self) -> None:
        """Nothing passes."""
        self.silent = True

    def lose_replies(self) -> None:
        """What servers say is lost."""
        self.replies_lost = True

    def doom(self, request: bytes) -> None:
        """The reply to this request is lost, once."""
        self.fatal = request

    def slow(self, delay: float, bytes_a_second: float) -> None:
        """Pieces take their time."""
        self.delay = delay
        self.seconds_a_byte = 1 / bytes_a_second if bytes_a_second else 0.0


class Stream:
    """One direction: read from ``source``, held until due, written to ``target``."""

    def __init__(self, source: socket.socket, target: socket.socket) -> None:
        self.source, self.target = source, target
        self.held: deque[tuple[float, bytes]] = deque()
        self.read_all = self.done = False
        self._last = 0.0

    def wants_to_read(self) -> bool:
        """Whether there is room for more."""
        return not self.read_all and sum(len(piece) for _, piece in self.held) < _WINDOW

    def wants_to_write(self, now: float) -> bool:
        """Whether something is due."""
        return bool(self.held) and self.held[0][0] <= now

    def hold(self, piece: bytes, way: Way, now: float) -> None:
        """Take a piece that has been read; an empty one is the end."""
        self._last = max(self._last, now + way.delay) + len(piece) * way.seconds_a_byte
        self.held.append((self._last, piece))

    def write(self, now: float) -> None:
        """Pass on what is due, as much as the target takes."""
        while self.wants_to_write(now):
            due, piece = self.held.popleft()
            if not piece:
                self.done = True
                self.target.shutdown(socket.SHUT_WR)
                return
            sent = self.target.send(piece)
            if sent < len(piece):
                self.held.appendleft((due, piece[sent:]))
                return


class Connection:
    """A client's socket and the server's; ``spoilt`` when bytes between them were lost."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        for end in (client, server):
            end.settimeout(0)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client, self._server = client, server
        self._requests, self._replies = Stream(client, server), Stream(server, client)
        self._doomed: float | None = None
        self.spoilt = self.ended = self._abandoned = False

    def interests(self, way: Way, now: float) -> Iterator[tuple[int, int]]:
        """What either socket is waited for."""
        if way.silent or self._abandoned:
            return
        for end, into, out in (
            (self._client, self._requests, self._replies),
            (self._server, self._replies, self._requests),
        ):
            reading = select.POLLIN if into.wants_to_read() else 0
            yield end.fileno(), reading | (select.POLLOUT if out.wants_to_write(now) else 0)

    def due(self, way: Way) -> float | None:
        """When something happens by itself."""
        held = [] if way.silent else [stream.held[0][0] for stream in (self._requests, self._replies) if stream.held]
        return min([*held, *([self._doomed] if self._doomed is not None else [])], default=None)

    def serve(self, ready: dict[int, int], way: Way, now: float) -> None:
        """Do what can be done now."""
        if self._doomed is not None and self._doomed <= now:
            self.end()
        if self.ended or self._abandoned or way.silent:
            return
        try:
            for stream in (self._requests, self._replies):
                if ready.get(stream.source.fileno(), 0) & ~select.POLLOUT and not stream.read_all:
                    self._read(stream, way, now)
                with suppress(BlockingIOError):
                    stream.write(now)
        except OSError:  # one end is gone: the other is told
            self.end()
        if self._requests.done and self._replies.done and not self.ended:
            self.ended = True
            self._client.close()
            self._server.close()

    def _read(self, stream: Stream, way: Way, now: float) -> None:
        try:
            piece = stream.source.recv(_PIECE)
        except BlockingIOError:
            return
        stream.read_all = not piece
        if stream is self._requests and way.fatal is not None and way.fatal in piece:
            way.fatal = None
            self.spoilt, self._doomed = True, now + _SETTLED
        self.spoilt |= stream is self._replies and way.replies_lost and bool(piece)
        if not (self.spoilt and stream is self._replies):
            stream.hold(piece, way, now)

    def leave_server(self) -> None:
        """End the server's side alone."""
        self.spoilt = self._abandoned = True
        self._server.close()

    def end(self) -> None:
        """RST to both."""
        self.ended = True
        reset(self._client)
        reset(self._server)


def reset(end: socket.socket) -> None:
    """Close with RST."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    end.close()
