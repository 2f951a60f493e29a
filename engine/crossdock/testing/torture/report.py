"""What a run of torture came to, as plain data and as text."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossdock.testing.torture.judge import Judgement, Verdict
from crossdock.testing.torture.terms import Terms

_SHOWN = 20  # cases in the text; all are in the JSON


@dataclass(frozen=True, slots=True)
class Span:
    """A fault that was injected: what exactly, and from when to when (seconds from the beginning)."""

    fault: str
    detail: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Second:
    """One second of the run: orders and files that were dropped, effects seen, how long those had taken (seconds)."""

    at: int
    dropped: int
    effects: int
    median: float | None
    slowest: float | None


@dataclass(slots=True, kw_only=True)
class Report:
    """Everything about one run. ``missing`` are faults that could not be injected here, and why."""

    terms: Terms
    project: str
    judgement: Judgement
    spans: list[Span]
    missing: Mapping[str, str]
    seconds: float
    dropped: int
    files: int
    balanced: bool
    timeline: Sequence[Second]
    machine: str
    restarts: int = 0

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return self.judgement.good and self.balanced

    def as_dict(self) -> dict[str, object]:
        """The report as JSON data."""
        return {
            "good": self.good,
            "engine": str(self.terms.engine),
            "seed": self.terms.seed,
            "project": self.project,
            "machine": self.machine,
            "seconds": round(self.seconds, 1),
            "orders": self.dropped,
            "files": self.files,
            "audit": "balanced" if self.balanced else "not balanced",
            "verdicts": {str(verdict): self.judgement.total[verdict] for verdict in Verdict},
            "destinations": {
                queue: {str(verdict): count for verdict, count in counts.items()}
                for queue, counts in sorted(self.judgement.counts.items())
            },
            "cases": [
                {"verdict": str(case.verdict), "where": case.queue, "message": case.message, "why": case.why}
                for case in self.judgement.cases
            ],
            "faults": [
                {"fault": span.fault, "detail": span.detail, "start": round(span.start, 2), "end": round(span.end, 2)}
                for span in self.spans
            ],
            "not_available": dict(self.missing),
            "restarts": self.restarts,
            "timeline": [[one.at, one.dropped, one.effects, one.median, one.slowest] for one in self.timeline],
        }


def describe_machine() -> str:
    """The machine in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.release()}"
    return f"{system}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def injected(spans: Sequence[Span]) -> dict[str, int]:
    """How often each fault was injected, by name."""
    counts: dict[str, int] = {}
    for span in spans:
        counts[span.fault] = counts.get(span.fault, 0) + 1
    return dict(sorted(counts.items()))


def as_text(report: Report) -> Iterator[str]:
    """The report in lines, without colour."""
    total = report.judgement.total
    yield f"{report.terms.engine} engine, seed {report.terms.seed}: {report.dropped} orders in {report.files} files"
    yield f"{len(report.spans)} faults in {report.seconds:.0f} s on {report.machine}"
    yield ""
    yield f"{'destination':<40}" + "".join(f"{verdict:>12}" for verdict in Verdict)
    for queue, counts in [*sorted(report.judgement.counts.items()), ("all", total)]:
        yield f"{queue:<40}" + "".join(f"{counts[verdict]:>12}" for verdict in Verdict)
    yield ""
    yield "injected: " + ", ".join(f"{name} {count}" for name, count in injected(report.spans).items())
    for why, names in _by_reason(report.missing).items():
        yield f"not injected, {why}: {', '.join(names)}"
    for case in report.judgement.cases[:_SHOWN]:
        yield f"{case.verdict}: {case.queue}: {case.message}: {case.why}"
    if len(report.judgement.cases) > _SHOWN:
        yield f"and {len(report.judgement.cases) - _SHOWN} more"
    yield f"audit {'balanced' if report.balanced else 'NOT balanced'}; {'promise kept' if report.good else 'PROMISE BROKEN'}"


def _by_reason(missing: Mapping[str, str]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for name, why in missing.items():
        reasons.setdefault(why, []).append(name)
    return reasons
