"""The files of a project compared with those of another state of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from crossdock.errors import ConfigError, Finding, Place
from crossdock.message import Document
from crossdock.ops.changes import meaning, tables
from crossdock.ops.changes.meaning import Route, Waiting
from crossdock.ops.changes.sources import Files, kind_of
from crossdock.ops.changes.structure import Change, changes
from crossdock.yaml_source import Authored, load

_QUOTED = re.compile(r"'([A-Za-z0-9_.-]+)'")
_ORDER = ("settings", "route", "partner", "mapping", "layout", "table", "dictionary", "preset", "plug-in")
#: What routes and mappings name.
_NAMED = {"mapping", "layout", "table", "preset"}
_USERS = {"route", "partner"}


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that came, went or changed, and what routes and partners it is ``used_by``."""

    path: str
    kind: str
    how: str  # added, removed or changed
    changes: tuple[Change, ...] = ()
    used_by: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The change as plain JSON data."""
        inner = [one.as_dict() for one in self.changes]
        return {"file": self.path, "kind": self.kind, "how": self.how, "changes": inner, "used_by": list(self.used_by)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, file by file, and what that means for messages."""

    files: tuple[FileChange, ...]
    meaning: tuple[Finding, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.files


def compare(before: Files, after: Files, waiting: Waiting) -> Comparison:
    """What ``after`` would alter. Where nothing was before, nothing can mean anything to it.

    Raises ``ConfigError`` for YAML that cannot be read.
    """
    paths = sorted(before.texts.keys() | after.texts.keys(), key=_place)
    differing = [path for path in paths if before.texts.get(path) != after.texts.get(path)]
    files = tuple(one for path in differing if (one := _file(path, before, after)) is not None)
    told = [finding for one in files if before.texts for finding in _meaning(one, before, after, waiting)]
    return Comparison(files, tuple(told))


def _place(path: str) -> tuple[int, str]:
    return _ORDER.index(kind_of(path) or _ORDER[-1]), path


def _file(path: str, before: Files, after: Files) -> FileChange | None:
    kind = kind_of(path) or ""
    used = tuple(_users(path, after)) if kind in _NAMED else ()
    if path not in before.texts:
        return FileChange(path, kind, "added", used_by=used)
    if path not in after.texts:
        return FileChange(path, kind, "removed", used_by=used)
    found = tables.first(_within(path, kind, before, after))
    return FileChange(path, kind, "changed", tuple(found), used) if found else None


def _within(path: str, kind: str, before: Files, after: Files) -> Iterator[Change]:
    """What differs within a file. Comments and white space of YAML are nothing."""
    if path.endswith((".yaml", ".yml")):
        return changes(_earlier(path, before), _authored(path, after))
    old, new = before.texts[path], after.texts[path]
    return tables.rows(old, new, path) if kind == "table" else tables.lines(old, new, path)


def _meaning(one: FileChange, before: Files, after: Files, waiting: Waiting) -> Iterator[Finding]:
    if one.kind == "settings":
        yield from _settings(one)
    if one.kind != "route":
        return
    name = _name(one.path)
    if one.how == "added":
        yield from meaning.added(Route(name, _authored(one.path, after)))
    elif one.how == "removed":
        yield from meaning.removed(Route(name, _earlier(one.path, before)), waiting)
    else:
        earlier, now = Route(name, _earlier(one.path, before)), Route(name, _authored(one.path, after))
        yield from meaning.changed(earlier, now, waiting)


def _settings(one: FileChange) -> Iterator[Finding]:
    journal = next((change for change in one.changes if change.what == "journal"), None)
    if journal is not None:
        message = "'journal' cannot change while the project runs: what is open would stay in the old one"
        hint = "stop the run, 'crossdock move' the journal, and start it again"
        place = Place(file=one.path, line=journal.place.line, column=journal.place.column)
        yield Finding(code="R480", message=message, place=place, hint=hint)


def _authored(path: str, files: Files) -> Authored:
    return load(files.texts[path].encode(), path)


def _earlier(path: str, files: Files) -> Authored:
    """A file as it was. What is wrong with it is not where the file of today has that line."""
    try:
        return _authored(path, files)
    except ConfigError:
        return load(files.texts[path].encode(), f"{path} ({files.source})")


def _users(path: str, files: Files) -> Iterator[str]:
    """The routes and partners that name a file, or name something that does."""
    names, known = {_name(path)}, dict(_mentions(files))
    while grown := {_name(one) for one, said in known.items() if said & names and kind_of(one) in _NAMED} - names:
        names |= grown
    users = ((kind_of(one), _name(one)) for one, said in known.items() if said & names)
    yield from sorted(name if kind == "route" else f"partner {name}" for kind, name in users if kind in _USERS)


def _mentions(files: Files) -> Iterable[tuple[str, set[str]]]:
    """What each file names: its texts that are one word, and words that stand in quotes."""
    for path, text in files.texts.items():
        if kind_of(path) in {*_USERS, *_NAMED} and path.endswith((".yaml", ".yml")):
            try:
                yield path, set(_words(load(text.encode(), path).value))
            except ConfigError:
                continue  # told when it is compared


def _words(value: Document) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, str):
        yield from (value, *_QUOTED.findall(value))


def _name(path: str) -> str:
    return PurePosixPath(path).stem
