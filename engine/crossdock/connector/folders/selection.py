"""Which names in a watched folder are files to take: by patterns, endings and markers. Paths are below the folder."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.connector.folders.options import Marker, Renamed, WatchedFolder

UNFINISHED = (".part", ".tmp")  # what programs commonly write under before they rename
DEEPEST = 64  # levels of sub-folders


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


def selection(options: WatchedFolder) -> Selection:
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


def split(path: str) -> tuple[tuple[str, ...], str]:
    """A path below the folder as its folders and its name."""
    *parts, name = path.split("/")
    return tuple(parts), name
