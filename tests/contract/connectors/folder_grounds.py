"""Folders as grounds: on this machine, or on a server whose folder lies on this machine too."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Protocol

from crossdock.connector import Parcel
from crossdock.testing.connector_suite import (
    Delivered,
    EmptyThings,
    FolderGround,
    Ground,
    InOrder,
    Irregular,
    LeadsNowhere,
    Limited,
    Options,
    OverTcp,
    Probed,
    RefusesOne,
    ShowsWaiting,
    SinkGround,
    Visible,
)
from crossdock.testing.servers.proxy import TcpProxy

QUICK = {"connect": "5s", "stall": "3s"}


class Watched(FolderGround, EmptyThings, InOrder, Irregular, Limited, Probed, ShowsWaiting):
    """A folder that is polled; on this machine it is ``path``."""

    path: Path
    hostile_names = (*FolderGround.hostile_names, "\udcff\udcfe.edi")

    def limited(self, size: int) -> Options:
        return self.options(max_size=f"{size}B")

    def write(self, path: str, data: bytes) -> None:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

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
        os.mkfifo(self.path / "d-pipe")
        return [*links, "d-pipe"]


class Filled(SinkGround, Visible, RefusesOne, LeadsNowhere, Probed):
    """A folder that is filled with files named after their keys; on this machine it is ``path``."""

    path: Path

    def arrived(self) -> Sequence[Delivered]:
        return [Delivered(one.stem, one.read_bytes()) for one in self.path.glob("[!.]*") if one.suffix == ".json"]

    def bad(self, parcel: Parcel) -> Parcel:
        return replace(parcel, key="../up")

    def nowhere(self) -> Options:
        return self.options(path="missing", mkdirs=False)

    def take(self, key: str) -> None:
        (self.path / f"{key}.json").unlink()

    def occupy(self, key: str, data: bytes) -> None:
        (self.path / f"{key}.json").write_bytes(data)

    def leftovers(self) -> Sequence[str]:
        return [one.name for one in self.path.iterdir() if one.suffix != ".json"]


class Place(Protocol):
    """A folder of a server: where it lies on this machine, and how a client calls it."""

    @property
    def local(self) -> Path: ...

    @property
    def remote(self) -> str: ...


class FolderServer(Protocol):
    """A server that gives folders away."""

    @property
    def port(self) -> int: ...

    def fresh(self) -> Place: ...

    def options(self, **more: object) -> dict[str, object]: ...


class _OnServer(Ground, OverTcp):
    """A fresh folder of a server, with a proxy on the way there."""

    def __init__(self, root: Path, server: FolderServer, secrets: Sequence[str]) -> None:
        super().__init__(root)
        self.server = server
        self._secrets = secrets
        self.place = server.fresh()
        self.path = self.place.local
        self.proxy = TcpProxy(server.port)

    @property
    def secrets(self) -> Sequence[str]:
        return self._secrets

    def close(self) -> None:
        self.proxy.close()
        shutil.rmtree(self.path, ignore_errors=True)


class WatchedOnServer(_OnServer, Watched):
    """A folder of a server that is polled."""

    patience = 15.0
    moment = 0.4

    def options(self, **more: object) -> Options:
        quick = {"every": "50ms", "stable_for": "10ms", "order": "name", **QUICK}
        return self.server.options(path=self.place.remote, port=self.proxy.port, **quick) | more

    def write(self, path: str, data: bytes) -> None:
        made = [folder for folder in (self.path / path).parents if not folder.exists()]
        super().write(path, data)
        for one in (*made, self.path / path):
            self._give(one)

    def _give(self, path: Path) -> None:
        """To the user whose folder it is."""
        owner = self.path.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


class FilledOnServer(_OnServer, Filled):
    """A folder of a server that is filled."""

    also: ClassVar[dict[str, object]] = {}

    def options(self, **more: object) -> Options:
        named = {"path": self.place.remote, "name": "{$key}.json", **QUICK, **self.also}
        return self.server.options(port=self.proxy.port, **named) | more

    def nowhere(self) -> Options:
        return self.options(path=f"{self.place.remote}/missing", mkdirs=False)
