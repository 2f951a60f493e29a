"""What can go wrong, classed by what the engine does next.

    CrossdockError
    ├── Retry        transient: try again later, durably, without blocking what is behind it
    │   └── Untried  not even tried, because one before it was not served: nothing is spent
    ├── Reject       this document is wrong: dead letter at once, with every finding
    ├── Hold         a person must decide: exception queue
    │   └── Foreign  another destination staged it: released, it is delivered by this one
    ├── Doubt        nobody knows whether the effect happened: never repeated by a machine unless the route allows it
    └── Halt         the configuration is wrong: stop this route, loudly
        └── ConfigError   found before anything ran: all findings of the project at once

An error carries data, never only text: a code, the findings with their places, a hint, a cause. Text is rendered
from those fields and nothing parses it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self


class Severity(enum.StrEnum):
    """How bad a finding is: an ``error`` stops the document, a ``warning`` and a ``note`` do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was found; whichever coordinates the format has.

    Lines, columns, segments and rows count from 1, ``byte`` from 0. ``pointer`` is a JSON pointer (RFC 6901).
    ``length`` is how much of the payload the value takes, in bytes where ``byte`` is told and in characters where not;
    a decoder that is asked for a place says it where it knows, and findings do not repeat it.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    byte: int | None = None
    segment: int | None = None
    element: str | None = None
    pointer: str | None = None
    length: int | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        if self.file is None and self.line is not None:
            located = f"line {self.line}" + (f", column {self.column}" if self.column is not None else "")
        else:
            located = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        named = (("segment", self.segment), ("element", self.element), ("byte", self.byte), ("at", self.pointer))
        details = ", ".join(f"{name} {value}" for name, value in named if value is not None)
        return f"{located} ({details})" if located and details else located or details


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, or odd, about a document, a payload or a file of the project.

    ``rule`` names whose rule it was ("X12 004010", "partner acme", "order/v1"); ``report`` holds codes other
    systems expect, such as ``{"AK403": "6"}``.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    place: Place = Place()
    value: str | None = None
    hint: str | None = None
    rule: str | None = None
    report: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}{self.severity} {self.code}: {self.message}{hint}"

    def as_dict(self) -> dict[str, object]:
        """The finding as plain JSON data; absent fields are left out."""
        place = {name: getattr(self.place, name) for name in Place.__slots__ if name != "length"}
        fields: dict[str, object] = {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            "place": {name: value for name, value in place.items() if value is not None},
            "value": self.value,
            "hint": self.hint,
            "rule": self.rule,
            "report": dict(self.report),
        }
        return {name: value for name, value in fields.items() if value not in (None, {}, ())}


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stop a document."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


class CrossdockError(Exception):
    """Base of every error the engine raises on purpose."""

    def __init__(self, code: str, message: str, *, findings: Iterable[Finding] = (), hint: str | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.findings = tuple(findings)
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.code}: {self.message}"
        return f"{text}; {self.hint}" if self.hint else text


class Retry(CrossdockError):
    """Transient. ``after`` (seconds) overrides the schedule when the other side named a time.

    ``only_this`` says that it is about this one document: others may well pass, the other side is there.
    """

    def __init__(
        self, code: str, message: str, *, after: float | None = None, only_this: bool = False, hint: str | None = None
    ) -> None:
        super().__init__(code, message, hint=hint)
        self.after = after
        self.only_this = only_this


class Untried(Retry):
    """Not even tried, because one before it in the same call was not served: says nothing of the other side itself."""


class Reject(CrossdockError):
    """This document can never pass as it is."""

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Reject:
        """A rejection told by its findings (at least one); the first one names it."""
        found = tuple(findings)
        first = (errors_in(found) or found)[0]
        return cls(first.code, first.message, findings=found, hint=first.hint)


class Hold(CrossdockError):
    """A person must decide."""


class Foreign(Hold):
    """Another destination was given this, as a file under a temporary name, and this one cannot finish it.

    A person looks there whether it has arrived. Released, it is delivered here from the beginning.
    """


class Doubt(CrossdockError):
    """The effect may or may not have happened. Where repeating is harmless (a key, a proof) it is tried again."""


class Halt(CrossdockError):
    """The configuration is wrong; going on would only repeat the mistake."""


class ConfigError(Halt):
    """The project's files are wrong; ``findings`` has every mistake with its place."""

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Self:
        """All mistakes of the project at once (at least one)."""
        found = tuple(findings)
        return cls(found[0].code, found[0].message, findings=found, hint=found[0].hint)
