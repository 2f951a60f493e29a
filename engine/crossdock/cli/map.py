"""``crossdock map``: one mapping over one file, without a route."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_document, project, project_option, show_findings
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import counted
from crossdock.codecs.contract import CodecKind
from crossdock.errors import ConfigError, Finding, errors_in
from crossdock.ops.inspect import inspect, layouts
from crossdock.ops.mapped import format_of, mapped
from crossdock.ops.send import FilePayload
from crossdock.registry import Registry
from crossdock.yaml_source import suggest


@click.command("map", short_help="Run one mapping over a file.")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "codec", help="The format of FILE, where the mapping does not say it.")
@click.option("--layout", help="The layout of a fixed-width FILE, from mappings/layouts.")
@project_option
@json_option
def map_(name: str, file: Path, codec: str | None, layout: str | None, root: Path, as_json: bool) -> None:
    """Run mapping NAME over each document in FILE and print what it makes. Nothing is sent.

    With --json a list of {"position", "result", "findings"}, else the results as JSON. Exit 1 on findings.
    """
    opened = project(root)
    mapping = opened.mappings.get(name)
    if mapping is None:
        hint = suggest(name, opened.mappings)
        raise ConfigError.of([Finding(code="M201", message=f"mapping '{name}' does not exist", hint=hint)])
    registry = Registry("crossdock.codecs", CodecKind)
    named, own_layout = format_of(mapping.reads, registry)
    chosen = codec or ("fixed" if layout else named)
    payload = FilePayload(file)
    inspection = inspect(payload, registry, layouts(root), chosen, layout or (None if codec else own_layout))
    parts = counted(inspection.parts(payload), f"mapping {file.name}", inspection.codec.parts)
    outcomes = list(mapped(mapping, parts, datetime.now(UTC)))
    findings = [*inspection.findings, *(finding for one in outcomes for finding in one.findings)]
    if as_json:
        print_document(
            [
                {
                    "position": one.position,
                    "result": one.result,
                    "findings": [finding.as_dict() for finding in one.findings],
                }
                for one in outcomes
            ]
        )
    else:
        for one in outcomes:
            if not errors_in(one.findings):
                click.echo(one.result) if isinstance(one.result, str) else print_document(one.result)
        show_findings(findings, root)
    if errors_in(findings):
        sys.exit(FAILURES)
