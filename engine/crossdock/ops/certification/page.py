"""The report as a page that one can send to the partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crossdock.errors import Severity
from crossdock.ops.certification.report import Certificate, ExaminedDocument, ExaminedFile, Told, Verdict
from crossdock.ops.paper import Html, join, page, table, tag

_WORDS = {Verdict.PASSED: ("passed", "good"), Verdict.FAILED: ("failed", "bad"), Verdict.OPEN: ("not shown yet", "dim")}
_GRAVE = {
    Severity.ERROR: ("must be mended", "bad"),
    Severity.WARNING: ("should be mended", "warn"),
    Severity.NOTE: ("note", "dim"),
}
_MOST = 200  # findings shown of one transaction; what comes after so many comes of one of them


def certificate_page(report: Certificate) -> str:
    """The report as one HTML file."""
    return page(f"Certification of {report.title}", join(_parts(report)))


def _parts(report: Certificate) -> Iterator[Html]:
    yield tag("h1", f"Certification of {report.title}")
    yield tag("p", f"{report.moment} · {len(report.files)} file{'s' if len(report.files) != 1 else ''}", "dim")
    good = report.passed
    said = "Everything that was sent is accepted." if good else "Not everything is accepted yet: see below."
    yield tag("p", said, f"verdict {'good' if good else 'bad'}")
    yield _scenarios(report)
    yield tag("h2", "Files")
    yield table(("file", "transactions", "accepted", "verdict"), [_row(file) for file in report.files])
    for file in report.files:
        yield from _file(file)


def _scenarios(report: Certificate) -> Html:
    rows = [
        (
            tag("span", _WORDS[one.verdict][0], _WORDS[one.verdict][1]),
            one.about or one.name,
            ", ".join(one.sets),
            one.shown_by,
        )
        for one in report.scenarios
    ]
    if not rows:
        return Html("")
    done = sum(one.verdict is Verdict.PASSED for one in report.scenarios)
    head = tag("h2", f"Checklist: {done} of {len(rows)} scenarios")
    return join([head, table(("verdict", "scenario", "sets", "shown by"), rows)])


def _row(file: ExaminedFile) -> tuple[object, ...]:
    accepted = sum(one.accepted for one in file.documents)
    word, style = ("accepted", "good") if file.accepted else ("not accepted", "bad")
    return file.name, len(file.documents), accepted, tag("span", word, style)


def _file(file: ExaminedFile) -> Iterator[Html]:
    yield tag("h2", file.name, "chapter")
    yield from _findings(file.told)
    for one in file.documents:
        yield from _document(one)
    if file.answers:
        yield tag("h3", "What we would answer")
        yield from (tag("pre", answer) for answer in file.answers)


def _document(one: ExaminedDocument) -> Iterator[Html]:
    word, style = ("accepted", "good") if one.accepted else ("not accepted", "bad")
    title = f"{one.standard} {one.number} {one.version}, number {one.control}"
    keys = f", {', '.join(one.keys[:3])}" if one.keys else ""
    yield tag("h3", join([f"{title}{keys}: ", tag("span", word, style)]))
    yield from _findings(one.told)


def _findings(told: Iterable[Told]) -> Iterator[Html]:
    listed = list(told)
    for one in listed[:_MOST]:
        yield _finding(one)
    if len(listed) > _MOST:
        yield tag("p", f"and {len(listed) - _MOST} more", "dim")


def _finding(one: Told) -> Html:
    finding = one.finding
    word, style = _GRAVE[finding.severity]
    parts = [tag("p", join([tag("span", f"{word}: ", style), finding.message]))]
    if one.view:
        parts.append(tag("pre", one.view, "view"))
    if one.mend:
        parts.append(tag("p", join([tag("b", "How to mend it: "), one.mend])))
    parts.append(tag("p", " · ".join(_facts(one)), "dim"))
    return tag("div", join(parts), f"finding {finding.severity}")


def _facts(one: Told) -> Iterator[str]:
    finding, place = one.finding, one.finding.place
    if one.line is not None:
        yield f"line {one.line} of the file"
    for name, value in (("segment", place.segment), ("byte", place.byte), ("element", place.element)):
        if value is not None:
            yield f"{name} {value}"
    if place.segment is None and place.pointer:
        yield f"field {place.pointer}"
    yield f"rule of {finding.rule}" if finding.rule else "our rule"
    if finding.report:
        yield ", ".join(f"{name} {value}" for name, value in finding.report)
    yield finding.code
