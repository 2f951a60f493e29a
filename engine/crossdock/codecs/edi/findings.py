"""A kind of finding about EDI, and the finding it becomes in one case."""

from __future__ import annotations

from dataclasses import dataclass

from crossdock.errors import Finding, Place, Severity

SHOWN = 60  # characters of a value a message quotes


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of finding has in common. ``text`` is filled with the facts of the case."""

    code: str
    text: str
    report: tuple[tuple[str, str], ...] = ()
    severity: Severity = Severity.ERROR
    hint: str | None = None


def quoted(value: str) -> str:
    """A value as a message shows it: short, and harmless on a terminal."""
    shown = value if value.isprintable() else value.encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def finding(kind: Kind, place: Place = Place(), rule: str | None = None, **facts: str | int) -> Finding:  # noqa: B008 - frozen
    """The finding of a kind in one case. The fact ``value`` also becomes the finding's value."""
    value = facts.get("value")
    shown = {name: quoted(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return Finding(
        code=kind.code,
        message=kind.text.format_map(shown),
        severity=kind.severity,
        place=place,
        value=None if value is None else str(value),
        hint=kind.hint,
        rule=rule,
        report=kind.report,
    )
