"""``sftp`` against OpenSSH's server, over a proxy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.connectors.folder_grounds import FilledOnServer, WatchedOnServer

from crossdock.connector import Effect
from crossdock.testing.connector_suite import (
    FolderSourceSuite,
    ProvableSinkSuite,
    RunningSinkSuite,
    RunningSourceSuite,
)
from crossdock.testing.servers.sshd import SshdAddress
from crossdock_connectors.sftp import CONNECTOR


class Outfolder(WatchedOnServer):
    """A folder of the server that is polled."""

    connector = CONNECTOR


class Infolder(FilledOnServer):
    """A folder of the server that is filled with files named after their keys."""

    connector = CONNECTOR


class _Polled:
    @pytest.fixture
    def ground(self, tmp_path: Path, sshd: SshdAddress) -> Iterator[Outfolder]:
        ground = Outfolder(tmp_path, sshd, _secrets(sshd))
        yield ground
        ground.close()


class _Filled:
    @pytest.fixture
    def ground(self, tmp_path: Path, sshd: SshdAddress) -> Iterator[Infolder]:
        ground = Infolder(tmp_path, sshd, _secrets(sshd))
        yield ground
        ground.close()


def _secrets(sshd: SshdAddress) -> list[str]:
    return sshd.keys["ed25519"].splitlines()[1:-1]


class TestSftpSource(_Polled, FolderSourceSuite):
    ground_type = Outfolder


class TestSftpSourceInARun(_Polled, RunningSourceSuite):
    ground_type = Outfolder


class TestSftpSink(_Filled, ProvableSinkSuite):
    ground_type = Infolder


class TestSftpSinkInARun(_Filled, RunningSinkSuite):
    ground_type, effect = Infolder, Effect.PROVABLE
