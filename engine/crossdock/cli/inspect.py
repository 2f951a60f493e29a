"""``crossdock inspect``: what a payload holds, and what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_document, project_option
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import counted
from crossdock.codecs.contract import CodecKind, Part
from crossdock.document_json import encode
from crossdock.errors import Finding, errors_in
from crossdock.ops.edi_standards import title
from crossdock.ops.inspect import Inspection, layouts, rejected, view
from crossdock.ops.inspect import inspect as open_payload
from crossdock.ops.send import FilePayload
from crossdock.registry import Registry

_SHOWN = 20  # parts listed on a terminal; all of them with --json


@click.command(short_help="Show what a payload holds.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "codec", help="The format, where it cannot be told from the first bytes.")
@click.option("--layout", help="The layout of a fixed-width file, from mappings/layouts.")
@project_option
@json_option
def inspect(file: Path, codec: str | None, layout: str | None, root: Path, as_json: bool) -> None:
    """Show the format, the envelope, each document with its verdict, and every finding with its place.

    Needs no project, but for the layouts of fixed-width files. Exit 1 when anything is rejected.
    """
    payload = FilePayload(file)
    registry = Registry("crossdock.codecs", CodecKind)
    inspection = open_payload(payload, registry, layouts(root), codec or ("fixed" if layout else None), layout)
    if as_json:
        report = inspection.report(payload)
        print_document({"format": inspection.format, **report})
        bad = rejected(report)
    else:
        parts = counted(inspection.parts(payload), f"reading {file.name}", inspection.codec.parts)
        bad = _as_text(inspection, parts, file)
    if bad:
        sys.exit(FAILURES)


def _as_text(inspection: Inspection, parts: Iterable[Part], file: Path) -> bool:
    count = refused = 0
    for part in parts:
        count += 1
        bad = bool(errors_in(part.findings))
        refused += bad
        if count <= _SHOWN or bad:
            _show_part(part, bad)
    for finding in inspection.findings:
        _show_finding(finding, "")
    noun = inspection.codec.parts
    click.echo(f"{file.name}: {inspection.format}, {count} {noun}, {refused} rejected")
    return bool(refused or errors_in(inspection.findings))


def _show_part(part: Part, bad: bool) -> None:
    mark = click.style("rejected", fg="red") if bad else click.style("ok", fg="green")
    text = title(part) or encode(part.document).decode()[:100]
    click.echo(f"{part.position:>6}  {mark}  {text}")
    picture = view(part)
    if picture is not None:
        click.echo("\n".join(f"        {line}" for line in picture.splitlines()))
    else:
        for finding in part.findings:
            _show_finding(finding, "        ")


def _show_finding(finding: Finding, indent: str) -> None:
    click.echo(f"{indent}{finding}")
