"""``crossdock import``: an export into a route."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, with_journal
from crossdock.cli.progress import progress
from crossdock.ops.importing import take_in


@click.command(name="import", short_help="Take an export into a route.")
@click.argument("route")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Change nothing: say what is new and what is there already.")
@project_option
@json_option
def import_(route: str, file: Path, dry_run: bool, root: Path, as_json: bool) -> None:
    """Accept the messages in FILE, written by crossdock export, as new arrivals in ROUTE.

    The same message taken into the same route twice is there once. A line that is wrong keeps all of FILE out.
    """
    with progress("taking messages in"):
        done = with_journal(root, lambda engine, journal: take_in(engine, journal, route, file, dry_run=dry_run))
    if as_json:
        print_json({"new": done.new, "known": done.known, "dry_run": dry_run})
    else:
        click.echo(f"{done.new} {'would be ' if dry_run else ''}new in {route}, {done.known} there already")
