"""The process of the peer: ``python -m crossdock.testing.servers.http_peer.program PORT FOLDER [CERT KEY [CLIENTS]]``."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from crossdock.testing.servers.http_peer import graphql, odata, soap
from crossdock.testing.servers.http_peer.state import Json, State
from crossdock.testing.servers.server import LOOPBACK

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, no time: closing sends RST
_HANG = 60.0  # seconds of silence
_DRIP = 0.05  # seconds between two bytes
_LARGE = 200_000_000  # bytes of what is too large
_UNPACKED = 40_000_000  # bytes of what is packed
_LOGIN = {"crossdock:client-secret"}


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(_UNPACKED), 1)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, asked: type[BaseHTTPRequestHandler], state: State) -> None:
        self.state = state
        super().__init__((LOOPBACK, port), asked)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are what this is for."""


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written one after the other: the second would wait for an ACK
    server: _Server

    def do_GET(self) -> None:
        """Any method."""
        length = int(self.headers.get("Content-Length") or 0)
        self.content = self.rfile.read(length)
        self.state = self.server.state
        self._more = {}
        url = urlsplit(self.path)
        self.place = url.path
        self.query = {name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library calls it
        """Nothing: what came is asked for by ``seen``."""

    def _answer(self) -> None:
        self.state.look(self._request())
        fault = self.state.fault(self.path)
        if fault is None:
            self._say(*self._done())
            return
        status, answer = self._done() if fault["effect"] else (200, {"answer": "x" * 200})
        fail: Callable[[dict[str, Json], int, bytes], None] = getattr(self, f"_by_{fault['kind']}")
        fail(fault, status, json.dumps(answer).encode())

    def _request(self) -> dict[str, Json]:
        headers: dict[str, Json] = {name.lower(): value for name, value in self.headers.items()}
        return {
            "method": self.command,
            "path": self.place,
            "query": {**self.query},
            "headers": headers,
            "body": self.content.decode("utf-8", "replace"),
            "connection": self.client_address[1],
        }

    def _done(self) -> tuple[int, Json]:
        place: Callable[[], tuple[int, Json]] = getattr(self, f"_at_{self.place.split('/')[1]}", self._unknown)
        return place()

    def _say(self, status: int, answer: Json, headers: dict[str, str] | None = None) -> None:
        body = (
            b"" if status in (204, 304) else answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        )
        self._begin(status, len(body), {"Content-Type": "application/json", **self._more, **(headers or {})})
        self.wfile.write(body)

    _more: dict[str, str] = {}  # noqa: RUF012 - replaced, never changed

    def _begin(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    # Places

    def _unknown(self) -> tuple[int, Json]:
        return 404, {"title": "there is nothing here", "status": 404}

    def _at_orders(self) -> tuple[int, Json]:
        if self.command in ("GET", "HEAD"):
            return 405, {"title": "orders are posted"}
        key = self.headers.get("Idempotency-Key")
        if self.command in ("PUT", "DELETE"):
            key = f"{self.command} {self.place} {self.content.decode('utf-8', 'replace').strip()}"
        return self.state.do(key, self.content, {"id": self.place.rpartition("/")[2] or "1", "ok": True})

    def _at_bulk(self) -> tuple[int, Json]:
        text = self.content.decode()
        if self.headers.get_content_type() == "application/x-ndjson":
            listed = [json.loads(line) for line in text.splitlines()]
        else:
            given = json.loads(text)
            listed = given if isinstance(given, list) else given["items"]
        results: list[Json] = [self._one(item) for item in listed]
        return 207, {"results": results[::-1] if "reversed" in self.query else results[: len(results) - self._lost()]}

    def _lost(self) -> int:
        return int(self.query.get("lost", "0"))

    def _one(self, item: dict[str, Json]) -> dict[str, Json]:
        name = item.get("sku")
        if item.get("refuse") or item.get("busy"):
            return {"sku": name, "ok": False, "busy": item.get("busy", False), "why": "not this one"}
        key = item.get("key")
        self.state.do(str(key) if key else None, json.dumps(item).encode(), None)
        return {"sku": name, "ok": True, "number": f"N{name}"}

    def _at_items(self) -> tuple[int, Json]:
        chosen = [one for one in self.state.items if isinstance(one, dict)]
        since = self.query.get("since")
        if since:
            chosen = [one for one in chosen if str(one["updated"]) >= since]
        cap = self.state.settings.get("cap")
        limit = min(int(self.query.get("limit", "1000")), cap if isinstance(cap, int) else 1000)
        by = self.query.get("by", "cursor")
        start = self._start(by, limit)
        page: list[Json] = [*chosen[start : start + limit]]
        following = start + limit if start + limit < len(chosen) or self.state.settings.get("loop") else None
        if self.state.settings.get("loop"):
            following = 0 if start else limit
        self._more = {}
        if by == "link" and following is not None:
            asked = urlencode({**self.query, "start": following})
            self._more = {"Link": f'</items?{asked}>; title="a, b"; rel="next", </items>; rel="first"'}
        meta: dict[str, Json] = {"next": None if following is None else str(following), "total": len(chosen)}
        return 200, {"data": {"items": page}, "meta": meta}

    def _start(self, by: str, limit: int) -> int:
        match by:
            case "page":
                return (int(self.query["page"]) - 1) * limit
            case "offset":
                return int(self.query["offset"])
            case "link":
                return int(self.query.get("start", "0"))
        return int(self.query.get("cursor", "0"))

    def _at_document(self) -> tuple[int, Json]:
        body = json.dumps(self.state.items)
        etag = f'"{abs(hash(body))}"'
        self._more = {"ETag": etag}
        return (304, None) if self.headers.get("If-None-Match") == etag else (200, self.state.items)

    def _at_lookup(self) -> tuple[int, Json]:
        wanted = self.place.rpartition("/")[2]
        for item in self.state.items:
            if isinstance(item, dict) and str(item.get("id")) == wanted:
                return 200, item
        return self._unknown()

    def _at_token(self) -> tuple[int, Json]:
        form = parse_qs(self.content.decode())
        said = f"{form.get('client_id', [''])[0]}:{form.get('client_secret', [''])[0]}"
        given = self.headers.get("Authorization", "")
        if said in _LOGIN or given in {f"Basic {b64encode(login.encode()).decode()}" for login in _LOGIN}:
            return 200, {**self.state.token()}
        return 401, {"error": "invalid_client", "error_description": f"unknown client {said} {given}"}

    def _at_secure(self) -> tuple[int, Json]:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.state.knows(token):
            return 401, {"title": f"the token {token} does not count"}
        return self._at_orders()

    def _at_echo(self) -> tuple[int, Json]:
        return 200, {**self._request()}

    def _at_redirect(self) -> tuple[int, Json]:
        self._more = {"Location": self.query["to"]}
        return int(self.query.get("status", "302")), None

    def _at_graphql(self) -> tuple[int, Json]:
        return graphql.answer(self.state, self.content)

    def _at_odata(self) -> tuple[int, Json]:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = unquote(self.place.removeprefix("/odata/"))
        status, answer, self._more = odata.answer(self.state, self.command, path, self.query, headers, self.content)
        return status, answer

    def _at_soap(self) -> tuple[int, Json]:
        status, answer, self._more = soap.answer(self.state, self.place, self.content)
        return status, answer

    # Faults

    def _by_status(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        headers = fault["headers"] if isinstance(fault["headers"], dict) else {}
        given = str(fault["body"]).encode()
        number = fault["status"] if isinstance(fault["status"], int) else 500
        self._begin(number, len(given), {name: str(value) for name, value in headers.items()})
        self.wfile.write(given)

    def _by_hang(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        time.sleep(_HANG)

    def _by_close(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        self.close_connection = True

    def _by_reset(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.connection.close()

    def _by_cut(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        self._begin(status, len(body), {"Content-Type": "application/json"})
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        time.sleep(_DRIP)
        self._by_reset(fault, status, body)

    def _by_drip(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        self._begin(status, 100_000, {"Content-Type": "application/json"})
        self._slowly(b" " * 100_000)

    def _by_drip_head(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        self._slowly(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000)

    def _slowly(self, data: bytes) -> None:
        for byte in data:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(_DRIP)

    def _by_bomb(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        packed = _bomb()
        self._begin(200, len(packed), {"Content-Type": "application/json", "Content-Encoding": "gzip"})
        self.wfile.write(packed)

    def _by_large(self, fault: dict[str, Json], status: int, body: bytes) -> None:
        self._begin(200, _LARGE, {"Content-Type": "application/json"})
        for _ in range(_LARGE // 1_000_000):
            self.wfile.write(b" " * 1_000_000)


for _method in ("POST", "PUT", "PATCH", "MERGE", "DELETE", "HEAD"):
    setattr(_Asked, f"do_{_method}", _Asked.do_GET)


class _Control(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # as above
    server: _Server

    def do_POST(self) -> None:
        """What the owner asks."""
        value = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self.server.state.told(self.path.strip("/"), value)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library calls it
        """Nothing."""


def main(port: str, folder: str, *files: str) -> None:
    """Serve until killed."""
    state = State(Path(folder))
    server = _Server(int(port), _Asked, state)
    if files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files[0], files[1])
        if len(files) > 2:  # noqa: PLR2004 - the third is the authority of clients
            context.load_verify_locations(files[2])
            context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    control = _Server(0, _Control, state)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    told = Path(folder) / "control"
    told.with_suffix(".part").write_text(str(control.server_address[1]))
    told.with_suffix(".part").rename(told)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
