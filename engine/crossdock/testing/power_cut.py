"""A disk that loses power: what was not flushed may be lost, in part, in any order.

The journal writes real files through a shim that writes down what it does: SQLite's writes and flushes (a VFS), and
the flushes of files and folders of the payload store (``os.fsync``). A cut at any moment of that record can then be
made into the files somebody would find after the power came back:

* of every write since its file's last flush, a random choice is there, the last of them perhaps only up to a sector;
* a file is there only once its name was flushed with its folder, and it has the content of its own last flush.
"""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import apsw

SECTOR = 512  # bytes a disk writes as a whole
TORN = 0.2  # of the writes that are lost: their beginning is there
_REAL = "unix"  # the VFS that does the work


@dataclass(frozen=True, slots=True)
class Wrote:
    """SQLite wrote to a file: nothing certain yet."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """SQLite made a file shorter."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Flushed:
    """SQLite flushed a file: everything written to it so far is certain."""

    name: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """SQLite removed a file."""

    name: str


@dataclass(frozen=True, slots=True)
class FileFlushed:
    """A file was flushed with this content, whatever its name is or will be."""

    inode: int
    data: bytes


@dataclass(frozen=True, slots=True)
class FolderFlushed:
    """The names of a folder are certain."""

    folder: Path
    names: dict[str, int]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody was told that this message is safe, and its payload had this size."""

    id: str
    size: int


Event: TypeAlias = Wrote | Cut | Flushed | Deleted | FileFlushed | FolderFlushed | Acknowledged


class _File(apsw.VFSFile):
    """A file of SQLite's, with a record of what is done to it."""

    def __init__(self, record: Record, name: str, filename: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._record = record
        self._name = name
        super().__init__(_REAL, filename, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._record.events.append(Wrote(self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        self._record.events.append(Cut(self._name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        self._record.events.append(Flushed(self._name))
        super().xSync(flags)


class _Disk(apsw.VFS):
    """The default VFS while it lives."""

    def __init__(self, record: Record) -> None:
        self._record = record
        super().__init__("losing-power", _REAL, makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        return _File(self._record, Path(path).name, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001 - SQLite's name and order
        self._record.events.append(Deleted(Path(filename).name))
        super().xDelete(filename, syncdir)


@dataclass(slots=True)
class Record:
    """Everything that was done to the files under ``root``, in order."""

    root: Path
    events: list[Event] = field(default_factory=list)

    def acknowledge(self, id: str, size: int) -> None:
        """Somebody was told."""
        self.events.append(Acknowledged(id, size))

    def fsync(self, handle: int) -> None:
        """Write down what a flush makes certain."""
        status = os.fstat(handle)
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if not path.is_relative_to(self.root):
            return
        if stat.S_ISDIR(status.st_mode):
            names = {entry.name: entry.inode() for entry in os.scandir(path)}
            self.events.append(FolderFlushed(path.relative_to(self.root), names))
        else:
            self.events.append(FileFlushed(status.st_ino, path.read_bytes()))


@dataclass(slots=True)
class _Database:
    """A file of SQLite's: what is certain, and what was done since."""

    certain: bytearray = field(default_factory=bytearray)
    since: list[Wrote | Cut] = field(default_factory=list)

    def after_cut(self, choice: random.Random) -> bytes:
        content = bytearray(self.certain)
        keep = choice.choice((0.0, 0.5, 0.9, 1.0))
        for event in self.since:
            if choice.random() < keep:
                _apply(content, event)
            elif isinstance(event, Wrote) and choice.random() < TORN:
                torn = event.data[: choice.randrange(0, len(event.data) + 1, SECTOR)]
                _apply(content, Wrote(event.name, event.offset, torn))
        return bytes(content)

    def flush(self) -> None:
        for event in self.since:
            _apply(self.certain, event)
        self.since.clear()


def _apply(content: bytearray, event: Wrote | Cut) -> None:
    if isinstance(event, Cut):
        del content[event.size :]
        return
    end = event.offset + len(event.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[event.offset : end] = event.data


class Disk:
    """Plays a record up to a moment; ``promised`` is what had been acknowledged by then."""

    def __init__(self, record: Record) -> None:
        self._events = record.events
        self._at = 0
        self._databases: dict[str, _Database] = {}
        self._files: dict[int, bytes] = {}
        self._folders: dict[Path, dict[str, int]] = {}
        self.promised: dict[str, int] = {}

    def play(self, moment: int) -> None:
        """Go on to the event of that number. Never back."""
        for event in self._events[self._at : moment]:
            self._do(event)
        self._at = moment

    def _do(self, event: Event) -> None:
        match event:
            case Wrote() | Cut():
                self._databases.setdefault(event.name, _Database()).since.append(event)
            case Flushed(name):
                self._databases.setdefault(name, _Database()).flush()
            case Deleted(name):
                self._databases.pop(name, None)
            case FileFlushed(inode, data):
                self._files[inode] = data
            case FolderFlushed(folder, names):
                self._folders[folder] = names
            case Acknowledged(id, size):
                self.promised[id] = size

    def after_cut(self, folder: Path, choice: random.Random) -> Path:
        """What is found after the power came back, as files in ``folder``; the journal's path.

        The same folder can be given for every cut of a record: flushed payloads never change.
        """
        for left in folder.glob("journal.db*"):
            left.unlink()
        for where, names in self._folders.items():
            if self._reachable(where):
                self._write_files(folder / where, names)
        for name, database in self._databases.items():
            (folder / name).write_bytes(database.after_cut(choice))
        return folder / "journal.db"

    def _write_files(self, folder: Path, names: dict[str, int]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, inode in names.items():
            if inode in self._files and not (folder / name).exists():
                (folder / name).write_bytes(self._files[inode])

    def _reachable(self, folder: Path) -> bool:
        """Whether every folder above has a certain name."""
        return folder == Path() or (
            folder.name in self._folders.get(folder.parent, {}) and self._reachable(folder.parent)
        )


def moments(events: list[Event], count: int, choice: random.Random) -> list[int]:
    """Moments to cut at, in order: anywhere, and often right behind a promise, where the damage would be worst."""
    promises = [number for number, event in enumerate(events, start=1) if isinstance(event, Acknowledged)]
    anywhere = [choice.randrange(1, len(events) + 1) for _ in range(count // 2)]
    behind = [choice.choice(promises) for _ in range(count - len(anywhere))]
    return sorted(anywhere + behind)


@contextmanager
def recorded(root: Path) -> Iterator[Record]:
    """What happens to the files under ``root`` meanwhile, in this process."""
    record, flush = Record(root), os.fsync

    def fsync(handle: int) -> None:
        flush(handle)
        record.fsync(handle)

    shim = _Disk(record)
    os.fsync = fsync  # type: ignore[assignment]  # the real one takes objects with a fileno() as well
    try:
        yield record
    finally:
        os.fsync = flush
        shim.unregister()
