"""The files of a project: which there are, what they are called, and what is in them.

The only place where the language touches the disk. A file that a link leads out of the project is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.errors import ConfigError, Finding, Place
from crossdock.yaml_source import Authored, load

SETTINGS = "crossdock.yaml"
MAX_PAGE = 1024 * 1024  # bytes of a Markdown page; a larger one was not written by hand
_FOREIGN = frozenset({"node_modules", "site-packages"})  # pages of others lie there
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """One file: its name is what the project calls it, ``path`` is relative to the project with ``/``."""

    name: str
    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Folder:
    """The project folder. ``findings`` collects what is wrong with files before they are read, ``opened`` their bytes."""

    root: Path
    findings: list[Finding]
    opened: dict[str, bytes] = field(default_factory=dict, repr=False)
    _folders: dict[Path, bool] = field(default_factory=dict, repr=False)

    def named(self, folder: str, *endings: str, without: Iterable[str] = ()) -> dict[str, ProjectFile]:
        """The files of ``folder`` and its sub-folders by name (the file name without its ending)."""
        found: dict[str, ProjectFile] = {}
        for path in self._paths(folder, endings, tuple(without)):
            file = self._read(path)
            if file is None:
                continue
            if file.name in found:
                self._twins(found[file.name], file, folder)
            else:
                found[file.name] = file
        return found

    def _paths(self, folder: str, endings: tuple[str, ...], without: tuple[str, ...]) -> Iterator[Path]:
        found: list[Path] = []
        for place, folders, names in os.walk(self.root / folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found += [Path(place, name) for name in (*folders, *names) if name.endswith(endings) and name[0] != "."]
        yield from sorted(path for path in found if not path.relative_to(self.root).as_posix().startswith(without))

    def _read(self, path: Path) -> ProjectFile | None:
        shown = path.relative_to(self.root).as_posix()
        if not self._inside(path):
            self._refuse("P103", shown, "the file leads out of the project")
        elif not path.is_file():
            self._refuse("P103", shown, "not a regular file")
        elif _NAME.match(path.stem) is None:
            self._refuse("P108", shown, f"'{path.stem}' cannot be a name", "letters, digits, - and _")
        else:
            return self._opened(path, shown)
        return None

    def _inside(self, path: Path) -> bool:
        """Whether links keep a file in the project. A folder is asked once, and a file that is no link lies in its folder."""
        if path.is_symlink():
            return path.resolve().is_relative_to(self.root.resolve())
        folder = path.parent
        if folder not in self._folders:
            self._folders[folder] = folder.resolve().is_relative_to(self.root.resolve())
        return self._folders[folder]

    def _opened(self, path: Path, shown: str) -> ProjectFile | None:
        try:
            data = self.opened[shown] = path.read_bytes()
            return ProjectFile(path.stem, shown, data)
        except OSError as error:
            self._refuse("P103", shown, f"cannot be read: {error.strerror}")
            return None

    def _refuse(self, code: str, file: str, message: str, hint: str | None = None) -> None:
        place = Place(file=file, line=1, column=1)
        self.findings.append(Finding(code=code, message=message, place=place, hint=hint))

    def _twins(self, first: ProjectFile, second: ProjectFile, folder: str) -> None:
        code = "R304" if folder == "routes" else "P109"
        what = {"routes": "route", "partners": "partner"}.get(folder, "file")
        hint = f"{first.path} is called so already; the folder is not part of the name"
        self._refuse(code, second.path, f"second {what} named '{second.name}'", hint)

    def samples(self) -> frozenset[str]:
        """The paths of all files below ``samples/``."""
        paths = (self.root / "samples").rglob("*")
        return frozenset(path.relative_to(self.root).as_posix() for path in paths if path.is_file())

    def pages(self) -> Iterator[ProjectFile]:
        """The Markdown pages of the project, wherever they lie, but for hidden folders and packages of others."""
        for place, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _FOREIGN)
            for path in (Path(place) / name for name in sorted(names) if name.endswith(".md")):
                data = _page(path)
                if data is not None:
                    yield ProjectFile(path.stem, path.relative_to(self.root).as_posix(), data)

    def authored(self, files: Mapping[str, ProjectFile]) -> dict[str, Authored]:
        """The YAML files that can be read; a finding for each that cannot."""
        read: dict[str, Authored] = {}
        for name, file in files.items():
            try:
                read[name] = load(file.data, file.path)
            except ConfigError as error:
                self.findings.extend(error.findings)
        return read


def _page(path: Path) -> bytes | None:
    """What a page says; nothing of one that cannot be read, which only its readers miss."""
    try:
        written = path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_PAGE
        return path.read_bytes() if written else None
    except OSError:
        return None
