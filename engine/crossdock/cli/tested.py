"""How the results of cases and their coverage are shown: to people, to scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from crossdock.cli.console import table
from crossdock.testing.coverage import Coverage, Share
from crossdock.testing.points import COUNTED, Kind, Point
from crossdock.testing.results import CaseResult

_MARKS = {"-": "red", "+": "green", "@": "cyan"}


def as_dict(result: CaseResult) -> dict[str, object]:
    """One result as plain data."""
    return {
        "name": result.name,
        "case": result.number,
        "about": result.about,
        "place": result.place,
        "passed": not result.problems,
        "problems": list(result.problems),
        "seconds": round(result.seconds, 4),
    }


def show(result: CaseResult, *, quiet: bool = False) -> None:
    """One result; with ``quiet`` only where it failed."""
    if quiet and not result.problems:
        return
    mark = click.style("FAIL", fg="red") if result.problems else click.style("ok", fg="green")
    place = f"  ({result.place})" if result.problems else ""
    click.echo(f"{mark:4} {result.name} #{result.number} {result.about}".rstrip() + place)
    for problem in result.problems:
        for line in problem.splitlines():
            click.echo(f"     {_coloured(line)}")


def _coloured(line: str) -> str:
    """A line of a diff, or an expected value against the one that came, in their colours."""
    before, expected, rest = line.partition(": expected ")
    wanted, got, came = rest.rpartition(", got ")
    if expected and got:
        return f"{before}{expected}{click.style(wanted, fg='green')}{got}{click.style(came, fg='red')}"
    return click.style(line, fg=_MARKS[line[0]]) if line[:1] in _MARKS else line


def diff(text: str) -> None:
    """What would become of a file, on stderr."""
    for line in text.splitlines():
        click.echo(_coloured(line), err=True)


def show_coverage(coverage: Coverage) -> None:
    """A table of the shares, and every place that no case comes to."""
    rows = [_row(kind.value, coverage.share(kind), counted=kind in COUNTED) for kind in Kind]
    click.echo()
    table(["coverage", "reached", "all", ""], [*rows, _row("total", coverage.share())], right=frozenset({1, 2, 3}))
    missing = [one for one in coverage.missing if one.kind is not Kind.ROW]
    if missing:
        click.echo("\nno case comes to:")
    for one in missing:
        click.echo(f"  {one.file}:{one.line}: {one.what}" if one.line else f"  {one.what}")
    for line in _of_tables([one for one in coverage.missing if one.kind is Kind.ROW]):
        click.echo(line)


def _row(name: str, share: Share, *, counted: bool = True) -> list[str]:
    return [name if counted else f"({name})", str(share.reached), str(share.all), f"{share.percent:.1f} %"]


def _of_tables(rows: Sequence[Point]) -> Iterator[str]:
    """The rows nobody looks up, a line for each table."""
    if rows:
        yield "\nrows that no case looks up:"
    for file, points in groupby(rows, key=lambda one: one.file):
        yield f"  {file}: lines {_ranges([one.line for one in points])}"


def _ranges(numbers: Sequence[int]) -> str:
    """``2-5, 7``."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)
