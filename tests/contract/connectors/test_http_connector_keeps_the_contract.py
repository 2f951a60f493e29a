"""``http`` as one that sends and asks, against a real peer, with a proxy between."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from crossdock.connector import Effect, Parcel
from crossdock.message import Document, Inline
from crossdock.testing.connector_suite import (
    CallGround,
    CallSuite,
    Delivered,
    Ground,
    Options,
    OverTcp,
    Probed,
    SinkGround,
    SinkSuite,
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


class TestHttpSink(SinkSuite):
    ground_type = Orders
    effect = Effect.KEYED

    @pytest.fixture
    def ground(self, tmp_path: Path, http_peer: HttpPeer) -> Iterator[Orders]:
        made = Orders(tmp_path, http_peer.fresh())
        yield made
        made.close()


class TestHttpCall(CallSuite):
    ground_type = Lookups

    @pytest.fixture
    def ground(self, tmp_path: Path, http_peer: HttpPeer) -> Iterator[Lookups]:
        made = Lookups(tmp_path, http_peer.fresh())
        yield made
        made.close()
