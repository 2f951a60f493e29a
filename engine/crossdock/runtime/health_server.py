"""``/live`` and ``/ready`` over HTTP, for who watches over processes: 200 or 503, and the reasons as JSON.

It tells nothing of messages, and listens on the loopback address unless it is told another.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket

from crossdock.errors import Halt
from crossdock.route.addresses import host_and_port
from crossdock.runtime.health import Answer, Health

REQUEST_SECONDS = 2.0  # for a client to say what it wants
TICK = 0.2
COME_AGAIN = "5"  # Retry-After, in seconds (RFC 9110, 10.2.3)


class _Server(ThreadingHTTPServer):
    """Serves each request in a thread; none of them keeps the process alive."""

    daemon_threads = True
    allow_reuse_address = True


class _Requests(BaseHTTPRequestHandler):
    """One request. What it may ask is the table of ``answers``."""

    timeout = REQUEST_SECONDS
    server_version = "crossdock"
    sys_version = ""

    def __init__(
        self,
        answers: dict[str, Callable[[], Answer]],
        request: socket,
        client_address: tuple[str, int],
        server: ThreadingHTTPServer,
    ) -> None:
        self._answers = answers
        super().__init__(request, client_address, server)

    def do_GET(self) -> None:
        """Answer."""
        ask = self._answers.get(self.path.partition("?")[0])
        if ask is None:
            self._send(404, {"ok": False, "notes": ["there is /live and /ready"]})
            return
        answer = ask()
        self._send(200 if answer.yes else 503, answer.as_dict())

    do_HEAD = do_GET  # noqa: N815 - the base class looks for these names

    def _send(self, status: int, body: dict[str, object]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        if status == 503:  # noqa: PLR2004 - Service Unavailable (RFC 9110, 15.6.4)
            self.send_header("Retry-After", COME_AGAIN)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Nothing: a probe every second is no news."""


class HealthServer:
    """Listens from the moment it is made. Raises ``Halt`` where it cannot."""

    def __init__(self, health: Health, address: str) -> None:
        host, port = host_and_port(address)
        answers = {"/live": health.live, "/ready": health.ready}
        try:
            self._server = _Server((host, port), partial(_Requests, answers))
        except OSError as error:
            raise Halt("E776", f"health cannot be told on {address}: {error.strerror}") from error

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def run(self, stopping: Callable[[], bool], alive: Callable[[], None]) -> None:
        """Answer until ``stopping``; ``alive`` is called now and then."""
        self._server.timeout = TICK
        while not stopping():
            self._server.handle_request()
            alive()
        self.close()

    def close(self) -> None:
        """Listen no more."""
        self._server.server_close()
