"""What a protocol must be able to do with the files of a server, and how it says that it could not.

Paths are made by us alone: a configured folder, and names that ``named`` let pass. A name that is no UTF-8 has lone
surrogates for its bytes (PEP 383) and goes back to the server as it came.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from crossdock.connector.folders.names import visible
from crossdock.errors import CrossdockError, Retry


class Kind(enum.Enum):
    """What an entry of a folder is. ``OTHER`` are links, devices and whatever else is never touched.

    ``UNREAD`` is a line of a listing that nobody understands; its name is that line.
    """

    FILE = enum.auto()
    FOLDER = enum.auto()
    OTHER = enum.auto()
    UNREAD = enum.auto()


class Stamp(NamedTuple):
    """What tells one state of a file from another; ``modified`` in seconds. None: the server does not say."""

    size: int | None
    modified: int | None


class Entry(NamedTuple):
    """An entry of a folder. ``name`` is as the server gave it, and may be anything.

    ``links`` is how many names the file has, where a listing tells.
    """

    name: str
    kind: Kind
    stamp: Stamp
    links: int | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """What a server can do. ``resumes``: write on where a cut left off; ``replaces``: rename over a file in one step."""

    resumes: bool = True
    replaces: bool = True


class RemoteFault(Exception):
    """The server said no to one request; the connection goes on."""


class Missing(RemoteFault):
    """Nothing is there."""


class Denied(RemoteFault):
    """This user may not."""


class Taken(RemoteFault):
    """The name is somebody's."""


class Full(RemoteFault):
    """No space is left, or the quota is used up."""


class Unsupported(RemoteFault):
    """The server cannot do this at all."""


class Refused(RemoteFault):
    """The server gave no reason, or one that means nothing to us."""


class Lost(Exception):
    """The connection is gone or its state unknown: it is not used again."""


class RemoteFiles(Protocol):
    """One connection to a server. Every method may raise ``RemoteFault``, ``Lost`` and ``CrossdockError``."""

    @property
    def traits(self) -> Traits:
        """What this server can do."""
        ...

    def list(self, folder: str) -> Iterator[Entry]:
        """The entries of a folder, lazily, in any order; without ``.`` and ``..``."""
        ...

    def look(self, path: str) -> Entry | None:
        """What lies there, links not followed; None where nothing does."""
        ...

    def read(self, path: str, start: int, most: int) -> Iterator[bytes]:
        """The bytes of a file from ``start``, at most ``most``; fewer where it ends."""
        ...

    def write(self, path: str, start: int, pieces: Iterable[bytes], mode: int | None) -> int | None:
        """Write into a file from ``start``, made if need be and never shortened; flush; its size, if the server says."""
        ...

    def move(self, source: str, target: str) -> None:
        """Rename. Raises ``Taken`` where the server would not overwrite; who must be sure looks before."""
        ...

    def replace(self, source: str, target: str) -> None:
        """Rename over whatever file has the name, in one step. Only where ``traits.replaces``."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file."""
        ...

    def make_folder(self, path: str) -> None:
        """Make one folder. Raises ``RemoteFault`` where it is there."""
        ...

    def is_alive(self) -> bool:
        """Whether the connection looks as if it could be used, without asking the server."""
        ...

    def close(self) -> None:
        """End the connection; never raises."""
        ...


def under(folder: str, *names: str) -> str:
    """The path of what lies below a folder."""
    return "/".join((folder.rstrip("/"), *names)) if names else folder


def named(entry: Entry, folder: str) -> str | None:
    """The name of an entry, if it is the name of something in this folder; None for what leads anywhere else.

    Some servers list whole paths: those are taken where they are of this very folder.
    """
    name = entry.name.removeprefix(f"{folder.rstrip('/')}/")
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        return None
    return name


def make_folders(files: RemoteFiles, path: str) -> None:
    """Make a folder and what is missing above it."""
    steps = path.split("/")
    for end in range(1, len(steps) + 1):
        way = "/".join(steps[:end])
        if way in ("", "."):
            continue
        found = files.look(way)
        if found is None:
            _make(files, way)


def _make(files: RemoteFiles, way: str) -> None:
    try:
        files.make_folder(way)
    except RemoteFault:
        if files.look(way) is None:  # nobody else was faster: it is a true refusal
            raise


#: What a fault means, in the engine's words: code, meaning, hint.
_MEANINGS: dict[type[Exception], tuple[str, str, str | None]] = {
    Lost: ("K601", "the connection was lost", None),
    Missing: ("K602", "it does not exist", "create it on the server, or correct the path"),
    Denied: ("K603", "the server denies permission", "ask the partner for the right to do this there"),
    Full: ("K604", "no space is left on the server", "it is tried again by itself"),
    Unsupported: ("K605", "the server cannot do this", None),
    Refused: ("K606", "the server refuses", None),
    Taken: ("K606", "the name is taken", None),
}


def translated(error: RemoteFault | Lost, doing: str) -> CrossdockError:
    """The error to raise, or to give as an outcome, for what went wrong while ``doing`` (``writing /in/a``)."""
    code, meaning, hint = next(found for kind, found in _MEANINGS.items() if isinstance(error, kind))
    said = visible(str(error))[:200]
    only_this = isinstance(error, Refused)
    return Retry(code, f"{doing}: {meaning}{f' ({said})' if said else ''}", only_this=only_this, hint=hint)
