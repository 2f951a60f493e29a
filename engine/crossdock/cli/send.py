"""``crossdock send``: a file into a route, as if its source had brought it."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, with_journal
from crossdock.journal.portable import PortableJournal, refuse_retired
from crossdock.ops.send import FilePayload, send_into
from crossdock.runtime.engine import Engine


@click.command(short_help="Send a file into a route.")
@click.argument("route")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--again", is_flag=True, help="Send it even if the same content was sent before.")
@project_option
@json_option
def send(route: str, file: Path, again: bool, root: Path, as_json: bool) -> None:
    """Put FILE into ROUTE durably; a running project picks it up at once.

    The same content sent twice to one route is one message, unless --again is given.
    """

    def into(opened: Engine, journal: PortableJournal) -> None:
        refuse_retired(journal)
        id, new = send_into(opened, journal, route, FilePayload(file), file.name, again=again)
        if as_json:
            print_json({"id": id, "duplicate": not new})
        else:
            click.echo(f"{id} {'accepted' if new else 'was sent before: nothing changed (--again sends it anyway)'}")

    with_journal(root, into)
