from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.server import LOOPBACK

Proxied = Callable[[int], TcpProxy]


class Echo:
    """A server that answers each piece with the same, and remembers what it saw."""

    def __init__(self) -> None:
        self.seen = b""
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client:
            try:
                while piece := client.recv(1000):
                    self.seen += piece
                    client.sendall(piece)
            except OSError:
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def way(echo: Echo, proxied: Proxied) -> TcpProxy:
    return proxied(echo.port)


@pytest.fixture
def client(way: TcpProxy) -> Iterator[socket.socket]:
    """A connection through the proxy that has been used."""
    with _connected(way) as connection:
        assert _asked(connection, b"hello") == b"hello"
        yield connection


def _connected(way: TcpProxy) -> socket.socket:
    return socket.create_connection((LOOPBACK, way.port), timeout=5)


def _asked(connection: socket.socket, question: bytes) -> bytes:
    connection.sendall(question)
    return connection.recv(1000)


def _silence(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return not connection.recv(1)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(5)


def test_it_forwards_both_ways(client: socket.socket) -> None:
    assert _asked(client, b"more") == b"more"


def test_reset_ends_connections_and_welcomes_new_ones(way: TcpProxy, client: socket.socket) -> None:
    way.reset()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with _connected(way) as another:
        assert _asked(another, b"again") == b"again"


def test_refuse_leaves_connections_and_refuses_new_ones(way: TcpProxy, client: socket.socket) -> None:
    way.refuse()
    with pytest.raises(ConnectionRefusedError):
        _connected(way)
    assert _asked(client, b"still here") == b"still here"


def test_a_way_that_was_cut_comes_back(way: TcpProxy, client: socket.socket) -> None:
    way.cut()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionRefusedError):
        _connected(way)
    way.heal()
    with _connected(way) as another:
        assert _asked(another, b"again") == b"again"


def test_what_a_black_hole_held_back_arrives_after_it(way: TcpProxy, client: socket.socket, echo: Echo) -> None:
    way.black_hole()
    client.sendall(b"lost?")
    assert _silence(client)
    assert echo.seen == b"hello"
    way.heal()
    assert client.recv(1000) == b"lost?"


def test_a_half_open_connection_is_silent_until_it_is_found_out(way: TcpProxy, client: socket.socket) -> None:
    way.half_open()
    client.sendall(b"anybody?")
    assert _silence(client)
    way.heal()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_dropped_replies_were_answers_to_requests_that_arrived(
    way: TcpProxy, client: socket.socket, echo: Echo
) -> None:
    way.drop_replies()
    client.sendall(b"do it")
    assert _silence(client)
    assert echo.seen == b"hellodo it"
    way.heal()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_one_reply_is_lost_and_the_request_was_done(way: TcpProxy, client: socket.socket, echo: Echo) -> None:
    way.lose_reply_to(b"COMMIT")
    assert _asked(client, b"BEGIN") == b"BEGIN"
    with pytest.raises(ConnectionResetError):
        _asked(client, b"COMMIT")
    assert echo.seen.endswith(b"COMMIT")
    assert not way.pending_loss
    with _connected(way) as another:
        assert _asked(another, b"COMMIT") == b"COMMIT"


def test_a_slow_way_takes_its_time(way: TcpProxy, client: socket.socket) -> None:
    way.slow(delay=0.05, bytes_a_second=100_000)
    begun = time.monotonic()
    assert _asked(client, b"x" * 1000) == b"x" * 1000
    assert time.monotonic() - begun > 0.1
    way.heal()


def test_the_end_of_a_server_is_passed_on(way: TcpProxy, client: socket.socket, echo: Echo) -> None:
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1) == b""


def test_a_server_that_is_down_resets_who_asks(proxied: Proxied) -> None:
    way = proxied(1)  # nobody listens on port 1
    with pytest.raises(ConnectionResetError), _connected(way) as connection:
        connection.recv(1)
