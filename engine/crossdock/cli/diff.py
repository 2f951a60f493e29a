"""``crossdock diff``: what changed files would alter in what is deployed, and what that means for messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, show_findings
from crossdock.cli.main import FAILURES
from crossdock.errors import Retry
from crossdock.journal.portable import PortableJournal
from crossdock.ops.changes.comparison import Comparison, FileChange, compare
from crossdock.ops.changes.meaning import Waiting
from crossdock.ops.changes.sources import Files, in_folder, of_revision, that_run
from crossdock.ops.changes.structure import Change
from crossdock.route.settings import load_settings
from crossdock.runtime.clock import SystemClock
from crossdock.runtime.engines import Engines
from crossdock.runtime.reloading import open_in

_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


@click.command(short_help="Show what changed files would alter.")
@project_option
@click.option(
    "--against", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another project's folder."
)
@click.option("--against-git", "revision", metavar="REV", help="The files of a revision of git.")
@json_option
def diff(root: Path, against: Path | None, revision: str | None, as_json: bool) -> None:
    """Compare the project's files with those that are deployed: that were started, or loaded anew, last.

    Each file that came, went or changed is told with its steps, options, destinations and fields, from what to what, at
    their lines; then what it means for messages: new queues, queues that are taken away and what is open in them, keys by
    which duplicates are known, contracts. Values from the environment are not compared. Exit 1 when something differs.
    """
    if against is not None and revision is not None:
        raise click.UsageError("--against and --against-git are one or the other")
    after = in_folder(root)
    with _journal(root) as journal:
        before = _before(root, against, revision, journal)
        comparison = compare(before, after, _waiting(journal))
    if as_json:
        print_json(_as_dict(before, comparison))
    else:
        _show(root, before, comparison)
    if not comparison.same:
        sys.exit(FAILURES)


@contextmanager
def _journal(root: Path) -> Iterator[PortableJournal | None]:
    """The project's journal; None where there is none, or it is away."""
    engines = Engines(root, load_settings(root, os.environ), SystemClock(), lambda moment: None)
    file = engines.journal_file()
    try:
        opened = engines.journal() if file is None or file.is_file() else None
    except Retry as error:
        click.secho(f"the journal is away: {error}", fg="yellow", err=True)
        opened = None
    if opened is None:
        yield None
        return
    with closing(opened):
        yield opened


def _before(root: Path, against: Path | None, revision: str | None, journal: PortableJournal | None) -> Files:
    if against is not None:
        return in_folder(against)
    if revision is not None:
        return of_revision(root, revision)
    found = that_run(journal) if journal is not None else None
    return found if found is not None else Files({}, "nothing is deployed yet")


def _waiting(journal: PortableJournal | None) -> Waiting:
    if journal is None:
        return lambda queue: None
    counts = journal.counts()
    return lambda queue: open_in(counts.get(queue, {}))


def _show(root: Path, before: Files, comparison: Comparison) -> None:
    at = f", {datetime.fromtimestamp(before.at, UTC):%Y-%m-%d %H:%M:%S} UTC" if before.at is not None else ""
    click.echo(f"against: {before.source}{at}")
    for one in comparison.files:
        _show_file(one)
    if comparison.same:
        click.echo("nothing differs")
    show_findings(comparison.meaning, root)


def _show_file(one: FileChange) -> None:
    sign, colour = _SIGNS[one.how]
    used = f"  (used by {', '.join(one.used_by)})" if one.used_by else ""
    click.echo(f"{click.style(f'{sign} {one.path}', fg=colour)}{used}")
    for change in one.changes:
        click.echo(f"    {_line(change)}")


def _line(change: Change) -> str:
    if change.before is None:
        text = f"{click.style('+', fg='green')} {change.what}: {change.after}" if change.after else change.what
    elif change.after is None:
        text = f"{click.style('-', fg='red')} {change.what}: {change.before}"
    else:
        text = f"{click.style('~', fg='yellow')} {change.what}: {change.before} → {change.after}"
    return f"{text}  {click.style(str(change.place), dim=True)}"


def _as_dict(before: Files, comparison: Comparison) -> dict[str, object]:
    return {
        "same": comparison.same,
        "against": before.source,
        "deployed_at": before.at,
        "files": [one.as_dict() for one in comparison.files],
        "meaning": [finding.as_dict() for finding in comparison.meaning],
    }
