"""``file`` against the file system of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

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
    Probed,
    ProvableSinkSuite,
    RefusesOne,
    RunningSinkSuite,
    RunningSourceSuite,
    ShowsWaiting,
    SinkGround,
    Visible,
)
from crossdock_connectors.file import CONNECTOR


class Inbox(FolderGround, EmptyThings, InOrder, Irregular, Limited, Probed, ShowsWaiting):
    """A folder ``inbox`` of the project."""

    connector = CONNECTOR
    hostile_names = (*FolderGround.hostile_names, "\udcff\udcfe.edi")

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.path = root / "inbox"
        self.path.mkdir()

    def options(self, **more: object) -> Options:
        return {"path": "inbox", "every": "10ms", "stable_for": "10ms", **more}

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


class TestFileSource(FolderSourceSuite):
    ground_type = Inbox


class TestFileSourceInARun(RunningSourceSuite):
    ground_type = Inbox


class Outbox(SinkGround, Visible, RefusesOne, LeadsNowhere, Probed):
    """A folder ``out`` of the project, whose files are named after their keys."""

    connector = CONNECTOR

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.path = root / "out"
        self.path.mkdir()

    def options(self, **more: object) -> Options:
        return {"path": "out", "name": "{$key}.json", **more}

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


class TestFileSink(ProvableSinkSuite):
    ground_type = Outbox


class TestFileSinkInARun(RunningSinkSuite):
    ground_type, effect = Outbox, Effect.PROVABLE
