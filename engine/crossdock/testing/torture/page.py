"""The report as a page: one file, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from crossdock.testing.torture.chart import effects_chart, latency_chart
from crossdock.testing.torture.judge import Verdict
from crossdock.testing.torture.report import Report, injected

_CASES = 200  # shown; all are in the JSON
_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --dim: #66758a; --paper: #fbfbfa; --card: #fff; --line: #e3e6ea;
  --good: #1f8a5b; --bad: #c63d3d; --effects: #2f7fd6; --dropped: #b7c4d4; --wait: #8a63c9; --fault: #e9a23b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #93a1b5; --paper: #14181d; --card: #1c2229;
  --line: #303944; --good: #4cc38a; --bad: #ef7070; --effects: #6aaef5; --dropped: #4a5868; --wait: #b79af0; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 68rem; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem 1.5rem;
  margin-top: 1.5rem; }
.verdict { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); } .dim { color: var(--dim); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; color: var(--dim); font-size: .85rem; }
table.text td { text-align: left; vertical-align: top; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--dim); font-size: 11px; }
ul { columns: 2; padding-left: 1.1rem; margin: .3rem 0; }
"""


def page(reports: Sequence[Report], moment: str) -> str:
    """An HTML document on runs of torture; ``moment`` is when, as text."""
    good = all(report.good for report in reports)
    body = "".join(_section(report) for report in reports)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>crossdock torture: {'kept' if good else 'broken'}</title><style>{_STYLE}</style></head><body>"
        f'<h1>crossdock torture</h1><p class="dim">{escape(moment)}</p>'
        f'<p class="verdict {"good" if good else "bad"}">{_headline(reports)}</p>{body}</body></html>\n'
    )


def _headline(reports: Sequence[Report]) -> str:
    lost, doubled = (
        sum(report.judgement.total[verdict] for report in reports) for verdict in (Verdict.LOST, Verdict.DUPLICATED)
    )
    messages = sum(report.judgement.total.total() for report in reports)
    faults = sum(len(report.spans) for report in reports)
    return f"{messages:,} deliveries, {faults:,} faults: {lost} lost, {doubled} duplicated"


def _section(report: Report) -> str:
    return f"<section>{''.join(_parts(report))}</section>"


def _parts(report: Report) -> Iterator[str]:
    kept = '<span class="good">promise kept</span>' if report.good else '<span class="bad">promise broken</span>'
    yield f"<h2>{report.terms.engine} engine: {kept}</h2>"
    yield (
        f'<p class="dim">seed {report.terms.seed} · {report.dropped:,} orders in {report.files:,} files · '
        f"{report.seconds:.0f} s · audit {'balanced' if report.balanced else 'not balanced'} · "
        f"{escape(report.machine)}</p>"
    )
    yield effects_chart(report.timeline, report.spans)
    yield latency_chart(report.timeline, report.spans)
    yield _verdicts(report)
    yield _faults(report)
    yield _cases(report)


def _verdicts(report: Report) -> str:
    counts = [*sorted(report.judgement.counts.items()), ("all", report.judgement.total)]
    heads = "".join(f"<th>{verdict}</th>" for verdict in Verdict)
    rows = "".join(
        f"<tr><td>{escape(queue)}</td>{''.join(_count(verdict, found[verdict]) for verdict in Verdict)}</tr>"
        for queue, found in counts
    )
    return f"<h2>Verdicts</h2><table><tr><th>destination</th>{heads}</tr>{rows}</table>"


def _count(verdict: Verdict, count: int) -> str:
    style = "" if not count else ' class="dim"' if verdict is Verdict.OK else "" if verdict.good else ' class="bad"'
    return f"<td{style}>{count:,}</td>"


def _faults(report: Report) -> str:
    done = "".join(f"<li>{escape(name)} &times; {count}</li>" for name, count in injected(report.spans).items())
    not_done = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(why)}</td></tr>" for name, why in report.missing.items()
    )
    missing = f'<h2>Not injected</h2><table class="text">{not_done}</table>' if not_done else ""
    return f"<h2>Injected</h2><ul>{done}</ul>{missing}"


def _cases(report: Report) -> str:
    cases = report.judgement.cases[:_CASES]
    if not cases:
        return ""
    rows = "".join(
        f"<tr><td>{case.verdict}</td><td>{escape(case.queue)}</td><td>{escape(case.message)}</td>"
        f"<td>{escape(case.why)}</td></tr>"
        for case in cases
    )
    more = len(report.judgement.cases) - len(cases)
    rest = f'<p class="dim">and {more} more in the JSON</p>' if more else ""
    return f'<h2>Cases</h2><table class="text">{rows}</table>{rest}'
