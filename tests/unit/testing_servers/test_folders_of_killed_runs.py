"""What a killed run leaves in the temporary folder is gone with the next server that is made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crossdock.testing.servers.folders import OwnFolder, sweep

_KILLED = """
import os, signal, sys
from pathlib import Path
from crossdock.testing.servers.folders import OwnFolder
print(OwnFolder("postgres", Path(sys.argv[1])).path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def _left_behind(within: Path) -> Path:
    told = subprocess.run([sys.executable, "-c", _KILLED, str(within)], capture_output=True, text=True, check=False)
    return Path(told.stdout.strip())


def test_the_folder_of_an_owner_that_was_killed_is_removed_when_the_next_is_made(tmp_path: Path) -> None:
    left = _left_behind(tmp_path)
    (left / "data").mkdir()
    (left / "data" / "base").write_bytes(b"of a server")
    made = OwnFolder("mariadb", tmp_path)
    assert list(tmp_path.iterdir()) == [made.path]
    made.remove()


def test_the_folder_of_an_owner_that_lives_and_what_has_no_owner_stay(tmp_path: Path) -> None:
    made, others = OwnFolder("rabbitmq", tmp_path), tmp_path / "crossdock-demo-1"
    others.mkdir()
    (others / "owner").write_text("Jane")
    sweep(tmp_path)
    assert made.path.exists()
    assert others.exists()
    made.remove()


def test_a_folder_that_is_removed_by_its_owner_is_gone_and_may_be_removed_again(tmp_path: Path) -> None:
    made = OwnFolder("dovecot", tmp_path)
    made.remove()
    made.remove()
    assert list(tmp_path.iterdir()) == []


def test_an_owner_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    folder, target = tmp_path / "crossdock-postgres-1", tmp_path / "target"
    folder.mkdir()
    target.touch()
    (folder / "crossdock-owner").symlink_to(target)
    sweep(tmp_path)
    assert folder.exists()
