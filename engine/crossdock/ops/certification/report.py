"""What certification found, as values."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from crossdock.errors import Finding, Severity
from crossdock.message import Document


class Verdict(enum.StrEnum):
    """How something fared. ``OPEN``: no file has shown it yet."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as a partner reads it: with the line of their file, the segment with carets, and how to mend it."""

    finding: Finding
    line: int | None = None
    view: str = ""
    mend: str = ""

    def as_dict(self) -> dict[str, object]:
        """The finding as plain data."""
        more = {"line": self.line, "view": self.view, "mend": self.mend}
        return {**self.finding.as_dict(), **{name: value for name, value in more.items() if value}}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedDocument:
    """One transaction. ``decoded`` is as it was read, ``document`` what the mapping made of it, of ``shape``."""

    number: str
    version: str
    control: str
    standard: str
    keys: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    decoded: Document = None
    document: Document = None
    shape: str = ""

    @property
    def accepted(self) -> bool:
        """Whether it would go on."""
        return not any(one.finding.severity is Severity.ERROR for one in self.told)

    @property
    def name(self) -> str:
        """``850 0001 (PO-4711)``."""
        key = f" ({self.keys[0]})" if self.keys else ""
        return f"{self.number} {self.control}{key}".strip()


@dataclass(slots=True, kw_only=True)
class ExaminedFile:
    """One file: what is wrong with it as a whole, its transactions, and what would answer it."""

    name: str
    data: bytes
    standard: str = ""
    told: list[Told] = field(default_factory=list)
    documents: list[ExaminedDocument] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether nothing in it would be refused."""
        sound = not any(one.finding.severity is Severity.ERROR for one in self.told)
        return sound and bool(self.documents) and all(one.accepted for one in self.documents)


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """How one scenario of the checklist fared, and which transaction shows it."""

    name: str
    about: str
    sets: tuple[str, ...]
    verdict: Verdict
    shown_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The whole report."""

    partner: str
    title: str
    status: str
    moment: str
    files: tuple[ExaminedFile, ...]
    scenarios: tuple[ScenarioResult, ...]
    complete: bool = False  # whether what nobody has shown counts as failed

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        bad = {Verdict.FAILED, Verdict.OPEN} if self.complete else {Verdict.FAILED}
        sound = all(one.accepted for one in self.files)
        return sound and bool(self.files) and not any(one.verdict in bad for one in self.scenarios)

    def documents(self) -> Iterator[tuple[ExaminedFile, ExaminedDocument]]:
        """Every transaction with its file."""
        for file in self.files:
            yield from ((file, one) for one in file.documents)

    def as_dict(self) -> dict[str, object]:
        """The report as plain data, without the documents."""
        return {
            "partner": self.partner,
            "name": self.title,
            "status": self.status,
            "at": self.moment,
            "passed": self.passed,
            "files": [_file(one) for one in self.files],
            "scenarios": [
                {"name": one.name, "about": one.about, "verdict": str(one.verdict), "shown_by": one.shown_by or None}
                for one in self.scenarios
            ],
        }


def _file(file: ExaminedFile) -> dict[str, object]:
    return {
        "file": file.name,
        "standard": file.standard,
        "accepted": file.accepted,
        "findings": [one.as_dict() for one in file.told],
        "documents": [
            {
                "set": one.number,
                "version": one.version,
                "control": one.control,
                "keys": list(one.keys),
                "accepted": one.accepted,
                "findings": [each.as_dict() for each in one.told],
            }
            for one in file.documents
        ],
        "acknowledgements": file.answers,
    }
