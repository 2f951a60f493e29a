"""A folder on ProFTPD, and the connector on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.remote.folder import FtpRemote

from crossdock.testing.servers.proftpd import ProftpdAddress


@pytest.fixture
def remote(proftpd: ProftpdAddress, tmp_path: Path) -> Iterator[FtpRemote]:
    remote = FtpRemote(proftpd, tmp_path)
    yield remote
    remote.close()
