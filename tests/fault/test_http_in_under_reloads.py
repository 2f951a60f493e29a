"""Callers post without an end while the project is loaded anew, again and again: none is refused, cut off or forgotten."""

from __future__ import annotations

import http.client
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.flow.serving import Front

ROUTE = "about: version {}\nfrom:\n  http: {{path: /orders, auth: {{anybody: true}}}}\nto:\n  - topic: order.arrived\n"
PAUSE = 0.02  # seconds: who posts, and who is asked, are on one machine
HEAD = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n"


class Callers:
    """Some that keep their connection, some with one for each post, some that think between connecting and posting."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: list[str] = []
        self.faults: list[str] = []
        self._over = threading.Event()
        kinds = (self._keep, self._keep, self._anew, self._think, self._drip)
        self._threads = [threading.Thread(target=self._go, args=(kind(),), daemon=True) for kind in kinds]
        for one in self._threads:
            one.start()

    def end(self) -> None:
        self._over.set()
        for one in self._threads:
            one.join()

    def _go(self, posts: Generator[tuple[int, bytes], None, None]) -> None:
        with closing(posts):
            while not self._over.is_set():
                try:
                    status, body = next(posts)
                except (http.client.HTTPException, OSError) as error:
                    self.faults.append(repr(error))
                    return
                if status != 202:
                    self.faults.append(f"{status} {body!r}")
                self.taken.append(body.decode())
                time.sleep(PAUSE)

    def _keep(self) -> Generator[tuple[int, bytes], None, None]:
        with closing(self._connection()) as connection:
            while True:
                yield self._asked(connection)

    def _anew(self) -> Generator[tuple[int, bytes], None, None]:
        while True:
            with closing(self._connection()) as connection:
                yield self._asked(connection)

    def _think(self) -> Generator[tuple[int, bytes], None, None]:
        while True:
            with closing(self._connection()) as connection:
                connection.connect()
                time.sleep(0.1)
                yield self._asked(connection)
                time.sleep(0.1)
                yield self._asked(connection)

    def _drip(self) -> Generator[tuple[int, bytes], None, None]:
        """Headers in two pieces, and the body behind them."""
        while True:
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
                for piece in (HEAD[:20], HEAD[20:], b"one"):
                    connection.sendall(piece)
                    time.sleep(0.05)
                answer = http.client.HTTPResponse(connection, method="POST")
                answer.begin()
                yield answer.status, answer.read()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    @staticmethod
    def _asked(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
        connection.request("POST", "/orders", b"one", {"Content-Type": "text/plain"})
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    made = Front(tmp_path)
    yield made
    made.end()


def test_five_reloads_refuse_reset_and_forget_nobody(front: Front, wait_until: Callable[..., None]) -> None:
    front.write(front.settings(), orders=ROUTE.format(0))
    front.serve("--watch")
    callers = Callers(front.port)
    for version in range(1, 6):
        before = front.children()
        front.write(front.settings(), orders=ROUTE.format(version))
        if version == 3:  # this process too, with its socket
            front.run.send_signal(signal.SIGHUP)
        wait_until(lambda known=before: not set(known) & set(front.children()))
        time.sleep(0.3)
    callers.end()
    assert callers.faults == []
    assert len(set(callers.taken)) == len(callers.taken) > 50
    front.stop()
    assert sum(front.states("orders").values()) == len(callers.taken)
    assert front.balanced()


def test_an_address_somebody_else_listens_on_is_refused_and_what_was_loaded_before_goes_on(
    front: Front, wait_until: Callable[..., None]
) -> None:
    front.write(front.settings(), orders=ROUTE.format(0))
    front.serve()
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        front.write(f'http: {{listen: "{address}"}}\n', orders=ROUTE.format(1))
        front.run.send_signal(signal.SIGHUP)
        wait_until(lambda: f"what was loaded before goes on: W203: nothing can be served on {address}" in front.log())
    assert front.post("/orders", b"one").status == 202
    assert front.run.poll() is None
