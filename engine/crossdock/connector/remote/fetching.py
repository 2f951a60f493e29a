"""Fetching a file that somebody else may still write: what came must be what was announced, before and after."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crossdock.connector.remote.files import RemoteFiles, Stamp, Unsupported
from crossdock.connector.remote.spool import Spooled, copied, sha256_of, spool_fault
from crossdock.errors import Reject
from crossdock.message import Inline, Payload

SMALL = 1_000_000  # bytes; smaller ones are held in memory


class Changed(Exception):
    """It is not, or no longer, what was seen: it grows, was replaced, or the server told a wrong size."""


class Unfinished(Exception):
    """Time was over; what was fetched is kept, and the rest follows."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was fetched."""

    sha256: str
    payload: Payload


def fetch(files: RemoteFiles, path: str, seen: Stamp, copy: Callable[[], Path], is_over: Callable[[], bool]) -> Content:
    """A file as it was ``seen``. Raises ``Changed``, ``Unfinished``; ``RemoteFault``, ``Lost``, ``Retry``.

    Where the server tells no size, what comes is taken for all, and who needs to be sure fetches twice.
    """
    if seen.size is not None and seen.size > SMALL:
        return _large(files, path, seen, copy(), is_over)
    size = SMALL if seen.size is None else seen.size
    data = b"".join(files.read(path, 0, size + 1))  # one more, to notice that there is more
    if seen.size is None and len(data) > SMALL:
        return _large(files, path, seen, copy(), is_over)
    _check(files, path, seen, len(data))
    return Content(hashlib.sha256(data).hexdigest(), Inline(data))


def _large(files: RemoteFiles, path: str, seen: Stamp, copy: Path, is_over: Callable[[], bool]) -> Content:
    start = copied(copy)
    if seen.size is None or start > seen.size:
        copy.unlink(missing_ok=True)
        start = 0
    most = (1 << 62) if seen.size is None else seen.size + 1 - start
    _pour(files, path, start, most, copy, is_over)
    size = copied(copy)
    try:
        _check(files, path, seen, size)
    except Changed:
        copy.unlink(missing_ok=True)
        raise
    try:
        return Content(sha256_of(copy), Spooled(copy, size))
    except OSError as error:
        raise spool_fault(error) from error


def _pour(files: RemoteFiles, path: str, start: int, most: int, copy: Path, is_over: Callable[[], bool]) -> None:
    pieces = files.read(path, start, most)
    try:
        with copy.open("ab") as file:
            for piece in pieces:
                file.write(piece)
                if is_over():
                    raise Unfinished
    except OSError as error:
        raise spool_fault(error) from error


def _check(files: RemoteFiles, path: str, seen: Stamp, size: int) -> None:
    if seen.size is not None and size != seen.size:
        raise Changed(f"{size} bytes came, where the server told {seen.size}")
    try:
        now = files.look(path)
    except Unsupported:
        return  # a server that only lists: its next listing will tell
    if now is not None and now.stamp != seen:
        raise Changed("its size or time is another one by now")


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is refused without being fetched."""

    size: int

    def chunks(self) -> Iterator[bytes]:
        """Nobody asks for these."""
        raise Reject("K618", "the file is larger than this source takes, and was not fetched")
