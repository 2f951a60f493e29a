"""Routes that reach themselves: by topics they publish and read, and by folders they fill and watch."""

from __future__ import annotations

import posixpath
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import BaseModel

from crossdock.connector.folders.options import FilledFolder, WatchedFolder
from crossdock.connector.folders.selection import selection
from crossdock.connector.template import Template
from crossdock.errors import Finding, Place, Severity
from crossdock.route.compiled import CompiledRoute
from crossdock.route.topic import Readers

Routes = Mapping[str, CompiledRoute]

#: What of the options of a connector says which machine it is.
_MACHINE = ("host", "port")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on one machine, its path as it is compared: ``inbox`` for ``./inbox/``."""

    machine: tuple[str, ...]
    path: str

    def above(self) -> Iterator[Folder]:
        """The folders this one lies in, the nearest first."""
        path = self.path
        while path not in (".", "/", ""):
            path = posixpath.dirname(path) or "."
            yield Folder(self.machine, path)


def folder(connector: str, options: BaseModel, path: str) -> Folder:
    """The folder of that path where a connector with these options works."""
    machine = (connector, *(str(getattr(options, name, "")) for name in _MACHINE))
    return Folder(machine, posixpath.normpath(path))


def loops(routes: Routes) -> Iterator[Finding]:
    """One finding per loop, at what the first of its routes reads."""
    leads = _leads(routes)
    told: set[frozenset[str]] = set()
    for start in sorted(routes):
        loop = _way_back(start, leads)
        if loop and frozenset(loop) not in told:
            told.add(frozenset(loop))
            hint = "fine if a filter or once ends it; otherwise it runs for ever"
            message = f"routes run in a loop: {' → '.join([*loop, start])}"
            yield Finding(
                code="R303", message=message, severity=Severity.WARNING, place=_entry(routes[start]), hint=hint
            )


def _entry(route: CompiledRoute) -> Place:
    """Where the route says what it reads."""
    key = f"from {route.topics[0]}" if route.topics else "from"
    return route.places.get(key, Place(file=route.file, line=1, column=1))


def _leads(routes: Routes) -> dict[str, set[str]]:
    """For each route those that read what it publishes or files."""
    leads: dict[str, set[str]] = {name: set() for name in routes}
    watchers = _watchers(routes)
    readers = Readers((name, pattern) for name, route in routes.items() for pattern in route.topics)
    for name, route in routes.items():
        for topic in route.published:
            leads[name].update(readers.of(topic))
        for one in route.destinations:
            if isinstance(one.options, FilledFolder):
                filled = folder(one.connector, one.options, _fixed(one.options.path))
                leads[name].update(_takers(watchers, filled, one.options))
    return leads


_Watchers: TypeAlias = "Mapping[Folder, list[tuple[str, WatchedFolder]]]"


def _watchers(routes: Routes) -> _Watchers:
    """By folder the routes that watch it."""
    found: dict[Folder, list[tuple[str, WatchedFolder]]] = defaultdict(list)
    for name, route in routes.items():
        source = route.source
        if source is not None and isinstance(source.options, WatchedFolder):
            found[folder(source.connector, source.options, source.options.path)].append((name, source.options))
    return found


def _takers(watchers: _Watchers, filled: Folder, sink: FilledFolder) -> Iterator[str]:
    """The routes that take what is written there, or from above. A name that nobody knows before is one they might."""
    name = "".join(part if isinstance(part, str) else "x" for part in sink.name.parts)
    open_ended = bool(sink.name.parts) and not isinstance(sink.name.parts[-1], str)
    for watched in (filled, *filled.above()):
        if watched not in watchers:
            continue
        deeper = watched != filled or not sink.path.fixed
        below = posixpath.relpath(filled.path, watched.path) if watched != filled else ""
        for reader, source in watchers[watched]:
            if (source.recursive or not deeper) and (
                open_ended or selection(source).taken(posixpath.join(below, name))
            ):
                yield reader


def _fixed(path: Template) -> str:
    """The folders of a path that are written out."""
    fixed = path.parts[0] if path.parts and isinstance(path.parts[0], str) else ""
    return fixed if path.fixed else fixed.rpartition("/")[0] or "."


def _way_back(start: str, leads: Mapping[str, set[str]]) -> list[str] | None:
    """The shortest way from ``start`` to itself."""
    ways = deque([[start]])
    seen: set[str] = set()
    while ways:
        way = ways.popleft()
        for name in sorted(leads[way[-1]]):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return None
