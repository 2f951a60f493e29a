"""Opening folders so that nothing planted below them is followed.

A partner may write into the folders we read and fill. Whoever configured a folder may have made it a link; below it
every step is taken with ``O_NOFOLLOW`` and relative to the folder that is open, so a folder that is exchanged for a
link on the way leads nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_DESCRIPTORS = Path("/proc/self/fd")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # never waits for the writer of a FIFO
WRITING = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class At(NamedTuple):
    """A name in an open folder."""

    folder: int
    name: str


def open_configured(path: Path) -> int:
    """Open a folder that the configuration names. Raises ``OSError``."""
    return os.open(path, _FOLDER)


def path_of(folder: int) -> str:
    """Where an open folder is, behind every link: whatever its path leads to meanwhile (proc_pid_fd(5)).

    Empty where the system does not tell: there is no /proc, or the path is too long for it.
    """
    try:
        return str((_DESCRIPTORS / str(folder)).readlink())
    except OSError:
        return ""


def open_beneath(folder: int, parts: Sequence[str], *, create: bool = False) -> int:
    """Open a folder below an open one, following no link; missing ones are made if ``create``. Raises ``OSError``."""
    here = os.dup(folder)
    for part in parts:
        try:
            there = _enter(here, part, create=create)
        finally:
            os.close(here)
        here = there
    return here


def _enter(folder: int, part: str, *, create: bool) -> int:
    try:
        return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except FileNotFoundError:
        if not create:
            raise
    try:
        os.mkdir(part, dir_fd=folder)
        os.fsync(folder)
    except FileExistsError:
        return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)  # another process was faster
    return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)


def make(path: Path) -> None:
    """Make a configured folder and what is missing above it, durably. Raises ``OSError``."""
    if path.is_dir():
        return
    make(path.parent)
    path.mkdir(exist_ok=True)
    with opened(path.parent) as parent:
        os.fsync(parent)


@contextmanager
def opened(path: Path, parts: Sequence[str] = (), *, create: bool = False) -> Iterator[int]:
    """The folder at ``parts`` below a configured ``path``, closed afterwards. Raises ``OSError``."""
    if create:
        make(path)
    base = open_configured(path)
    try:
        folder = open_beneath(base, parts, create=create)
    finally:
        os.close(base)
    try:
        yield folder
    finally:
        os.close(folder)


class Tree:
    """A watched folder, open, and the one below it that was asked for last. Raises ``OSError`` when opened."""

    def __init__(self, root: Path) -> None:
        self.root = open_configured(root)
        self._parts: tuple[str, ...] = ()
        self._folder = self.root

    def folder(self, parts: tuple[str, ...]) -> int:
        """The folder at ``parts``; stays open until another one is asked for. Raises ``OSError``."""
        if parts != self._parts:
            folder = open_beneath(self.root, parts)
            self._leave()
            self._parts, self._folder = parts, folder
        return self._folder

    def close(self) -> None:
        """Close what is open."""
        self._leave()
        os.close(self.root)

    def _leave(self) -> None:
        if self._folder != self.root:
            os.close(self._folder)
        self._parts, self._folder = (), self.root
