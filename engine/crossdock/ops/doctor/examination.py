"""How the doctor looks: every check in a thread of its own, each with its time, none of them stopping another."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.errors import CrossdockError, Finding, Place, Severity
from crossdock.runtime.engine import Engine

LOG = logging.getLogger("crossdock.doctor")

PATIENCE = 8.0  # seconds for a check; they run at the same time


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at. ``engine`` is None where the project does not load; ``mistakes`` say why."""

    root: Path
    environment: Mapping[str, str]
    engine: Engine | None = None
    mistakes: tuple[Finding, ...] = ()

    def loaded(self) -> Engine:
        """The engine. Raises ``UnseenError`` where there is none."""
        if self.engine is None:
            raise UnseenError("the project does not load")
        return self.engine


#: One thing to look at: what is wrong with it. Raises ``CrossdockError`` or ``OSError`` where it cannot look, and
#: ``UnseenError`` where there is no more to say of that.
Look = Callable[[Patient], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """``name`` says in a few words what is looked at."""

    name: str
    look: Look


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, the worst first, the checks that found nothing, and those that did not look, with the reason."""

    findings: tuple[Finding, ...]
    passed: tuple[str, ...]
    unseen: Mapping[str, str] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether nothing is wrong; warnings and notes are no illness."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def as_dict(self) -> dict[str, object]:
        """The report as plain JSON data."""
        findings = [finding.as_dict() for finding in self.findings]
        passed, unseen = list(self.passed), dict(self.unseen)
        return {"ok": self.well, "findings": findings, "passed": passed, "not_looked_at": unseen}


class UnseenError(Exception):
    """Raised by a check that has nothing to look at, or whose way to it another check is telling of; says why."""


@dataclass(slots=True)
class _Visit:
    check: Check
    found: list[Finding] = field(default_factory=list)
    unseen: str = ""
    done: bool = False

    def run(self, patient: Patient) -> None:
        try:
            for finding in self.check.look(patient):
                self.found.append(finding)
        except UnseenError as why:
            self.unseen = str(why)
        except CrossdockError as error:
            self.found.append(_could_not_look(self.check, str(error)))
        except OSError as error:
            self.found.append(_could_not_look(self.check, error.strerror or repr(error)))
        except Exception as error:
            LOG.exception("check %s", self.check.name)
            self.found.append(_could_not_look(self.check, repr(error)))
        self.done = True


_WORST_FIRST = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def examine(patient: Patient, checks: Sequence[Check], patience: float = PATIENCE) -> Report:
    """Look at everything, for ``patience`` seconds at most."""
    visits = [_Visit(check) for check in checks]
    threads = [threading.Thread(target=visit.run, args=(patient,), daemon=True) for visit in visits]
    for thread in threads:
        thread.start()
    end = time.monotonic() + patience
    found: list[Finding] = []
    for visit, thread in zip(visits, threads, strict=True):
        thread.join(max(0.0, end - time.monotonic()))
        found += [*visit.found, *([] if visit.done else [_late(visit.check, patience)])]
    found.sort(key=lambda finding: _WORST_FIRST[finding.severity])
    ended = [visit for visit in visits if visit.done]
    passed = tuple(visit.check.name for visit in ended if not visit.found and not visit.unseen)
    return Report(tuple(found), passed, {visit.check.name: visit.unseen for visit in ended if visit.unseen})


def _could_not_look(check: Check, why: str) -> Finding:
    return warning("H198", f"could not look at {check.name}: {why}", None)


def _late(check: Check, patience: float) -> Finding:
    hint = "something it asks does not answer: a file system, a server, a lock"
    return warning("H199", f"looking at {check.name} took longer than {patience:g} s", hint)


def error(code: str, message: str, hint: str | None, file: str | None = None) -> Finding:
    """Something that must be mended."""
    return Finding(code=code, message=message, hint=hint, place=Place(file=file))


def warning(code: str, message: str, hint: str | None, file: str | None = None) -> Finding:
    """Something that should be mended."""
    return Finding(code=code, message=message, hint=hint, place=Place(file=file), severity=Severity.WARNING)


def note(code: str, message: str, hint: str | None = None, file: str | None = None) -> Finding:
    """Something worth knowing."""
    return Finding(code=code, message=message, hint=hint, place=Place(file=file), severity=Severity.NOTE)
