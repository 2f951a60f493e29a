"""A project whose routes are served by a real run, and small clients of it."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.commands import command
from tests.flow.conftest import Project

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def id(self) -> str:
        return str(self.json["id"])


class Front(Project):
    """``write`` takes what stands behind ``http:`` in the settings as well; ``serve`` waits until it answers."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()

    def settings(self, more: str = "", **http: str) -> str:
        extra = "".join(f", {name}: {value}" for name, value in http.items())
        return f'http: {{listen: "127.0.0.1:{self.port}"{extra}}}\n{more}'

    def serve(self, *options: str, **environment: str) -> None:
        self.start(*options, **environment)
        self.await_answer()

    def await_answer(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not listens(self.port):
            assert time.monotonic() < end, self.log()
            assert self.run.poll() is None, self.log()
            time.sleep(0.05)

    def stop(self) -> None:
        self.run.terminate()
        assert self.run.wait(timeout=60) == 0, self.log()

    def key(self, owner: str, *options: str) -> str:
        """A new API key. A run that is up knows of it two seconds later."""
        made = command(self.folder, "keys", "create", owner, *options)
        assert made.code == 0, made.errors
        return made.output.strip()

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def post(self, path: str, document: object, **headers: str) -> Reply:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.ask("POST", path, body, JSON | {name.replace("_", "-"): value for name, value in headers.items()})

    def raw(self, sent: bytes, *, seconds: float = 20) -> bytes:
        """What comes back for these bytes, until the other side closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(sent)
            return _until_end(connection)

    def post_all(self, posts: Sequence[tuple[str, bytes, Mapping[str, str]]], connections: int) -> list[Reply]:
        """Many posts at the same time, over so many connections; the replies in the order of the posts."""
        return asyncio.run(self._post_all(posts, connections))

    async def _post_all(self, posts: Sequence[tuple[str, bytes, Mapping[str, str]]], connections: int) -> list[Reply]:
        replies: dict[int, Reply] = {}
        left = iter(enumerate(posts))

        async def go() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for number, (path, body, headers) in left:
                lines = "".join(f"{name}: {value}\r\n" for name, value in {**JSON, **headers}.items())
                head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                replies[number] = await _reply(reader)
            writer.close()

        await asyncio.gather(*(go() for _ in range(connections)))
        return [replies[number] for number in range(len(posts))]


async def _reply(reader: asyncio.StreamReader) -> Reply:
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Reply(int(status.split()[1]), headers, await reader.readexactly(int(headers["content-length"])))


def _until_end(connection: socket.socket) -> bytes:
    found = b""
    try:
        while piece := connection.recv(65536):
            found += piece
    except (TimeoutError, ConnectionResetError):
        return found
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
