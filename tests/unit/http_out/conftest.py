"""A peer in a process of its own, and connectors that reach it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from crossdock.connector import Notes, NotesInMemory, Parcel, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.options import PeerOptions
from crossdock.message import Document, Inline
from crossdock.testing.servers.http_peer import HttpPeer
from crossdock_connectors.http.call import HttpCall
from crossdock_connectors.http.options import CallOptions, SinkOptions, SourceOptions
from crossdock_connectors.http.sink import HttpSink
from crossdock_connectors.http.source import HttpSource

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"

_KEYS = itertools.count(1)

Opened = TypeVar("Opened", HttpSink, HttpCall, HttpSource, HttpClient)


def parcel(document: Document = None, *, key: str | None = None, data: bytes | None = None, attempt: int = 1) -> Parcel:
    """A parcel with a key that nobody has used."""
    return Parcel(
        key=key or f"key-{next(_KEYS)}",
        message=MESSAGE,
        payload=Inline(b'{"n": 1}' if data is None else data),
        document=document,
        content_type="application/json",
        attempt=attempt,
    )


class Ground:
    """The peer, and what is opened to it with short time-outs."""

    def __init__(self, peer: HttpPeer, root: Path) -> None:
        self.peer, self.root = peer, root
        self.notes: Notes = NotesInMemory()
        self.time = NOW
        self._opened: list[HttpSink | HttpCall | HttpSource | HttpClient] = []

    def now(self) -> datetime:
        return self.time

    @property
    def around(self) -> Surroundings:
        return Surroundings(root=self.root, name="orders/http", now=self.now, notes=self.notes)

    def _given(self, options: Mapping[str, object]) -> dict[str, object]:
        usual = {"allow_private": True, "timeout": "1500ms", "stall": "400ms", "connect_timeout": "1s"}
        placed = {
            name: f"{self.peer.url}{value}" if isinstance(value, str) and value.startswith("/") else value
            for name, value in options.items()
        }
        return {**usual, **placed}

    def sink(self, **options: object) -> HttpSink:
        return self._kept(HttpSink(SinkOptions.model_validate(self._given(options)), self.around))

    def call(self, **options: object) -> HttpCall:
        return self._kept(HttpCall(CallOptions.model_validate(self._given(options)), self.around))

    def source(self, options: Mapping[str, object], clock: Callable[[], float] = lambda: 0.0) -> HttpSource:
        given = SourceOptions.model_validate(self._given(options))
        client = HttpClient(given, self.root, self.now)
        return self._kept(HttpSource(given, self.around, client, clock))

    def client(self, clock: Callable[[], float] = time.monotonic, **options: object) -> HttpClient:
        given = PeerOptions.model_validate(self._given(options))
        return self._kept(HttpClient(given, self.root, self.now, clock=clock))

    def _kept(self, one: Opened) -> Opened:
        self._opened.append(one)
        return one

    def close(self) -> None:
        for one in self._opened:
            one.close()


@pytest.fixture
def ground(http_peer: HttpPeer, tmp_path: Path) -> Iterator[Ground]:
    made = Ground(http_peer.fresh(), tmp_path)
    yield made
    made.close()
