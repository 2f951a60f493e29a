"""Which files of a project have changed, and which cases that concerns: for whoever looks on while routes are written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias, cast

from crossdock.mapping.case import MappingCase
from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.given import FORMS
from crossdock.route.files import SETTINGS
from crossdock.route.load import LoadedProject
from crossdock.route.spec import CaseSpec
from crossdock.testing.runner import Case, listed

#: The folders whose files decide what a project does, or what its cases expect.
FOLDERS = ("routes", "mappings", "partners", "presets", "samples", "plugins")

#: Path -> when it was changed (nanoseconds) and its size.
Snapshot: TypeAlias = Mapping[str, tuple[int, int]]


def snapshot(root: Path, more: Iterable[str] = ()) -> Snapshot:
    """The files that count, as they are now. ``more`` are further files that cases name."""
    found = [root / SETTINGS, *(root / name for name in more)]
    found += [path for folder in FOLDERS for path in (root / folder).rglob("*")]
    return dict(_stated(root, found))


def _stated(root: Path, paths: Iterable[Path]) -> Iterator[tuple[str, tuple[int, int]]]:
    for path in paths:
        try:
            state = path.stat()
        except OSError:
            continue  # it went while we looked: it is missing from the next look
        if path.is_file():
            yield path.relative_to(root).as_posix(), (state.st_mtime_ns, state.st_size)


def prints(project: LoadedProject) -> dict[Case, str]:
    """What each case depends on, as a hash: it has to be run again where that is another one."""
    return {case: _hash(_parts(project, case)) for case in listed(project)}


def _parts(project: LoadedProject, case: Case) -> Iterator[bytes]:
    if case.of_route:
        route = project.routes[case.name]
        written: CaseSpec | MappingCase = route.cases[case.number - 1]
        through = getattr(written, "through", False)
        others = project.routes if through is True else through or ()
        yield from (project.routes[name].version.encode() for name in (case.name, *others) if name in project.routes)
    else:
        mapping = cast("YamlMapping", project.mappings[case.name])
        written = mapping.cases[case.number - 1]
        yield from _texts(project, mapping)
    yield repr(written).encode()
    for name in files_of(written):
        path = project.root / name
        yield path.read_bytes() if path.is_file() else b""


def _texts(project: LoadedProject, mapping: YamlMapping) -> Iterator[bytes]:
    """The file of a mapping, and all whose names stand in it, or in those."""
    files = {path: data for path, data in project.files.items() if path.startswith("mappings/")}
    named = {Path(path).stem: path for path in files}
    wanted, seen = [str(mapping.places[0].file)], set[str]()
    while wanted:
        path = wanted.pop()
        if path in seen or path not in files:
            continue
        seen.add(path)
        words = set(re.findall(rb"[A-Za-z0-9_.-]+", files[path]))
        wanted += [named[name] for name in named if name.encode() in words]
    yield from (files[path] for path in sorted(seen))


def files_of(case: CaseSpec | MappingCase) -> list[str]:
    """The files a case names."""
    given = case.given if isinstance(case.given, list) else [case.given]
    expect = case.expect.values() if isinstance(case, CaseSpec) else [case.expect]
    known = case.known if isinstance(case, CaseSpec) else []
    inner = [one.get(FORMS[0]) for one in given if isinstance(one, dict)]
    return [one for one in (*given, *inner, *expect, *known) if isinstance(one, str)]


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
