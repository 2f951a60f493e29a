"""Reading a file that somebody else may still write: before, between and after, it must be the same file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from crossdock.connector.folders.names import visible
from crossdock.errors import Retry
from crossdock.message import CHUNK, Inline, Payload
from crossdock_connectors.file.faults import fault
from crossdock_connectors.file.folders import READING, At, opened


class Stamp(NamedTuple):
    """What tells one state of a file from another. ``changed`` is ctime, which no writer can set."""

    size: int
    modified: int
    changed: int
    device: int
    inode: int

    def is_content_of(self, other: Stamp) -> bool:
        """Whether it is the same content under another name: a move changes ctime and nothing else."""
        return self._replace(changed=0) == other._replace(changed=0)


def stamp(stat: os.stat_result) -> Stamp:
    """The stamp of a file (nanoseconds)."""
    return Stamp(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_dev, stat.st_ino)


class Changed(Exception):
    """Not what it was when it was seen: it grows, was replaced, or is no regular file."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was read: the hash of everything, and the bytes themselves where they are few."""

    sha256: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class FilePayload:
    """A large file, left where it lies. Each reading proves that it is still what was hashed."""

    root: Path
    parts: tuple[str, ...]
    name: str
    stamp: Stamp
    sha256: str

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self.stamp.size

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces. Raises ``Retry`` when they are not those that were hashed."""
        digest = hashlib.sha256()
        try:
            with opened(self.root, self.parts) as folder:
                for chunk in _unchanged(At(folder, self.name), self.stamp):
                    digest.update(chunk)
                    yield chunk
        except OSError as error:
            raise fault(error, f"reading '{visible(self.name)}'") from error
        except Changed as error:
            raise self._changed() from error
        if digest.hexdigest() != self.sha256:
            raise self._changed()

    def _changed(self) -> Retry:
        return Retry("K204", f"'{visible(self.name)}' changed while it was read", hint="it is taken once it is stable")


def read(at: At, expected: Stamp, root: Path, parts: tuple[str, ...]) -> Content:
    """Hash a file. Raises ``Changed`` unless it is the one that was seen, before and after; ``OSError``."""
    digest = hashlib.sha256()
    first = b""
    for chunk in _unchanged(at, expected):
        first = first or chunk
        digest.update(chunk)
    if len(first) == expected.size:
        return Content(digest.hexdigest(), Inline(first))
    return Content(digest.hexdigest(), FilePayload(root, parts, at.name, expected, digest.hexdigest()))


def _unchanged(at: At, expected: Stamp) -> Iterator[bytes]:
    file = os.open(at.name, READING, dir_fd=at.folder)
    try:
        _check(file, expected)
        size = 0
        while chunk := os.read(file, CHUNK):
            size += len(chunk)
            yield chunk
        if size != expected.size:
            raise Changed(f"{size} bytes of {expected.size}")
        _check(file, expected)
    finally:
        os.close(file)


def _check(file: int, expected: Stamp) -> None:
    if stamp(os.fstat(file)) != expected:
        raise Changed("another size, time or file")
