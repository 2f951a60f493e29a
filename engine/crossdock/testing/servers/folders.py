"""Folders of private servers among the system's temporary ones, and what killed runs left there.

Who makes a folder holds a lock on its file ``crossdock-owner``, which the system takes back however a process ends.
The guard of a server removes its folder when the owner is gone; where guards were killed too, the next server that is
made does.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_OWNER = "crossdock-owner"  # of no other folder: somebody's project may be in the temporary one too
_PREFIX = "crossdock-"


class OwnFolder:
    """A new folder ``crossdock-NAME-…``, in ``within`` or where the system has its temporary ones."""

    def __init__(self, name: str, within: Path | None = None) -> None:
        sweep(within)
        self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{name}-", dir=within))
        unseen = self.path / f".{_OWNER}"
        self._lock = os.open(unseen, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        unseen.rename(self.path / _OWNER)  # a sweep sees it locked, or not at all

    def remove(self) -> None:
        """Take it away with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def sweep(within: Path | None = None) -> None:
    """Remove the folders whose owners are gone."""
    for owner in Path(within or tempfile.gettempdir()).glob(f"{_PREFIX}*/{_OWNER}"):
        with suppress(OSError):  # another sweep was quicker, or it is not ours to look into
            if _abandoned(owner):
                shutil.rmtree(owner.parent, ignore_errors=True)


def _abandoned(owner: Path) -> bool:
    """Whether a file is ours and nobody holds the lock on it."""
    file = os.open(owner, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(file).st_uid == os.geteuid()
    except BlockingIOError:
        return False
    finally:
        os.close(file)
