"""A TCP proxy between a client and a server, to hurt the way between them: cut, silence, delay, slow, lost replies.

One thread owns every socket; what a caller asks for is done in that thread, and done when the call returns. While the
way is silent nothing is read: what was sent then arrives later, as over a network that came back before TCP gave up.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from crossdock.errors import Retry
from crossdock.testing.servers.proxied import Connection, Way, reset
from crossdock.testing.servers.server import LOOPBACK, free_port

_PATIENCE = 10.0  # seconds for the proxy's thread to do what it is asked; it never blocks


class TcpProxy:
    """Listens on ``port`` of the loopback and forwards to ``target``. Use as a context, or call ``close``."""

    def __init__(self, target: int, host: str = LOOPBACK) -> None:
        self.port = free_port()
        self._target = host, target
        self._way = Way()
        self._connections: list[Connection] = []
        self._listener: socket.socket | None = None
        self._asked: SimpleQueue[tuple[tuple[Callable[[], None], ...], threading.Event]] = SimpleQueue()
        self._bell, self._ringer = socket.socketpair()
        self._closed = False
        self._listen()
        self._thread = threading.Thread(target=self._run, daemon=True, name="proxy")
        self._thread.start()

    # --- what can be done to the way ---

    def reset(self) -> None:
        """End every connection with RST; new ones are welcome."""
        self._do(self._end_all)

    def refuse(self) -> None:
        """Refuse new connections; those that are stay."""
        self._do(self._unlisten)

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        self._do(self._unlisten, self._end_all)

    def black_hole(self) -> None:
        """Everything stays open and nothing passes, in no direction; it passes after ``heal``."""
        self._do(self._way.silence)

    def half_open(self) -> None:
        """The server's ends are gone and the clients are not told."""
        self._do(self._way.silence, self._leave_servers)

    def drop_replies(self) -> None:
        """Requests reach the server, its replies reach nobody; ``heal`` ends those connections."""
        self._do(self._way.lose_replies)

    def lose_reply_to(self, request: bytes) -> None:
        """Once, when these bytes have passed to the server: let it act, lose the reply, end that connection."""
        self._do(lambda: self._way.doom(request))

    def slow(self, *, delay: float = 0.0, bytes_a_second: float = 0.0) -> None:
        """Hold each piece back for ``delay`` seconds, and let no more than so many bytes a second pass."""
        self._do(lambda: self._way.slow(delay, bytes_a_second))

    def heal(self) -> None:
        """As at the beginning. Connections that have lost bytes end."""
        self._do(self._way.clear, self._end_spoilt, self._listen)

    @property
    def pending_loss(self) -> bool:
        """Whether ``lose_reply_to`` still waits for its request."""
        return self._way.fatal is not None

    def close(self) -> None:
        """End everything."""
        if not self._closed:
            self._do(self._unlisten, self._end_all, self._finish)
            self._thread.join(_PATIENCE)
            self._bell.close()
            self._ringer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _do(self, *actions: Callable[[], None]) -> None:
        done = threading.Event()
        self._asked.put((actions, done))
        self._ringer.send(b"!")
        if not done.wait(_PATIENCE):
            raise Retry("T105", "the proxy's thread does not answer")

    # --- the thread ---

    def _run(self) -> None:
        while not self._closed:
            ready = self._poll()
            if self._bell.fileno() in ready:
                self._obey()
            if self._listener is not None and self._listener.fileno() in ready:
                self._accept(self._listener)
            for connection in self._connections:
                connection.serve(ready, self._way, time.monotonic())
            self._connections = [connection for connection in self._connections if not connection.ended]

    def _poll(self) -> dict[int, int]:
        """The sockets that something can be done with. An interest of nothing is left out: a hang-up would spin."""
        poll = select.poll()
        for number, interest in self._interests():
            if interest:
                poll.register(number, interest)
        dues = [due for connection in self._connections if (due := connection.due(self._way)) is not None]
        wait = max(0.0, min(dues) - time.monotonic()) * 1000 + 1 if dues else None
        return dict(poll.poll(wait))

    def _interests(self) -> Iterator[tuple[int, int]]:
        yield self._bell.fileno(), select.POLLIN
        if self._listener is not None:
            yield self._listener.fileno(), select.POLLIN
        for connection in self._connections:
            yield from connection.interests(self._way, time.monotonic())

    def _obey(self) -> None:
        self._bell.recv(1)
        actions, done = self._asked.get()
        for action in actions:
            action()
        done.set()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(BlockingIOError):
            client, _ = listener.accept()
            try:
                server = socket.create_connection(self._target, timeout=1)
            except OSError:  # the server is down: so is the way to it
                reset(client)
            else:
                self._connections.append(Connection(client, server))

    def _listen(self) -> None:
        if self._listener is None:
            self._listener = socket.socket()
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind((LOOPBACK, self.port))
            self._listener.listen(128)
            self._listener.settimeout(0)

    def _unlisten(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _end_all(self) -> None:
        for connection in self._connections:
            connection.end()

    def _end_spoilt(self) -> None:
        for connection in self._connections:
            if connection.spoilt:
                connection.end()

    def _leave_servers(self) -> None:
        for connection in self._connections:
            connection.leave_server()

    def _finish(self) -> None:
        self._closed = True
