"""``ftp`` against ProFTPD, encrypted, over a proxy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crossdock.connector import Effect, Parcel
from crossdock.testing.connector_suite import (
    Delivered,
    EmptyThings,
    FolderGround,
    FolderSourceSuite,
    InOrder,
    Irregular,
    LeadsNowhere,
    Limited,
    Options,
    OverTcp,
    Probed,
    ProvableSinkSuite,
    RefusesOne,
    RunningSinkSuite,
    ShowsWaiting,
    SinkGround,
    Visible,
)
from crossdock.testing.servers.proftpd import ProftpdAddress
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.ftp import CONNECTOR

QUICK = {"connect": "5s", "stall": "3s"}


class Outfolder(FolderGround, OverTcp, EmptyThings, InOrder, Irregular, Limited, Probed, ShowsWaiting):
    """A folder of the server that is polled."""

    connector = CONNECTOR
    patience = 15.0
    moment = 0.4
    #: In a listing, a line break is the end of a line, whatever it was meant to be.
    hostile_names = (*(name for name in FolderGround.hostile_names if "\n" not in name), "\udcff\udcfe.edi")

    def __init__(self, root: Path, server: ProftpdAddress) -> None:
        super().__init__(root)
        self._server = server
        self.place = server.fresh()
        self.path = self.place.local
        self.proxy = TcpProxy(server.port)

    @property
    def secrets(self) -> Sequence[str]:
        return [self._server.password]

    def options(self, **more: object) -> Options:
        quick = {"every": "50ms", "stable_for": "10ms", "order": "name", **QUICK}
        return self._server.options(path=self.place.remote, port=self.proxy.port, **quick) | more

    def limited(self, size: int) -> Options:
        return self.options(max_size=f"{size}B")

    def write(self, path: str, data: bytes) -> None:
        target = self.path / path
        made = [folder for folder in target.parents if not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        for one in (*made, target):
            _give(one, self.path)

    def read(self, path: str) -> bytes:
        return (self.path / path).read_bytes()

    def remove(self, path: str) -> None:
        target = self.path / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()

    def names(self) -> list[str]:
        return sorted(str(one.relative_to(self.path)) for one in self.path.rglob("*") if one.is_file())

    def waiting(self) -> int:
        return sum(1 for one in self.path.iterdir() if one.is_file())

    def make_irregular(self) -> Sequence[str]:
        (self.root / "outside").write_bytes(b"secret")
        links = {"a-file": self.root / "outside", "b-folder": self.root, "c-nothing": self.root / "nowhere"}
        for name, target in links.items():
            (self.path / name).symlink_to(target)
        return list(links)  # a pipe is an empty file to this server

    def close(self) -> None:
        self.proxy.close()
        shutil.rmtree(self.path, ignore_errors=True)


class Infolder(SinkGround, OverTcp, Probed, Visible, RefusesOne, LeadsNowhere):
    """A folder of the server that is filled with files named after their keys."""

    connector = CONNECTOR

    def __init__(self, root: Path, server: ProftpdAddress) -> None:
        super().__init__(root)
        self._server = server
        self.place = server.fresh()
        self.path = self.place.local
        self.proxy = TcpProxy(server.port)

    @property
    def secrets(self) -> Sequence[str]:
        return [self._server.password]

    def options(self, **more: object) -> Options:
        named = {"path": self.place.remote, "name": "{$key}.json", "sessions": 4, **QUICK}
        return self._server.options(port=self.proxy.port, **named) | more

    def arrived(self) -> Sequence[Delivered]:
        return [Delivered(one.stem, one.read_bytes()) for one in self.path.glob("[!.]*") if one.suffix == ".json"]

    def bad(self, parcel: Parcel) -> Parcel:
        return replace(parcel, key="../up")

    def nowhere(self) -> Options:
        return self.options(path=f"{self.place.remote}/missing", mkdirs=False)

    def take(self, key: str) -> None:
        (self.path / f"{key}.json").unlink()

    def occupy(self, key: str, data: bytes) -> None:
        (self.path / f"{key}.json").write_bytes(data)

    def leftovers(self) -> Sequence[str]:
        return [one.name for one in self.path.iterdir() if one.suffix != ".json"]

    def close(self) -> None:
        self.proxy.close()
        shutil.rmtree(self.path, ignore_errors=True)


def _give(path: Path, like: Path) -> None:
    """To the user whose folder it is."""
    owner = like.stat()
    os.chown(path, owner.st_uid, owner.st_gid)


class _Polled:
    @pytest.fixture
    def ground(self, tmp_path: Path, proftpd: ProftpdAddress) -> Iterator[Outfolder]:
        ground = Outfolder(tmp_path, proftpd)
        yield ground
        ground.close()


class _Filled:
    @pytest.fixture
    def ground(self, tmp_path: Path, proftpd: ProftpdAddress) -> Iterator[Infolder]:
        ground = Infolder(tmp_path, proftpd)
        yield ground
        ground.close()


class TestFtpSource(_Polled, FolderSourceSuite):
    ground_type = Outfolder


class TestFtpSink(_Filled, ProvableSinkSuite):
    ground_type = Infolder


class TestFtpSinkInARun(_Filled, RunningSinkSuite):
    ground_type, effect = Infolder, Effect.PROVABLE
