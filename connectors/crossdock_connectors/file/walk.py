"""Walking a watched folder, entry by entry: what could be a file to take. Nothing is held but the open folder.

A name may be anything but ``/`` and NUL; nothing here is ever given to a shell or joined to another path.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crossdock_connectors.file.folders import Tree
from crossdock_connectors.file.options import Marker, Renamed, SourceOptions

UNFINISHED = (".part", ".tmp")  # what programs commonly write under before they rename
DEEPEST = 64  # levels of sub-folders
IRREGULAR = "it is no regular file (a link, FIFO, socket or device) and is never opened"

Odd: TypeAlias = Callable[[str, str], None]  # path and why it is passed over


@dataclass(frozen=True, slots=True)
class Selection:
    """Which names are candidates. ``marker`` is the ending of marker files, if the route has them."""

    match: re.Pattern[str]
    ignore: re.Pattern[str] | None
    unfinished: tuple[str, ...]
    marker: str | None

    def taken(self, path: str) -> str | None:
        """The path of the file that an entry at ``path`` (below the folder) offers to this route, if any."""
        if self.marker is not None:
            if not path.endswith(self.marker):
                return None
            path = path.removesuffix(self.marker)
        name = path.rpartition("/")[2]
        if not name or name.startswith(".") or name.lower().endswith(self.unfinished):
            return None
        return path if self.match.match(path) and not (self.ignore and self.ignore.match(path)) else None


def selection(options: SourceOptions) -> Selection:
    """The selection a route describes."""
    more = options.ready.rename if isinstance(options.ready, Renamed) else ()
    return Selection(
        match=_globs(options.match),
        ignore=_globs(options.ignore) if options.ignore else None,
        unfinished=(*UNFINISHED, *(suffix.lower() for suffix in more)),
        marker=options.ready.marker if isinstance(options.ready, Marker) else None,
    )


def _globs(globs: Sequence[str]) -> re.Pattern[str]:
    """One pattern for paths: a glob without ``/`` is about the name, in whichever sub-folder it lies."""
    translated = (("" if "/" in glob else "(?s:.*/)?") + fnmatch.translate(glob) for glob in globs)
    return re.compile("|".join(translated))


def candidates(
    tree: Tree, chosen: Selection, *, recursive: bool, not_these: frozenset[str], odd: Odd
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The path of every candidate, and the entry that offers it. ``not_these`` are folders that are not entered."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        for path, entry in _entries(tree, parts, odd):
            if entry.is_dir(follow_symlinks=False):
                if recursive and path not in not_these and not entry.name.startswith(".") and len(parts) < DEEPEST:
                    waiting.append((*parts, entry.name))
                continue
            taken = chosen.taken(path)
            if taken is not None:
                if entry.is_file(follow_symlinks=False):
                    yield taken, entry
                else:
                    odd(path, IRREGULAR)


def _entries(tree: Tree, parts: tuple[str, ...], odd: Odd) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(tree.folder(parts)) as entries:
            for entry in entries:
                yield "/".join((*parts, entry.name)), entry
    except FileNotFoundError:
        return  # the sub-folder is gone again
    except OSError as error:
        if not parts:
            raise
        odd("/".join(parts), f"the folder cannot be read ({error.strerror})")


def split(path: str) -> tuple[tuple[str, ...], str]:
    """A path below the folder as its folders and its name."""
    *parts, name = path.split("/")
    return tuple(parts), name
