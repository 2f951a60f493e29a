"""Room kept on the journal's disk for the moment it is full: what was done must still be recorded.

A file of so many bytes lies beside the journal. When a commit finds the disk full, the file is emptied, and settling,
dead letters and deliveries go on in its room while nothing new is let in (see ``admission``). When there is space
again it is filled again. An empty file therefore says *used up*; no file, that there never was one.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from crossdock.errors import Retry

LOG = logging.getLogger("crossdock.reserve")

DISK_FULL = "E714"
LOOK_EVERY = 1.0  # seconds for which a process may not know that another has used it up


class Reserve:
    """``size`` bytes beside the journal at ``journal``; it is filled when ``floor`` bytes are left besides."""

    def __init__(self, journal: Path, size: int, floor: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.path = journal.with_name(f"{journal.name}-reserve")
        self.size = size
        self._growing = self.path.with_name(f"{self.path.name}-growing")
        self._floor = floor
        self._monotonic = monotonic
        self._looked = -LOOK_EVERY
        self._spent = False

    def spent(self) -> bool:
        """Whether it is used up, as far as known: only draining may go on."""
        now = self._monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked, self._spent = now, self._size() == 0
        return self._spent

    def spend(self, refusal: Retry) -> bool:
        """Use it if ``refusal`` says that the disk is full. Whether there is more room now than before."""
        if refusal.code != DISK_FULL or not self._size():
            return False
        os.truncate(self.path, 0)
        LOG.error(
            "the disk of the journal is full: its reserve of %d MB is used now, nothing is let in", self.size / 1e6
        )
        self._looked, self._spent = self._monotonic(), True
        return True

    def fill(self) -> bool:
        """Make it, or fill it again, where there is room. Whether it is there."""
        if not self.size:
            self.path.unlink(missing_ok=True)
            return True
        if self._size() == self.size:
            return True
        try:
            return self._filled()
        except OSError as error:
            LOG.warning("no reserve can be kept beside the journal: %s", error.strerror)
            return False

    def _filled(self) -> bool:
        self._growing.unlink(missing_ok=True)  # of a process that was killed
        if shutil.disk_usage(self.path.parent).free < self.size + self._floor:
            return False
        was = self._size()
        self._make(self._growing)
        self._growing.replace(self.path)
        if was == 0:
            LOG.warning("the disk of the journal has room again: its reserve is filled")
        return True

    def _make(self, path: Path) -> None:
        """Apart from where others look: one that grows still must not be taken for one that is used up."""
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, self.size)
            os.fsync(handle)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)

    def _size(self) -> int | None:
        try:
            return self.path.stat().st_size
        except OSError:
            return None
