"""OpenSSH's server tells what is no file: such a thing is left, and counted."""

from __future__ import annotations

import os

from tests.unit.remote.folder import SftpRemote


def test_links_pipes_and_folders_are_never_opened(remote: SftpRemote) -> None:
    (remote.path / "link.edi").symlink_to("/etc/passwd")
    os.mkfifo(remote.path / "pipe.edi")
    (remote.path / "folder.edi").mkdir()
    remote.drop("a.edi")
    source = remote.source()
    assert [one.headers["file.name"] for one in remote.take(source)] == ["a.edi"]
    assert source.notices.counts["K611"] >= 2
