"""What becomes of a file once its arrival is durable or refused: archived, moved, deleted, or put to the rejects.

Every move is atomic and overwrites nothing, and only ever takes the file that was delivered: a newer one that a
partner has put under the same name stays where it is and is found by the next poll. Folders are flushed once for all
files of a batch: until then a power cut can only undo a move, and the file, known by its identity, is moved again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EXDEV
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from crossdock.connector.folders.names import numbered, tagged, visible
from crossdock.connector.folders.options import REPORT
from crossdock.connector.folders.selection import selection, split
from crossdock.errors import Finding, Halt
from crossdock.message import CHUNK
from crossdock_connectors.file import moving
from crossdock_connectors.file.folders import READING, WRITING, At, Tree, open_beneath, opened
from crossdock_connectors.file.options import SourceOptions
from crossdock_connectors.file.reading import Stamp, stamp

_Spot: TypeAlias = "tuple[Path | None, tuple[str, ...]]"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which file an arrival was: its path below the watched folder, its state and hash, and a tag for new names."""

    path: str
    stamp: Stamp
    sha256: str | None
    tag: str


class Settler:
    """Puts files away. ``home`` is the watched folder; options name folders from ``root``. All may raise ``OSError``."""

    def __init__(self, options: SourceOptions, root: Path) -> None:
        self._root = root
        self._home = root / options.path
        self._away = None if options.away is None else self._spot(options.away)
        self._refused = self._spot(options.refused)
        self._marker = selection(options).marker
        self._touched: set[_Spot] = set()

    def own_folders(self) -> frozenset[str]:
        """Folders below the watched one that are filled by this source, and so never read."""
        spots = [spot for spot in (self._away, self._refused) if spot is not None]
        return frozenset("/".join(parts) for base, parts in spots if base is None)

    def done(self, tree: Tree, receipt: Receipt) -> None:
        """The file is durable elsewhere. Nothing happens where it is gone or no longer the same."""
        source = self._delivered(tree, receipt)
        if source is None:
            return
        parts, name = split(receipt.path)
        self._touched.add((None, parts))
        if self._away is None:
            _take_away(source, receipt)
            self._remove_marker(source)
            return
        names = chain((name,), numbered(tagged(name, receipt.tag)))
        with self._filling(tree, self._away, parts) as folder:
            self._put(source, folder, names, receipt)

    def refuse(self, tree: Tree, receipt: Receipt, findings: Sequence[Finding], when: str) -> None:
        """Put the file to the rejects with a report beside it."""
        source = self._delivered(tree, receipt)
        if source is None:
            return
        parts, name = split(receipt.path)
        new = tagged(name, receipt.tag, spare=len(REPORT))
        self._touched.add((None, parts))
        with self._filling(tree, self._refused, parts) as folder:
            _write_report(folder, new, receipt, _report(receipt, findings, when))
            self._put(source, folder, numbered(new), receipt)

    def flush(self, tree: Tree) -> None:
        """Make the moves so far durable."""
        touched, self._touched = self._touched, set()
        for spot in touched:
            with suppress(FileNotFoundError), self._open(tree, spot, create=False) as folder:
                os.fsync(folder)

    def _spot(self, folder: str) -> _Spot:
        """Where a configured folder lies: below the watched one, where no link is followed, or elsewhere."""
        path = self._root / folder
        return (None, path.relative_to(self._home).parts) if path.is_relative_to(self._home) else (path, ())

    @contextmanager
    def _filling(self, tree: Tree, spot: _Spot, parts: tuple[str, ...]) -> Iterator[int]:
        """The folder for what lay at ``parts``, made if need be, and flushed with the others."""
        there = (spot[0], (*spot[1], *parts))
        with self._open(tree, there, create=True) as folder:
            yield folder
        self._touched.add(there)

    @contextmanager
    def _open(self, tree: Tree, spot: _Spot, *, create: bool) -> Iterator[int]:
        base, way = spot
        if base is not None:
            with opened(base, way, create=create) as folder:
                yield folder
        else:
            folder = open_beneath(tree.root, way, create=create)
            try:
                yield folder
            finally:
                os.close(folder)

    def _delivered(self, tree: Tree, receipt: Receipt) -> At | None:
        """The delivered file, if it still lies there as it was."""
        parts, name = split(receipt.path)
        try:
            source = At(tree.folder(parts), name)
        except FileNotFoundError:
            return None
        found = moving.found(source)
        return source if found is not None and stamp(found) == receipt.stamp else None

    def _put(self, source: At, folder: int, names: Iterable[str], receipt: Receipt) -> None:
        if os.path.sameopenfile(source.folder, folder):
            raise Halt("K209", f"'{visible(receipt.path)}' would be moved to where it lies, and be read again")
        for name in names:
            target = At(folder, name)
            try:
                if _move(source, target, receipt):
                    self._move_marker(source, target)
            except FileExistsError:
                continue
            except FileNotFoundError:
                return  # a competing poller was faster
            return
        raise FileExistsError(f"no name is free for '{visible(source.name)}'")

    def _move_marker(self, source: At, target: At) -> None:
        if self._marker is None:
            return
        try:
            moving.move(At(source.folder, source.name + self._marker), At(target.folder, target.name + self._marker))
        except OSError:
            self._remove_marker(source)

    def _remove_marker(self, source: At) -> None:
        if self._marker is not None:
            moving.remove(At(source.folder, source.name + self._marker))


