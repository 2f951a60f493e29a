"""``crossdock init``: a new project, as a copy of the distributor pack, which an editor completes from the first key on."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.ops.pack import copy_pack


@click.command(short_help="Make a new project.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--modelines", is_flag=True, help="Begin every YAML file with the line that says which schema it has.")
@click.option("--no-editor", is_flag=True, help="Write neither schemas nor settings of editors.")
def init(folder: Path, modelines: bool, no_editor: bool) -> None:
    """Make a project in FOLDER: routes, mappings, tables and samples of a distributor, ready to run.

    The samples lie in the project's inbox as well, so that a first `crossdock run --until-idle` has work to do. An
    editor with a YAML language server completes and checks the files: VS Code by the settings that are written, others
    by modelines. Nothing that exists is overwritten.
    """
    if modelines and no_editor:
        raise click.UsageError("--modelines and --no-editor contradict each other")
    count = copy_pack(folder)
    click.echo(f"{count} files in {folder}")
    if not no_editor:
        from crossdock.cli.schema import written  # imports every connector

        for line in written(folder, modelines=modelines):
            click.echo(line)
    click.echo(f"next: cd {folder} && crossdock check && crossdock test && crossdock run --until-idle")
