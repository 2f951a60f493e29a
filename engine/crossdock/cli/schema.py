"""``crossdock schema``: JSON Schemas of what authors write, for editors."""

from __future__ import annotations

import os
from pathlib import Path

import click

from crossdock.cli.console import print_json, project_option, table
from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.ops.schemas.documents import KINDS
from crossdock.ops.schemas.editors import write_modelines, write_settings
from crossdock.ops.schemas.folder import standing_alone, write_schemas
from crossdock.ops.schemas.language import Language
from crossdock.ops.schemas.name_file import FOLDER
from crossdock.ops.schemas.names import names_of
from crossdock.ops.schemas.registered import language_of
from crossdock.registry import Registry
from crossdock.route.files import SETTINGS as PROJECT


@click.command(short_help="Print or write the JSON Schemas by which editors complete and check.")
@click.argument("kind", required=False, type=click.Choice(list(KINDS)))
@project_option
@click.option("--write", is_flag=True, help=f"Write all of them into {FOLDER}, and settings for VS Code.")
@click.option("--modelines", is_flag=True, help="Put the line that other editors need first in every file.")
def schema(kind: str | None, root: Path, write: bool, modelines: bool) -> None:
    """Print the JSON Schema (draft-07) of one KIND of file; without KIND, list them.

    It has the options of every connector that is installed and, inside a project, its own connectors, presets and
    names. With --write an editor with a YAML language server completes, explains and checks the files of the project;
    `crossdock check` keeps the names up to date from then on.
    """
    if (write or modelines) and kind is not None:
        raise click.UsageError("--write and --modelines are for all kinds: leave KIND out")
    if write or modelines:
        if not (root / PROJECT).is_file():
            raise click.UsageError(f"{root} is no project: it has no {PROJECT}")
        for line in written(root, modelines=modelines):
            click.echo(line)
    elif kind is not None:
        own = root if (root / PROJECT).is_file() else None
        print_json(standing_alone(kind, language(own), names_of(own)))
    else:
        table(("kind", "files"), [(name, ", ".join(one.globs)) for name, one in KINDS.items()])


def language(root: Path | None) -> Language:
    """Everything that files of the project at ``root`` may name."""
    connectors = Registry("crossdock.connectors", Connector)
    return language_of(root, os.environ, connectors, Registry("crossdock.codecs", CodecKind))


def written(root: Path, *, modelines: bool) -> list[str]:
    """Write everything an editor needs for the project at ``root``; what was written, in lines for people."""
    lines = [f"{len(write_schemas(root, language(root)))} schemas in {FOLDER}", *write_settings(root)]
    if modelines:
        lines.append(f"modelines: {len(write_modelines(root))} files changed")
    return lines
