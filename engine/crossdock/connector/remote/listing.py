"""Listing a folder of a server, some of it at a time: 100,000 files on a slow server hold up nobody.

However many there are, only the first ``WINDOW`` candidates in the chosen order are remembered.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

from crossdock.connector.folders.names import visible
from crossdock.connector.folders.notices import Notices
from crossdock.connector.folders.options import WatchedFolder
from crossdock.connector.folders.selection import DEEPEST, Selection, selection
from crossdock.connector.remote.files import Entry, Kind, RemoteFault, RemoteFiles, Stamp, named, under

WINDOW = 10_000  # candidates remembered
ASKED = 500  # candidates that are asked about at once

IRREGULAR = "it is no regular file (a link, a device or something else) and is never opened"


class Candidate(NamedTuple):
    """A file that may be taken: its path below the folder, and how the listing describes what offers it."""

    path: str
    stamp: Stamp


Wanted: TypeAlias = Callable[[Sequence[Candidate]], list[Candidate]]


@dataclass(frozen=True, slots=True)
class Ways:
    """Which folders of a watched one are never entered, and whether the others are."""

    recursive: bool
    not_these: frozenset[str]


class Listing:
    """One look at a whole folder. ``wanted`` leaves out candidates that are not to be taken now."""

    def __init__(self, options: WatchedFolder, not_these: frozenset[str], wanted: Wanted, notices: Notices) -> None:
        self._home = options.path
        self._ways = Ways(options.recursive, not_these)
        self._selection: Selection = selection(options)
        self._by_time = options.order == "time"
        self._room = max(options.limit, WINDOW)
        self._wanted = wanted
        self._notices = notices
        self._candidates: Iterator[Candidate] | None = None
        self._best: list[Candidate] = []
        self.seen = 0

    def advance(self, files: RemoteFiles, is_over: Callable[[], bool]) -> bool:
        """Go on until the end, or until time is over; whether it came to the end."""
        if self._candidates is None:
            self._candidates = self._walk(files)
        while some := list(islice(self._candidates, ASKED)):
            self.seen += len(some)
            self._keep(self._wanted(some))
            if is_over():
                return False
        return True

    def window(self) -> list[Candidate]:
        """The first candidates, in order."""
        return heapq.nsmallest(self._room, self._best, key=self._rank)

    def _keep(self, some: Sequence[Candidate]) -> None:
        self._best += some
        if len(self._best) > 2 * self._room:
            self._best = self.window()

    def _rank(self, one: Candidate) -> tuple[int, str]:
        return (one.stamp.modified or 0 if self._by_time else 0), one.path

    def _walk(self, files: RemoteFiles) -> Iterator[Candidate]:
        waiting: list[tuple[str, ...]] = [()]
        while waiting:
            parts = waiting.pop()
            for name, entry in self._entries(files, parts):
                path = "/".join((*parts, name))
                if entry.kind is Kind.FOLDER:
                    if self._is_entered(path, name, len(parts)):
                        waiting.append((*parts, name))
                    continue
                taken = self._selection.taken(path)
                if taken is not None:
                    if entry.kind is Kind.FILE:
                        yield Candidate(taken, entry.stamp)
                    else:
                        self._notices.tell("K611", path, IRREGULAR)

    def _is_entered(self, path: str, name: str, depth: int) -> bool:
        wanted = self._ways.recursive and path not in self._ways.not_these
        return wanted and not name.startswith(".") and depth < DEEPEST

    def _entries(self, files: RemoteFiles, parts: tuple[str, ...]) -> Iterator[tuple[str, Entry]]:
        folder = under(self._home, *parts)
        try:
            for number, entry in enumerate(files.list(folder), start=1):
                if entry.kind is Kind.UNREAD:
                    self._not_understood(folder, number, entry.name)
                    continue
                name = named(entry, folder)
                if name is not None:
                    yield name, entry
                elif entry.name not in (".", "..", ""):
                    why = "the server gives it a name that leads out of its folder, so it is never touched"
                    self._notices.tell("K612", visible(entry.name)[:300], why)
        except RemoteFault as error:
            if not parts:
                raise
            self._notices.tell("K614", folder, f"the folder cannot be read ({visible(str(error))})")

    def _not_understood(self, folder: str, number: int, line: str) -> None:
        why = f"entry {number} of its listing cannot be understood and is passed over: {visible(line)[:120]}"
        self._notices.tell("K665", folder, why, "look whether a file there has a line break in its name")
