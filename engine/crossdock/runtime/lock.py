"""One run per journal: a lock on a file beside it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crossdock.errors import Halt

PATIENCE = 5.0  # seconds for the processes of a killed run to be gone
_PAUSE = 0.02


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """One supervisor per journal. The lock goes with the process, however it ends. Raises ``Halt``."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _lock(handle, path)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise Halt("E723", f"this project is running already ({path} is locked)") from error
            time.sleep(_PAUSE)
