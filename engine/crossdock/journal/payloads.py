"""The payload store: bodies too large for a row, as files named by their hash.

A payload is written to a temporary name, flushed, renamed and its folder flushed before the journal refers to it, so
a journal row never points at bytes that are not on disk. The same bytes are kept once. A crash between file and row
leaves an unreferenced file, which retention removes.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crossdock.errors import Halt, Retry
from crossdock.message import CHUNK, Inline, Payload

#: Larger payloads are claim-checked (architecture.md): rows stay small, the page cache stays useful.
INLINE_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class StoredPayload:
    """A payload in the store. ``key`` is its SHA-256 in hex."""

    path: Path
    key: str
    size: int

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning; raises ``Retry`` when the store is not readable."""
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise Retry("E701", f"payload {self.key} cannot be read: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Kept:
    """How a payload is kept: inline bytes, or the key of a file."""

    size: int
    sha256: bytes
    inline: bytes | None
    key: str | None


class PayloadStore:
    """Files under ``root``, spread over 256 folders. Safe for many processes."""

    def __init__(self, root: Path, reach: Callable[[str], None]) -> None:
        self._root = root
        self._reach = reach
        self._durable: set[Path] = set()

    def keep(self, payload: Payload) -> Kept:
        """Make the payload durable, or hand small bytes back for the row. Raises ``Retry`` when the disk refuses."""
        if isinstance(payload, Inline) and payload.size <= INLINE_LIMIT:
            return Kept(payload.size, hashlib.sha256(payload.data).digest(), payload.data, None)
        if isinstance(payload, StoredPayload):
            return Kept(payload.size, bytes.fromhex(payload.key), None, payload.key)
        if payload.size <= INLINE_LIMIT:
            return self.keep(Inline(b"".join(payload.chunks())))
        return self._written(payload.chunks())

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Make a payload durable that is known by its key. Raises ``Halt`` E757 when it is not what the key says."""
        self._written(chunks, key)

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """Nobody removes a payload meanwhile; what was to go is found by the next sweep."""
        self._make(self._root)
        with self._locked(fcntl.LOCK_SH):
            yield

    def get(self, key: str, size: int) -> StoredPayload:
        """The payload of that key."""
        return StoredPayload(self._path(key), key, size)

    def missing(self, key: str, size: int) -> bool:
        """Whether the file of ``key`` is absent or not of its size."""
        try:
            return self._path(key).stat().st_size != size
        except OSError:
            return True

    def keys(self, before: float) -> Iterator[str]:
        """Every key in the store whose file was written before a Unix time."""
        for folder in self._root.glob("[0-9a-f][0-9a-f]"):
            yield from (path.name for path in folder.iterdir() if _written_at(path) < before)

    def drop_unfinished(self, before: float) -> None:
        """Remove what writers that died before a Unix time were writing."""
        for path in self._root.glob("incoming-*.tmp"):
            if _written_at(path) < before:
                path.unlink(missing_ok=True)

    def drop(self, keys: Iterable[str]) -> None:
        """Remove payloads that nothing refers to any more, unless all are pinned."""
        try:
            with self._locked(fcntl.LOCK_EX | fcntl.LOCK_NB):
                for key in keys:
                    self._path(key).unlink(missing_ok=True)
        except (BlockingIOError, FileNotFoundError):  # pinned, or there is no store yet
            return

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """A lock on the folder; it goes with the process, however that ends."""
        handle = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    def _path(self, key: str) -> Path:
        return self._root / key[:2] / key

    def _written(self, chunks: Iterable[bytes], key: str | None = None) -> Kept:
        try:
            return self._write(chunks, key)
        except OSError as error:
            raise Retry("E702", f"payload store {self._root}: {error.strerror}") from error

    def _write(self, chunks: Iterable[bytes], key: str | None) -> Kept:
        self._make(self._root)
        temporary = self._root / f"incoming-{os.urandom(8).hex()}.tmp"
        try:
            digest, size = _fill(temporary, chunks)
            _check(digest.hex(), key)
            self._reach("payload.before_rename")
            self._settle(temporary, self._path(digest.hex()))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return Kept(size, digest, None, digest.hex())

    def _settle(self, temporary: Path, final: Path) -> None:
        self._make(final.parent)
        temporary.replace(final)
        flush_folder(final.parent)

    def _make(self, folder: Path) -> None:
        """Make a folder that survives a power cut; one that is there may be another writer's that has yet to flush."""
        if folder not in self._durable:
            folder.mkdir(exist_ok=True, mode=0o700)
            flush_folder(folder.parent)
            self._durable.add(folder)


def _check(found: str, key: str | None) -> None:
    if key not in (None, found):
        raise Halt("E757", f"payload {key} is damaged: its bytes hash to {found}")


def _fill(path: Path, chunks: Iterable[bytes]) -> tuple[bytes, int]:
    """Write and flush a new file; its hash and its size."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.digest(), size


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # somebody else was faster
        return math.inf


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
