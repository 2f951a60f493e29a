"""``s3`` against a real storage, with a proxy between."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from crossdock.connector import Effect, Parcel, Surroundings
from crossdock.message import Inline
from crossdock.testing.connector_suite import (
    Delivered,
    EmptyThings,
    Ground,
    InOrder,
    LeadsNowhere,
    Limited,
    LosesReplies,
    Options,
    OverTcp,
    Probed,
    RefusesOne,
    RunningSinkSuite,
    ShowsWaiting,
    SinkGround,
    SinkSuite,
    SourceGround,
    SourceSuite,
)
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.versitygw import StorageAddress
from crossdock_connectors.s3 import CONNECTOR, SinkOptions
from crossdock_connectors.s3.storage import Storage


class Place(Ground, OverTcp, Probed):
    """A bucket of its own, and a way to look into it that does not lead through the proxy."""

    connector = CONNECTOR

    def __init__(self, root: Path, server: StorageAddress) -> None:
        super().__init__(root)
        self._server = server
        self.bucket = server.fresh()
        self.proxy = TcpProxy(int(server.endpoint.rpartition(":")[2]))
        around = Surroundings(root=root, name="outsider", now=lambda: datetime.now(UTC))
        outside = SinkOptions.model_validate({**self.reached(), "key": "{$key}", "endpoint": server.endpoint})
        self.outside = Storage(outside, around)

    @property
    def secrets(self) -> Sequence[str]:
        return [self._server.secret_key]

    def reached(self) -> dict[str, object]:
        own = {"bucket": self.bucket, "endpoint": f"http://127.0.0.1:{self.proxy.port}", "allow_private": True}
        keys = {"access_key": self._server.access_key, "secret_key": self._server.secret_key}
        return {**own, **keys, "timeout": "2s"}

    def keys(self) -> list[str]:
        page, _ = self.outside.page("", None)
        return [one.key for one in page]

    def close(self) -> None:
        self.outside.close()
        self.proxy.close()


class Drop(Place, SourceGround, EmptyThings, InOrder, Limited, ShowsWaiting):
    """Objects that are taken and archived."""

    patience = 20.0
    many = 60

    def options(self, **more: object) -> Options:
        taken = {"prefix": "in/", "after": {"archive": "done/"}, "rejects": "bad/"}
        return {**self.reached(), **taken, **more}

    def put(self, name: str, data: bytes) -> None:
        self.outside.ask("PUT", f"in/{name}", body=Inline(data), sha256=hashlib.sha256(data).hexdigest())

    def limited(self, size: int) -> Options:
        return self.options(max_size=f"{size}B")

    def waiting(self) -> int:
        return sum(key.startswith("in/") for key in self.keys())


class Shelf(Place, SinkGround, LosesReplies, RefusesOne, LeadsNowhere):
    """Objects that are put, named after their key."""

    batch = 30
    in_parallel = 60

    def options(self, **more: object) -> Options:
        return {**self.reached(), "key": "out/{$key}", **more}

    def arrived(self) -> Sequence[Delivered]:
        got = [(key, self.outside.ask("GET", key).body) for key in self.keys()]
        return [Delivered(key.removeprefix("out/"), data) for key, data in got]

    def lose_next_reply(self) -> None:
        self.proxy.lose_reply_to(b"PUT /")

    def bad(self, parcel: Parcel) -> Parcel:
        return replace(parcel, key=f"a/../{parcel.key}")

    def nowhere(self) -> Options:
        return self.options(bucket="no-such-bucket")


class TestDrop(SourceSuite):
    ground_type = Drop

    @pytest.fixture
    def ground(self, tmp_path: Path, storage: StorageAddress) -> Iterator[Drop]:
        made = Drop(tmp_path, storage)
        yield made
        made.close()


class _OnAShelf:
    ground_type: ClassVar[type[Ground]] = Shelf
    effect: ClassVar[Effect | None] = Effect.KEYED

    @pytest.fixture
    def ground(self, tmp_path: Path, storage: StorageAddress) -> Iterator[Shelf]:
        made = Shelf(tmp_path, storage)
        yield made
        made.close()


class TestShelf(_OnAShelf, SinkSuite):
    """Every parcel is an object."""


class TestShelfInARun(_OnAShelf, RunningSinkSuite):
    """The same in real processes that are killed."""
