"""A credit desk: a real server over TCP that answers one JSON line with another, and the plug-in that asks it."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PLUGIN = '''\
"""A connector that is asked over TCP, a JSON line each way. It has no time limit of its own."""

import json
import socket

from pydantic import BaseModel

from crossdock.connector import CallKind, Connector, Effect
from crossdock.errors import Doubt, Reject, Retry


class Options(BaseModel):
    port: int
    effect: Effect | None = None


class Desk:
    def __init__(self, options, around):
        self.port = options.port

    def ask(self, parcel):
        try:
            line = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        except OSError as error:
            return Retry("X1", f"the desk is not there: {error.strerror}")
        with line:
            line.settimeout(None)
            asked = {"key": parcel.key, "document": json.loads(parcel.data)}
            line.sendall(json.dumps(asked).encode() + b"\\n")
            with line.makefile() as answers:
                answer = answers.readline()
        if not answer:
            return Doubt("X2", "the desk hung up")
        told = json.loads(answer)
        return Reject("X3", told["refused"]) if "refused" in told else told

    def close(self):
        pass


CALL = CallKind(options=Options, open=Desk, effect=lambda options: options.effect)
CONNECTORS = [Connector(name="desk", about="Is asked.", call=CALL)]
'''


class Desk:
    """``delay`` seconds to an answer. ``hangs`` questions get none, ``cut`` ones are done and then cut off."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.effects: Counter[str] = Counter()
        self.delay = 0.0
        self.hangs = False
        self.cut = 0
        self.most = 0
        self.honours = True
        self._under_way = 0
        self._lock = threading.Lock()
        self.port = 0

    def answer(self, asked: dict[str, Any]) -> bytes | None:
        with self._lock:
            self.asked.append(asked)
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        time.sleep(self.delay)
        while self.hangs:
            time.sleep(0.01)
        with self._lock:
            self._under_way -= 1
            if not (self.honours and asked["key"] in self.effects):
                self.effects[asked["key"]] += 1
            if self.cut > 0:
                self.cut -= 1
                return None
        return json.dumps({"limit": 100, "number": len(self.effects)}).encode()


@contextmanager
def desk(port: int = 0) -> Iterator[Desk]:
    """A desk that is there."""
    made = Desk()

    class Window(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline()
            answer = made.answer(json.loads(line)) if line else None
            if answer is not None:
                self.wfile.write(answer + b"\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever asked is gone: a worker that was killed."""

    with Server(("127.0.0.1", port), Window) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.hangs = False
            server.shutdown()
