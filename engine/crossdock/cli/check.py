"""``crossdock check``: every mistake in the project's files, all at once."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from crossdock.cli.console import json_option, load, print_json, project_option, show_findings
from crossdock.cli.main import FAILURES, UNREACHABLE
from crossdock.connector import Surroundings
from crossdock.errors import ConfigError, Finding, errors_in
from crossdock.ops.connections import Tried, tried
from crossdock.route.load import LoadedProject


@click.command(short_help="Find every mistake in the project's files.")
@project_option
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--connect", is_flag=True, help="Also try every connection, without side effects.")
@json_option
def check(root: Path, strict: bool, connect: bool, as_json: bool) -> None:
    """Read everything in the project and report each mistake with file:line:column and a hint.

    Nothing is run and nothing is changed. Exit 1 when there are errors. With --connect each source and each destination
    is reached as well, and nothing is taken, made or sent there: exit 4 when the files are right and one cannot be.
    """
    project, findings = _findings(root)
    connections = _tried(project) if connect and project is not None else None
    if as_json:
        told = {} if connections is None else {"connections": _as_dict(connections)}
        print_json({"findings": [finding.as_dict() for finding in findings], **told})
    else:
        _show(root, findings, 0 if project is None else len(project.routes))
        if connections is not None:
            _show_connections(root, connections)
    if errors_in(findings) or (strict and findings):
        sys.exit(FAILURES)
    if connections is not None and errors_in(connections.findings):
        sys.exit(UNREACHABLE)


def _show(root: Path, findings: tuple[Finding, ...], count: int) -> None:
    show_findings(findings, root)
    errors, warnings = len(errors_in(findings)), len(findings) - len(errors_in(findings))
    told = _counted(errors, "error")
    told += f", {_counted(warnings, 'warning')}" if count else ""
    click.echo(f"{_counted(count, 'route')}: {told}" if count else told)


def _findings(root: Path) -> tuple[LoadedProject | None, tuple[Finding, ...]]:
    try:
        project = load(root, cases=True)
    except ConfigError as error:
        return None, error.findings
    return project, project.warnings


def _tried(project: LoadedProject) -> Tried:
    return tried(project, lambda name: Surroundings(root=project.root, name=name, now=lambda: datetime.now(UTC)))


def _show_connections(root: Path, connections: Tried) -> None:
    show_findings(connections.findings, root)
    for name in connections.reached:
        click.echo(f"{click.style('reached', fg='green')}: {name}")
    for name, why in connections.untried.items():
        click.echo(f"not tried: {name}: {why}")


def _as_dict(connections: Tried) -> dict[str, object]:
    return {
        "findings": [finding.as_dict() for finding in connections.findings],
        "reached": list(connections.reached),
        "not_tried": dict(connections.untried),
    }


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
