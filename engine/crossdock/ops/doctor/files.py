"""The project's files: does it load, and who can read what is secret."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from crossdock.errors import Finding
from crossdock.ops.doctor.examination import Patient, error, note, warning

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def project(patient: Patient) -> Iterator[Finding]:
    """Whether the project loads: its mistakes, with their places."""
    if patient.mistakes:
        text = f"the project does not load: {len(patient.mistakes)} mistakes; nothing that depends on it was looked at"
        yield error("H110", text, "mend what 'crossdock check' shows")
        yield from patient.mistakes
    elif patient.engine is not None and not patient.engine.routes:
        yield note("H111", "the project has no routes", "crossdock init shows a project that has some", "routes")


def secrets(patient: Patient) -> Iterator[Finding]:
    """Whether others can read the secrets, or the journal."""
    name = patient.engine.project.settings.secrets if patient.engine is not None else "secrets"
    folder = patient.root / name
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and not path.name.startswith(".") and path.stat().st_mode & _OTHERS:
            yield _readable("H112", "a secret", path, patient.root)
    file = patient.engine.journal_file() if patient.engine is not None else None
    if file is not None and file.is_file() and file.stat().st_mode & _OTHERS:
        yield _readable("H113", "the journal", file, patient.root)


def _readable(code: str, what: str, path: Path, root: Path) -> Finding:
    shown = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    return warning(code, f"{what} can be read by others (mode {mode:o})", f"chmod 600 {shown}", shown)
