"""Files of a partner, gathered and examined, and the checklist over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from crossdock.errors import ConfigError, Finding, Severity
from crossdock.ops.certification.examining import LARGEST, Examiner
from crossdock.ops.certification.report import Certificate, ExaminedFile, Told
from crossdock.ops.certification.scenarios import Scenario, compiled, results
from crossdock.ops.inspect import layouts
from crossdock.partner.choosing import Partner
from crossdock.route.load import LoadedProject
from crossdock.route.partners.standards import standards_of

MOST = 1000  # files of one certification


def gathered(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, and those of folders in order; hidden ones are left out. Raises ``ConfigError``."""
    found = [file for path in paths for file in (_inside(path) if path.is_dir() else [path])]
    if not found:
        raise _error("P307", "there are no files to certify", "name files, or a folder that has some")
    if len(found) > MOST:
        raise _error(
            "P307", f"{len(found)} files are too many, {MOST} is the most", "certify a few samples of each kind"
        )
    return found


def _inside(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path.relative_to(folder)))


def sizes(folder: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of change of each file: what tells that something is new."""
    found: dict[Path, tuple[int, int]] = {}
    for path in _inside(folder):
        with suppress(FileNotFoundError):  # taken away between two looks
            found[path] = (path.stat().st_size, path.stat().st_mtime_ns)
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _error(code: str, message: str, hint: str) -> ConfigError:
    return ConfigError.of([Finding(code=code, message=message, hint=hint)])


def certify(
    project: LoadedProject,
    partner: Partner,
    files: Sequence[Path],
    scenarios: Sequence[Scenario],
    now: datetime,
    *,
    complete: bool = False,
) -> Certificate:
    """The report on these files. Nothing is written and nothing is sent."""
    standards = standards_of(layouts(project.root))
    examiner = Examiner(partner=partner, partners=project.partners, standards=standards, now=now)
    examined = [examiner.examine(path.name, _read(path)) for path in files]
    for file, told in _repeated(examined):
        file.told.append(told)
    ready = compiled(scenarios, dict(project.tables), "the checklist")
    return Certificate(
        partner=partner.name,
        title=partner.profile.name,
        status=str(partner.profile.status),
        moment=f"{now:%Y-%m-%d %H:%M} UTC",
        files=tuple(examined),
        scenarios=tuple(results(ready, examined, now)),
        complete=complete,
    )


def _read(path: Path) -> bytes:
    """The bytes; of what is far too large, as many as show that."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _repeated(files: Sequence[ExaminedFile]) -> Iterator[tuple[ExaminedFile, Told]]:
    """A warning for each document whose business number another file has, too: in earnest it would be a duplicate."""
    seen: Counter[tuple[str, str]] = Counter()
    for file in files:
        for one in file.documents:
            for key in one.keys[:1]:
                seen[one.number, key] += 1
                if seen[one.number, key] == 2:  # noqa: PLR2004 - told once
                    message = f"{one.number} {key} stands in several files: in earnest each number is sent once"
                    yield file, Told(Finding(code="P308", message=message, severity=Severity.WARNING))
