"""Who may have the journal's file: any number of runs together, or one who puts another in its place.

A lock on a file beside it. It is held by every process of a run, so it goes when the last of them is gone.
"""

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
def together(path: Path) -> Iterator[None]:
    """One of those who run. Raises ``Halt`` while the journal is put in place of another."""
    with _locked(path, fcntl.LOCK_SH, f"the journal is being replaced ({path} is locked)"):
        yield


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """The only one. Raises ``Halt`` while the project runs."""
    with _locked(path, fcntl.LOCK_EX, f"this project is running already ({path} is locked)"):
        yield


@contextmanager
def _locked(path: Path, how: int, else_: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _lock(handle, how, else_)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, how: int, else_: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise Halt("E723", else_) from error
            time.sleep(_PAUSE)
