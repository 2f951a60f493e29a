"""A folder on OpenSSH's server, and the connector on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.remote.folder import SftpRemote

from crossdock.testing.servers.sshd import SshdAddress


@pytest.fixture
def remote(sshd: SshdAddress, tmp_path: Path) -> Iterator[SftpRemote]:
    remote = SftpRemote(sshd, tmp_path)
    yield remote
    remote.close()
