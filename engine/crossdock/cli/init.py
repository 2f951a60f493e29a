"""``crossdock init``: a new project, as a copy of the distributor pack."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.ops.pack import copy_pack


@click.command(short_help="Make a new project.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Make a project in FOLDER: routes, mappings, tables and samples of a distributor, ready to run.

    The samples lie in the project's inbox as well, so that a first `crossdock run --until-idle` has work to do.
    Nothing that exists is overwritten.
    """
    count = copy_pack(folder)
    click.echo(f"{count} files in {folder}")
    click.echo(f"next: cd {folder} && crossdock check && crossdock test && crossdock run --until-idle")
