"""A folder on each kind of server, with the connector that goes there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.remote.folder import FtpRemote, Remote, SftpRemote

from crossdock.testing.servers.proftpd import ProftpdAddress
from crossdock.testing.servers.sshd import SshdAddress


@pytest.fixture(params=["ftp", "sftp"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    remote = _reached(request, tmp_path)
    yield remote
    remote.close()


def _reached(request: pytest.FixtureRequest, root: Path) -> Remote:
    if request.param == "ftp":
        proftpd: ProftpdAddress = request.getfixturevalue("proftpd")
        return FtpRemote(proftpd, root)
    sshd: SshdAddress = request.getfixturevalue("sshd")
    return SftpRemote(sshd, root)
