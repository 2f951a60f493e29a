"""``ftp`` against ProFTPD, encrypted, over a proxy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from tests.contract.connectors.folder_grounds import FilledOnServer, WatchedOnServer

from crossdock.connector import Effect
from crossdock.testing.connector_suite import FolderSourceSuite, ProvableSinkSuite, RunningSinkSuite
from crossdock.testing.servers.proftpd import ProftpdAddress
from crossdock_connectors.ftp import CONNECTOR


class Outfolder(WatchedOnServer):
    """A folder of the server that is polled."""

    connector = CONNECTOR
    #: In a listing, a line break is the end of a line, whatever it was meant to be.
    hostile_names = tuple(name for name in WatchedOnServer.hostile_names if "\n" not in name)

    def make_irregular(self) -> Sequence[str]:
        *links, pipe = super().make_irregular()
        self.remove(pipe)  # an empty file to this server
        return links


class Infolder(FilledOnServer):
    """A folder of the server that is filled with files named after their keys."""

    connector = CONNECTOR
    also: ClassVar[dict[str, object]] = {"sessions": 4}


class _Polled:
    @pytest.fixture
    def ground(self, tmp_path: Path, proftpd: ProftpdAddress) -> Iterator[Outfolder]:
        ground = Outfolder(tmp_path, proftpd, [proftpd.password])
        yield ground
        ground.close()


class _Filled:
    @pytest.fixture
    def ground(self, tmp_path: Path, proftpd: ProftpdAddress) -> Iterator[Infolder]:
        ground = Infolder(tmp_path, proftpd, [proftpd.password])
        yield ground
        ground.close()


class TestFtpSource(_Polled, FolderSourceSuite):
    ground_type = Outfolder


class TestFtpSink(_Filled, ProvableSinkSuite):
    ground_type = Infolder


class TestFtpSinkInARun(_Filled, RunningSinkSuite):
    ground_type, effect = Infolder, Effect.PROVABLE
