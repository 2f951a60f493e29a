"""Taking a journal to a file and back, and from one engine to another."""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crossdock.delivery.states import State
from crossdock.errors import CrossdockError
from crossdock.journal.contract import Audit
from crossdock.journal.portable import Portable, PortableJournal, at_rest, refuse_retired
from crossdock.ops.archive import About, Archive, Manifest, write
from crossdock.ops.restoring import HeldBack
from crossdock.route.project import Project


class WrongProject(CrossdockError):
    """A backup of another project."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to: the backup's manifest, and how much of each state it held back."""

    manifest: Manifest
    held: Mapping[State, int]


def back_up(
    journal: Portable, path: Path, *, project: str, engine: str, now: float, reach: Callable[[str], None]
) -> Manifest:
    """Write everything in ``journal`` to a new file, as of one moment not before ``now`` (Unix seconds).

    Others may go on writing. Raises ``Retry`` when the file cannot be written.
    """
    about = About(project=project, engine=engine, crossdock=importlib.metadata.version("crossdock"), taken=now)
    with journal.dump() as records:
        return write(path, records, about, reach)


def engine_of(settings: Project) -> str:
    """The name of what keeps a project's journal: ``sqlite``, or the scheme of its URL."""
    scheme, found, _ = settings.journal.get_secret_value().partition("://")
    return scheme if found else "sqlite"


def verify(path: Path) -> Manifest:
    """Read a backup to its end. Raises ``BadBackup`` where it is damaged."""
    with closing(Archive(path)) as archive:
        for _ in archive.records():
            continue
        return archive.manifest


def restore(
    journal: Portable, path: Path, *, project: str | None, now: float, replace: bool, as_is: bool, ahead: int = 0
) -> Restored:
    """Load a backup into ``journal``, as a whole or not at all; what is open comes back held, unless ``as_is``.

    Series of control numbers go on ``ahead`` of where they were then.
    ``project`` is whose backup it must be, None for anybody's. Nobody may be working. Raises ``BadBackup``,
    ``WrongProject``, and ``Halt`` for a journal that is not empty.
    """
    with closing(Archive(path)) as archive:
        _check_project(archive.manifest, path, project)
        held = HeldBack(archive.manifest.taken.timestamp(), now, ahead)
        records = archive.records()
        journal.load(at_rest(records) if as_is else held.of(records), replace=replace)
        return Restored(archive.manifest, held.held)


def _check_project(manifest: Manifest, path: Path, project: str | None) -> None:
    if project is not None and manifest.project != project:
        hint = "run it in that project, or give --other-project if this is meant; nothing was changed"
        raise WrongProject("E755", f"{path} is of project '{manifest.project}', not of '{project}'", hint=hint)


def move(
    source: PortableJournal, target: PortableJournal, *, where: str, replace: bool, alone: Callable[[], None]
) -> tuple[Audit, Audit]:
    """Load everything of ``source`` into ``target``, as it is; the audits of both, which must be the ``same``.

    First of all the source notes that it moves to ``where``, so that no run begins; then ``alone`` raises if one is
    there. What fails, fails without a trace; what is killed can be done again. Raises ``Halt`` for a source that has
    moved already, and for a target that is not empty, unless it is to be replaced.
    """
    under_way = f"{where}, which is not finished"
    if source.retired() != under_way:
        refuse_retired(source)
    source.retire(under_way)
    try:
        alone()
        before = source.audit()
        with source.dump() as records:
            target.load(at_rest(records), replace=replace)
        after = target.audit()
    except BaseException:
        source.retire(None)
        raise
    source.retire(where if same(before, after) else None)
    return before, after


def same(before: Audit, after: Audit) -> bool:
    """Whether nothing was gained or lost on the way; what was in hand waits."""
    return before.accepted == after.accepted and _resting(before) == _resting(after)


def _resting(audit: Audit) -> list[tuple[str, int, int, Counter[State]]]:
    sums: list[tuple[str, int, int, Counter[State]]] = []
    for one in audit.sums:
        states: Counter[State] = Counter()
        for state, count in one.states.items():
            states[State.WAITING if state is State.WORKING else state] += count
        sums.append((one.queue, one.posted, one.purged, states))
    return sums
