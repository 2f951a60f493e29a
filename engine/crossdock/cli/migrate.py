"""``crossdock migrate``: the version of the journal's schema."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from crossdock.cli.console import engine, json_option, print_json, project_option, table
from crossdock.errors import Halt
from crossdock.journal.versions import Versions
from crossdock.ops.standstill import standstill
from crossdock.runtime.engine import Engine


@click.group(short_help="Look at the version of the journal's schema; change it.")
def migrate() -> None:
    """The version of the journal's schema.

    Every command but these brings a journal to the newest version by itself. Use them to look first (crossdock run
    --no-migrate), and to go back before an older crossdock is installed again.
    """


@migrate.command()
@project_option
@json_option
def status(root: Path, as_json: bool) -> None:
    """Show which version the journal has, and which ones there are. Changes nothing."""
    with closing(engine(root).open_versions()) as versions:
        version, steps = versions.version(), versions.steps()
    if as_json:
        print_json({"version": version, "newest": len(steps), "steps": list(steps)})
        return
    rows = [(str(number), "done" if number <= version else "", about) for number, about in enumerate(steps, start=1)]
    table(("version", "", "what it brought"), rows, right=frozenset({0}))
    if version > len(steps):
        click.echo(f"the journal has version {version}: a newer crossdock wrote it")


@migrate.command()
@click.option("--to", type=click.IntRange(1), help="The version; the newest otherwise.")
@project_option
@json_option
def up(to: int | None, root: Path, as_json: bool) -> None:
    """Bring the journal to a newer version. It may be running, as the guide says."""
    with closing(engine(root).open_versions()) as versions:
        before, target = versions.version(), to or len(versions.steps())
        if target < before:
            raise click.UsageError(f"the journal has version {before} already; 'down' goes back")
        versions.migrate(target)
    _told(before, target, as_json)


@migrate.command()
@click.option("--to", type=click.IntRange(1), required=True, help="The version to go back to.")
@project_option
@json_option
def down(to: int, root: Path, as_json: bool) -> None:
    """Bring the stopped journal back to an older version, for an older crossdock. Make a backup first.

    What the older version has no place for is forgotten: see what each step brought.
    """
    opened = engine(root)
    with closing(opened.open_versions()) as versions:
        before = versions.version()
        if to > before:
            raise click.UsageError(f"the journal has version {before}; 'up' goes on")
        _stand_still_and_go_back(opened, versions, before, to)
    _told(before, to, as_json)


def _stand_still_and_go_back(opened: Engine, versions: Versions, before: int, to: int) -> None:
    if before != len(versions.steps()):
        raise Halt("E741", f"the journal has version {before}, not the newest", hint="go up first, then down")
    with closing(opened.open_journal()) as journal, standstill(opened, journal):
        versions.migrate(to)


def _told(before: int, after: int, as_json: bool) -> None:
    print_json({"before": before, "version": after}) if as_json else click.echo(f"version {before} -> {after}")
