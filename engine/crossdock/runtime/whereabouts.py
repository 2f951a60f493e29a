"""Where a project lies, when its folder is a link that every release exchanges, and what an exchange would leave behind.

A run stays in the folder that the link led to when it was loaded: every process of a generation, and whatever it opens
late, is in one release. The journal must be the same in both, so it lies beside the link, or on a server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from crossdock.connector.contract import Grounded
from crossdock.errors import ConfigError, Finding, Place, Severity
from crossdock.route.compiled import CompiledRoute, SourceBinding
from crossdock.route.destination import Destination
from crossdock.route.files import SETTINGS
from crossdock.route.project import Project
from crossdock.runtime.engine import Engine

_SHOWN = 4  # of folders; of what is more, how many
_BESIDE = "let it be a link to a folder beside the releases"


def behind_links(root: Path) -> Path:
    """The folder that ``root`` leads to; as it is named where no link is on the way, or nobody can tell."""
    try:
        real = root.resolve()
        return root if real == Path(os.path.abspath(root)) else real  # noqa: PTH100 - links are what it is about
    except (OSError, RuntimeError):  # the current folder is gone, or links lead round in circles
        return root


def release_link(root: Path) -> Path | None:
    """The link on the way to ``root`` that releases exchange: it is the last, or leads to a place beside itself."""
    try:
        path = Path(os.path.abspath(root))  # noqa: PTH100 - likewise
    except OSError:
        return None
    if path.is_symlink():
        return path
    links = (one for one in path.parents if one.is_symlink())
    return next((one for one in links if one.resolve().is_relative_to(one.parent.resolve())), None)


def refuse_elsewhere(before: Engine, after: Engine) -> None:
    """Raise ``ConfigError`` where the changed project has another journal: what is open would stay in the old one."""
    refuse_other_journal(before, after.project.settings, after.project.root)


def refuse_other_journal(before: Engine, settings: Project, root: Path) -> None:
    """The same, of a project of which only the settings are read."""
    was, home = before.project.settings, _home(settings, root)
    if home == _home(was, before.project.root):
        return
    place = Place(file=SETTINGS, line=_line(root, "journal:"), column=1)
    if settings.journal == was.journal:
        message = f"the project's folder is another one, and would have a journal of its own: {home}"
        hint = f"what is open would stay in the old one. Stop the run, move '.crossdock' away, and {_BESIDE}"
    else:
        message = "'journal' cannot change while the project runs: what is open would stay in the old one"
        hint = "stop the run, 'crossdock move' the journal, and start it again"
    raise ConfigError.of([Finding(code="R480", message=message, place=place, hint=hint)])


def left_with_release(engine: Engine) -> Iterator[Finding]:
    """What would stay behind when the link that leads to the project is exchanged: its journal, folders with data."""
    link = release_link(engine.named)
    if link is None:
        return
    root, journal = engine.project.root.resolve(), engine.journal_file()
    where = f"the folder that '{link.name}' leads to now"
    if journal is not None and journal.resolve().is_relative_to(root):
        text = engine.project.settings.journal.get_secret_value()
        yield Finding(
            code="K312",
            message=f"the journal ('{text}') lies in {where}: what is open stays there when the link is exchanged",
            severity=Severity.WARNING,
            place=Place(file=SETTINGS, line=_line(root, "journal:"), column=1),
            hint=f"'{text.partition('/')[0]}': {_BESIDE}; or keep the journal in PostgreSQL",
        )
    found = {folder: file for folder, file in _folders(engine) if (root / folder).resolve().is_relative_to(root)}
    if found:
        first = next(iter(found))
        yield Finding(
            code="K313",
            message=f"{_listed(list(found))} lie in {where}: nobody looks there once the link is exchanged",
            severity=Severity.WARNING,
            place=Place(file=found[first], line=_line(root, first, found[first]), column=1),
            hint=f"of each such folder {_BESIDE}, or write an absolute path",
        )


def _home(settings: Project, root: Path) -> str:
    text = settings.journal.get_secret_value()
    return text if "://" in text else str((root / text).resolve())


def _folders(engine: Engine) -> Iterator[tuple[str, str]]:
    """Folders with data of the project, and the file that names each."""
    for route in engine.routes.values():
        for one in bound(route):
            if isinstance(one.options, Grounded):
                yield from ((folder, route.file) for folder in one.options.folders())


def bound(route: CompiledRoute) -> Iterator[SourceBinding | Destination]:
    """Every connection of a route."""
    yield from (one for one in (route.source, *route.destinations, route.rejects) if one is not None)


def _line(root: Path, text: str, file: str = SETTINGS) -> int:
    """The first line of a file where something stands; the first of all where it does not."""
    try:
        lines = (root / file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 1
    return next((number for number, line in enumerate(lines, start=1) if text in line), 1)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more folders"
