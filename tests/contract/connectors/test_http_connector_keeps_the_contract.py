"""``http`` as one that sends and asks, against a real peer, with a proxy between."""

from __future__ import annotations

import json
import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from crossdock.connector import Arrival, Effect, Parcel
from crossdock.message import Document, Inline, read_all
from crossdock.testing.connector_suite import (
    CallGround,
    CallSuite,
    Delivered,
    EmptyThings,
    Ground,
    InOrder,
    Options,
    OverTcp,
    Probed,
    RunningSinkSuite,
    SinkGround,
    SinkSuite,
    SourceGround,
    SourceSuite,
    StaysThere,
)
from crossdock.testing.servers.http_peer import HttpPeer
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.http import CONNECTOR

CANARY = "canary-5be1f0a7"
MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"


class Peer(Ground, OverTcp, Probed):
    """A peer, reached through a proxy with short time-outs and a key."""

    connector = CONNECTOR

    def __init__(self, root: Path, peer: HttpPeer) -> None:
        super().__init__(root)
        self.peer = peer
        self.proxy = TcpProxy(peer.port)

    @property
    def secrets(self) -> Sequence[str]:
        return (CANARY,)

    def reached(self, **more: object) -> dict[str, object]:
        usual = {"allow_private": True, "timeout": "3s", "stall": "1s", "connect_timeout": "1s"}
        return {**usual, "auth": {"api_key": {"query": "key", "key": CANARY}}, **more}

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.proxy.port}{path}"

    def close(self) -> None:
        self.proxy.close()


class Orders(Peer, SinkGround):
    """Orders are posted with a key."""

    def __init__(self, root: Path, peer: HttpPeer) -> None:
        super().__init__(root, peer)
        self._before = len(peer.done)

    def options(self, **more: object) -> Options:
        return {"post": self.url("/orders"), "key_header": "Idempotency-Key", **self.reached(**more)}

    def arrived(self) -> Sequence[Delivered]:
        return [Delivered(key, data) for key, data in self.peer.done[self._before :]]


class Lookups(Peer, CallGround):
    """Things are looked up by their number."""

    def __init__(self, root: Path, peer: HttpPeer) -> None:
        super().__init__(root, peer)
        found: list[dict[str, Document]] = [{"id": f"A{number}", "stock": number} for number in range(200)]
        peer.items(*found)

    def options(self, **more: object) -> Options:
        return {"get": self.url("/lookup/A{number}"), **self.reached(**more)}

    def question(self, number: int) -> Parcel:
        return Parcel(key=str(uuid.UUID(int=number)), message=MESSAGE, payload=Inline(b""), document={"number": number})

    def answer(self, number: int) -> Document:
        return {"id": f"A{number}", "stock": number}

    def asked(self) -> Sequence[str]:
        return [str(request["path"]) for request in self.peer.seen if str(request["path"]).startswith("/lookup/")]


class Changes(Peer, SourceGround, EmptyThings, InOrder, StaysThere):
    """A list that is polled by cursor; what is brought stays there, and is known again."""

    def __init__(self, root: Path, peer: HttpPeer) -> None:
        super().__init__(root, peer)
        self._items: list[dict[str, Document]] = []
        peer.items()

    def options(self, **more: object) -> Options:
        paging = {"by": "cursor", "at": "meta.next"}
        listed = {"items": "data.items", "id": "id", "paging": paging, "page_size": 100}
        return {"get": self.url("/items?by=cursor"), **listed, **self.reached(**more)}

    def put(self, name: str, data: bytes) -> None:
        self._items.append({"id": name, "content": b64encode(data).decode()})
        self.peer.items(*self._items)

    def brought(self, arrival: Arrival) -> bytes:
        return b64decode(json.loads(read_all(arrival.payload))["content"])


class TestHttpSource(SourceSuite):
    ground_type = Changes

    @pytest.fixture
    def ground(self, tmp_path: Path, http_peer: HttpPeer) -> Iterator[Changes]:
        made = Changes(tmp_path, http_peer.fresh())
        yield made
        made.close()


class _Posting:
    ground_type: ClassVar[type[Ground]] = Orders
    effect: ClassVar[Effect | None] = Effect.KEYED

    @pytest.fixture
    def ground(self, tmp_path: Path, http_peer: HttpPeer) -> Iterator[Orders]:
        made = Orders(tmp_path, http_peer.fresh())
        yield made
        made.close()


class TestHttpSink(_Posting, SinkSuite):
    """Every parcel is a POST with a key."""


class TestHttpSinkInARun(_Posting, RunningSinkSuite):
    """The same in real processes that are killed."""


class TestHttpCall(CallSuite):
    ground_type = Lookups

    @pytest.fixture
    def ground(self, tmp_path: Path, http_peer: HttpPeer) -> Iterator[Lookups]:
        made = Lookups(tmp_path, http_peer.fresh())
        yield made
        made.close()