def _move(source: At, target: At, receipt: Receipt) -> bool:
    """Move the delivered file; False where another one has come under its name and was left there."""
    try:
        moving.move(source, target)
    except OSError as error:
        if error.errno != EXDEV:
            raise
        _copy_across(source, target, receipt)
        return True
    return _is_the_one(source, target, receipt)


def _is_the_one(source: At, target: At, receipt: Receipt) -> bool:
    """Whether the delivered file was moved; another one, that came under its name, is moved back."""
    found = moving.found(target)
    if found is None or stamp(found).is_content_of(receipt.stamp):
        return True
    moving.move(target, source)  # it came between the look and the move, and has yet to be delivered
    return False


def _take_away(source: At, receipt: Receipt) -> None:
    """Remove the delivered file, and not one that has just come under its name."""
    hidden = At(source.folder, f".{receipt.tag}.{os.getpid()}.gone")
    moving.move(source, hidden)
    if _is_the_one(source, hidden, receipt):
        moving.remove(hidden)


def _copy_across(source: At, target: At, receipt: Receipt) -> None:
    """To another file system: a whole copy under a hidden name, its own name, and only then the original goes."""
    hidden = At(target.folder, f".{receipt.tag}.{os.getpid()}.part")
    moving.remove(hidden)
    try:
        _copy(source, hidden, receipt)
        moving.move(hidden, target)
    except OSError:
        moving.remove(hidden)
        raise
    os.fsync(target.folder)
    _take_away(source, receipt)


def _copy(source: At, target: At, receipt: Receipt) -> None:
    read = os.open(source.name, READING, dir_fd=source.folder)
    try:
        written = os.open(target.name, WRITING, 0o666, dir_fd=target.folder)
        try:
            digest = _pour(read, written)
            os.utime(written, ns=(receipt.stamp.modified, receipt.stamp.modified))
            os.fsync(written)
        finally:
            os.close(written)
        if stamp(os.fstat(read)) != receipt.stamp or receipt.sha256 not in (None, digest):
            raise FileNotFoundError(f"'{visible(source.name)}' is no longer the file that was delivered")
    finally:
        os.close(read)


def _pour(read: int, written: int) -> str:
    """Copy what is left of one open file to another; its SHA-256."""
    digest = hashlib.sha256()
    while chunk := os.read(read, CHUNK):
        write_all(written, chunk)
        digest.update(chunk)
    return digest.hexdigest()


def write_all(file: int, data: bytes) -> None:
    """Write every byte. Raises ``OSError``."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _write_report(folder: int, name: str, receipt: Receipt, text: str) -> None:
    hidden = At(folder, f".{receipt.tag}.{os.getpid()}.report")
    moving.remove(hidden)
    file = os.open(hidden.name, WRITING, 0o666, dir_fd=folder)
    try:
        write_all(file, text.encode())
        os.fsync(file)
    finally:
        os.close(file)
    moving.replace(hidden, At(folder, name + REPORT))


def _report(receipt: Receipt, findings: Sequence[Finding], when: str) -> str:
    lines = [f"refused {visible(receipt.path)}", f"at      {when}", f"size    {receipt.stamp.size} bytes", ""]
    return "\n".join([*lines, *(str(finding) for finding in findings), ""])
