"""``file`` against the file system of this machine."""

from __future__ import annotations

from pathlib import Path

from tests.contract.connectors.folder_grounds import Filled, Watched

from crossdock.connector import Effect
from crossdock.testing.connector_suite import (
    FolderSourceSuite,
    Options,
    ProvableSinkSuite,
    RunningSinkSuite,
    RunningSourceSuite,
)
from crossdock_connectors.file import CONNECTOR


class Inbox(Watched):
    """A folder ``inbox`` of the project."""

    connector = CONNECTOR

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.path = root / "inbox"
        self.path.mkdir()

    def options(self, **more: object) -> Options:
        return {"path": "inbox", "every": "10ms", "stable_for": "10ms", **more}


class TestFileSource(FolderSourceSuite):
    ground_type = Inbox


class TestFileSourceInARun(RunningSourceSuite):
    ground_type = Inbox


class Outbox(Filled):
    """A folder ``out`` of the project, whose files are named after their keys."""

    connector = CONNECTOR

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.path = root / "out"
        self.path.mkdir()

    def options(self, **more: object) -> Options:
        return {"path": "out", "name": "{$key}.json", **more}


class TestFileSink(ProvableSinkSuite):
    ground_type = Outbox


class TestFileSinkInARun(RunningSinkSuite):
    ground_type, effect = Outbox, Effect.PROVABLE
