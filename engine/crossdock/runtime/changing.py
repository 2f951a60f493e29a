"""Whether the files of a project have changed, and whether whoever changes them is done.

Files are looked at a few times a second: what the system says of them (time, size, number), and where that differs what
is in them. So it works on every file system and with every editor, whether it writes in place, renames, or exchanges a
link. A change counts once two looks in a row find the same. A half-written file that stays so for longer than that is
a mistake as any other: it is refused, and looked at again when it is whole.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import TypeAlias

from crossdock.connector.project_files import files_named
from crossdock.front.tls import files_of
from crossdock.route.files import SETTINGS
from crossdock.route.load import LoadedProject
from crossdock.runtime.whereabouts import bound

FOLDERS = ("routes", "mappings", "partners", "presets")
ENDINGS = (".yaml", ".yml", ".xsl", ".xslt", ".csv", ".txt")
EVERY = 0.2  # seconds between two looks …
SHARE = 0.02  # … or longer: they take no more of the time than this …
LONGEST = 2.0  # … but whoever saves does not wait for longer, however many files there are

HERE = "."  # what stands for the folder itself: a link on the way to it may lead elsewhere

#: What is in every file, by its path in the project; of the folder itself, where it is behind every link.
Contents: TypeAlias = Mapping[str, bytes]

_Stat: TypeAlias = tuple[int, int, int, int]


class ProjectFiles:
    """The files that decide what a project does: its own, plug-ins, secrets, and what its connections read."""

    def __init__(self, root: Path, project: LoadedProject) -> None:
        self._root = root
        self._named = (SETTINGS, *project.settings.plugins, *sorted(set(_read_by(project))))
        self._secrets = project.settings.secrets
        self._known: dict[str, tuple[_Stat, bytes]] = {}

    def look(self) -> Contents:
        """What they are now. One that cannot be read, as a pipe could without an end, is not there."""
        found = {path: one for path in self._paths() if (one := self._read(path)) is not None}
        self._known = found
        return {HERE: digest(_real(self._root)), **{path: digest for path, (_, digest) in found.items()}}

    def _read(self, path: str) -> tuple[_Stat, bytes] | None:
        file = self._root / path
        try:
            told = file.stat()
            stat = (told.st_mtime_ns, told.st_ctime_ns, told.st_size, told.st_ino)
            known = self._known.get(path)
            if known is not None and known[0] == stat:
                return known
            if not S_ISREG(told.st_mode):
                return None
            return stat, digest(file.read_bytes())
        except OSError:
            return None

    def _paths(self) -> Iterator[str]:
        yield from self._named
        for folder in FOLDERS:
            yield from (path for path in self._below(folder) if path.endswith(ENDINGS))
        yield from self._below(self._secrets)

    def _below(self, folder: str) -> Iterator[str]:
        for place, folders, names in os.walk(self._root / folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            within = os.path.relpath(place, self._root)
            yield from (f"{within}/{name}" for name in names if not name.startswith("."))


class Changes:
    """Notices that ``files`` are other than those that were ``loaded``, or told of last."""

    def __init__(
        self, files: ProjectFiles, loaded: Mapping[str, bytes], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._due = 0.0
        self.taken(files, loaded)

    def taken(self, files: ProjectFiles, loaded: Mapping[str, bytes]) -> None:
        """These were loaded: from now on it is they that may change."""
        self._files = files
        self._before: Contents = {**files.look(), **{path: digest(data) for path, data in loaded.items()}}
        self._judged: Contents = self._before
        self._moving: Contents = self._before

    def settled(self) -> Contents | None:
        """What they are now, where that is new and nobody seems to write any more; told once."""
        begun = self._monotonic()
        if begun < self._due:
            return None
        now, before = self._files.look(), self._moving
        self._due = begun + max(EVERY, min(LONGEST, (self._monotonic() - begun) / SHARE))
        self._moving = now
        if now == self._before:
            self._judged = now
        if now != before or now == self._judged:
            return None
        self._judged = now
        return now

    def still(self, contents: Contents) -> bool:
        """Whether they are so now. If not, they will be told of anew."""
        if self._files.look() == contents:
            return True
        self._judged = self._before
        return False

    def since(self, contents: Contents) -> list[str]:
        """Which of them are other in ``contents`` than when they were loaded."""
        paths = self._before.keys() | contents.keys()
        return sorted(path for path in paths if self._before.get(path) != contents.get(path))


def _read_by(project: LoadedProject) -> Iterator[str]:
    """Certificates, statements, templates: files that its connections open, and loading the project does not."""
    settings = project.settings
    yield from files_of(settings.http)
    yield from files_named([settings.bus, settings.journal])
    for route in project.routes.values():
        yield from files_named([one.options for one in bound(route)])
        tokens = route.endpoint.access.tokens if route.endpoint is not None else None
        yield from (tokens.keys,) if tokens is not None and "://" not in tokens.keys else ()


def loaded_from(project: LoadedProject) -> Contents:
    """What a project was loaded from, its folder too."""
    return {**project.files, HERE: _real(project.root)}


def _real(root: Path) -> bytes:
    try:
        return os.fsencode(root.resolve())
    except (OSError, RuntimeError):  # the current folder is gone, or links lead round in circles
        return os.fsencode(root)


def digest(data: bytes) -> bytes:
    """What tells the contents of a file from others."""
    return hashlib.blake2b(data, digest_size=16).digest()
