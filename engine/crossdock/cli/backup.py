"""``crossdock backup``: everything in the journal as one file."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, with_journal
from crossdock.cli.progress import progress
from crossdock.ops.archive import Manifest
from crossdock.ops.backup import back_up, engine_of
from crossdock.ops.backup import verify as verify_backup


@click.command(short_help="Write everything in the journal to one file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Write nothing: read FILE to its end and say whether it is whole.")
@project_option
@json_option
def backup(file: Path, verify: bool, root: Path, as_json: bool) -> None:
    """Write every message, payload, attempt and key to FILE, as of one moment, while the project may be running.

    FILE is a zip of JSON lines; only its owner may read it, and it has its name only when all of it is on disk. It
    holds business data: keep it as you keep the journal. Settings, routes and secrets are not in it.
    """
    if verify:
        with progress("reading the backup"):
            manifest = verify_backup(file)
    else:
        manifest = _write(file, root)
    print_json(manifest_dict(manifest)) if as_json else _show(file, manifest, verify)


def _write(file: Path, root: Path) -> Manifest:
    with progress("writing the backup"):
        return with_journal(
            root,
            lambda engine, journal: back_up(
                journal,
                file,
                project=engine.project.settings.name,
                engine=engine_of(engine.project.settings),
                now=engine.clock.now(),
                reach=engine.reach,
            ),
        )


def _show(file: Path, manifest: Manifest, verified: bool) -> None:
    states = ", ".join(f"{count} {state}" for state, count in sorted(manifest.states.items())) or "no work"
    what = "whole and sound" if verified else "written"
    click.echo(f"{file} {what}: {manifest.records.get('message', 0)} messages, {states}")
    click.echo(
        f"project {manifest.project}, {manifest.engine}, taken {manifest.taken.isoformat(timespec='milliseconds')}"
    )
    if manifest.missing:
        click.secho(f"{len(manifest.missing)} payloads are missing in the journal: crossdock audit", fg="red", err=True)


def manifest_dict(manifest: Manifest) -> dict[str, object]:
    """A manifest as plain JSON data."""
    return {name: getattr(manifest, name) for name in manifest.__struct_fields__}
