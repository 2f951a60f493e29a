"""What becomes of a file on the server once its arrival is durable or refused: archived, moved, deleted, put aside.

Nothing is overwritten, and only the file that was delivered is touched: a newer one that a partner has put under the
same name stays, and is found by the next poll.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from crossdock.connector.folders.names import numbered, tagged, visible
from crossdock.connector.folders.options import REPORT
from crossdock.connector.folders.selection import selection, split
from crossdock.connector.remote.files import (
    Missing,
    RemoteFault,
    RemoteFiles,
    Stamp,
    Taken,
    Unsupported,
    make_folders,
    under,
)
from crossdock.connector.remote.options import WatchedRemote
from crossdock.errors import Finding, Halt


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which file an arrival was: its path below the watched folder, how it was seen, its hash, a tag for new names."""

    path: str
    stamp: Stamp
    sha256: str | None
    tag: str


class Settler:
    """Puts files away. All may raise ``RemoteFault`` and ``Lost``."""

    def __init__(self, options: WatchedRemote) -> None:
        self._home = options.path
        self._away = options.away
        self._leaves = options.after == "leave"
        self._refused = None if self._leaves and options.rejects is None else options.refused
        self._marker = selection(options).marker

    def own_folders(self) -> frozenset[str]:
        """Folders below the watched one that are filled by this source, and so never read."""
        home = f"{self._home.rstrip('/')}/"
        own = [folder for folder in (self._away, self._refused) if folder is not None]
        if self._home == ".":
            return frozenset(folder for folder in own if not folder.startswith("/"))
        return frozenset(folder.removeprefix(home) for folder in own if folder.startswith(home))

    def done(self, files: RemoteFiles, receipt: Receipt) -> None:
        """The file is durable elsewhere. Nothing happens where it is left, gone, or no longer the same."""
        source = self._source(receipt)
        if self._leaves or not _is_there(files, source, receipt):
            return
        parts, name = split(receipt.path)
        if self._away is None:
            _take_away(files, source, under(self._home, *parts, f".{receipt.tag}.gone"), receipt)
            self._remove_marker(files, source)
            return
        names = chain((name,), numbered(tagged(name, receipt.tag)))
        self._put(files, source, under(self._away, *parts), names, receipt)

    def refuse(self, files: RemoteFiles, receipt: Receipt, findings: Sequence[Finding], when: str) -> None:
        """Put the file to the rejects with a report beside it."""
        source = self._source(receipt)
        if self._refused is None or not _is_there(files, source, receipt):
            return
        parts, name = split(receipt.path)
        new = tagged(name, receipt.tag, spare=len(REPORT))
        folder = under(self._refused, *parts)
        _write_report(files, folder, new, receipt, _report(receipt, findings, when))
        self._put(files, source, folder, numbered(new), receipt)

    def _source(self, receipt: Receipt) -> str:
        return under(self._home, *receipt.path.split("/"))

    def _put(self, files: RemoteFiles, source: str, folder: str, names: Iterable[str], receipt: Receipt) -> None:
        if source.rpartition("/")[0] == folder:
            raise Halt("K619", f"'{visible(receipt.path)}' would be moved to where it lies, and be read again")
        for name in names:
            target = under(folder, name)
            try:
                if _move(files, source, target, receipt):
                    self._move_marker(files, source, target)
            except Taken:
                continue
            except Missing:
                return  # a competing poller was faster
            return
        raise Taken(f"no name is free for '{visible(receipt.path)}'")

    def _move_marker(self, files: RemoteFiles, source: str, target: str) -> None:
        if self._marker is None:
            return
        try:
            files.move(source + self._marker, target + self._marker)
        except RemoteFault:
            self._remove_marker(files, source)

    def _remove_marker(self, files: RemoteFiles, source: str) -> None:
        if self._marker is not None:
            _removed(files, source + self._marker)


def _removed(files: RemoteFiles, path: str) -> None:
    """Remove a file that may be gone."""
    try:
        files.remove(path)
    except Missing:
        return


def _is_there(files: RemoteFiles, source: str, receipt: Receipt) -> bool:
    """Whether the delivered file still lies there as it was; where the server cannot say, the move will tell."""
    try:
        found = files.look(source)
    except Unsupported:
        return True
    return found is not None and found.stamp == receipt.stamp


def _move(files: RemoteFiles, source: str, target: str, receipt: Receipt) -> bool:
    """Move the delivered file; False where another one has come under its name, and was left there."""
    if _found(files, target):
        raise Taken(target)
    try:
        files.move(source, target)
    except Missing:
        make_folders(files, target.rpartition("/")[0])
        files.move(source, target)
    return _is_the_one(files, source, target, receipt)


def _found(files: RemoteFiles, path: str) -> bool:
    try:
        return files.look(path) is not None
    except Unsupported:
        return False


def _is_the_one(files: RemoteFiles, source: str, target: str, receipt: Receipt) -> bool:
    """Whether the delivered file was moved; another one, that came under its name, is moved back."""
    try:
        found = files.look(target)
    except Unsupported:
        return True
    if found is None or found.stamp == receipt.stamp:
        return True
    files.move(target, source)  # it came between the look and the move, and has yet to be delivered
    return False


def _take_away(files: RemoteFiles, source: str, hidden: str, receipt: Receipt) -> None:
    """Remove the delivered file, and not one that has just come under its name."""
    try:
        files.move(source, hidden)
    except Missing:
        return  # a competing poller was faster
    except RemoteFault:
        files.remove(source)  # a server that lets us delete and not rename
        return
    if _is_the_one(files, source, hidden, receipt):
        files.remove(hidden)


def _write_report(files: RemoteFiles, folder: str, name: str, receipt: Receipt, text: str) -> None:
    hidden, data = under(folder, f".{receipt.tag}.report"), text.encode()
    try:
        files.write(hidden, 0, [data], None)
    except Missing:
        make_folders(files, folder)
        files.write(hidden, 0, [data], None)
    for free in _free_names(files, folder, name + REPORT):
        files.move(hidden, free)
        return


def _free_names(files: RemoteFiles, folder: str, name: str) -> Iterator[str]:
    return (path for path in (under(folder, one) for one in numbered(name)) if not _found(files, path))


def _report(receipt: Receipt, findings: Sequence[Finding], when: str) -> str:
    lines = [f"refused {visible(receipt.path)}", f"at      {when}", f"size    {receipt.stamp.size} bytes", ""]
    return "\n".join([*lines, *(str(finding) for finding in findings), ""])
