"""``crossdock map``: one mapping over one file, without a route."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from crossdock.cli.console import json_option, load, print_document, project_option, show_findings
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import counted
from crossdock.codecs.contract import AnyCodecKind, CodecKind, Part
from crossdock.errors import ConfigError, Finding, Reject, errors_in
from crossdock.mapping.compile import Mapping
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.ops.inspect import inspect, layouts
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
    project = load(root)
    mapping = project.mappings.get(name)
    if mapping is None:
        hint = suggest(name, project.mappings)
        raise ConfigError.of([Finding(code="M201", message=f"mapping '{name}' does not exist", hint=hint)])
    registry = Registry("crossdock.codecs", CodecKind)
    chosen = codec or ("fixed" if layout else _format(mapping, registry))
    payload = FilePayload(file)
    inspection = inspect(payload, registry, layouts(root), chosen, layout)
    parts = counted(inspection.parts(payload), f"mapping {file.name}", inspection.codec.parts)
    outcomes = [_apply(mapping, part) for part in parts]
    findings = [*inspection.findings, *(finding for one in outcomes for finding in one[2])]
    if as_json:
        print_document(
            [
                {"position": position, "result": result, "findings": [finding.as_dict() for finding in found]}
                for position, result, found in outcomes
            ]
        )
    else:
        for _, result, found in outcomes:
            if not errors_in(found):
                click.echo(result) if isinstance(result, str) else print_document(result)
        show_findings(findings)
    if errors_in(findings):
        sys.exit(FAILURES)


def _format(mapping: Mapping, registry: Registry[AnyCodecKind]) -> str | None:
    """The codec the mapping names (``x12`` of ``x12/850``); a contract (``order/v1``) is JSON."""
    first = (mapping.reads or "").partition("/")[0]
    return first if first in registry.names() else "json" if mapping.reads else None


def _apply(mapping: Mapping, part: Part) -> tuple[int, Document, tuple[Finding, ...]]:
    if errors_in(part.findings):
        return part.position, None, part.findings
    scope = Scope(id="map", route="map", now=datetime.now(UTC), headers=part.headers, place=part.place)
    try:
        return part.position, mapping.apply(part.document, scope), part.findings
    except Reject as error:
        return part.position, None, (*part.findings, *error.findings)
