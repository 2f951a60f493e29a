"""``crossdock check``: every mistake in the project's files, all at once."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crossdock.cli.console import load, print_json, project_option, show_findings
from crossdock.cli.main import FAILURES, UNREACHABLE
from crossdock.errors import ConfigError, Finding, errors_in
from crossdock.route.load import LoadedProject, UnsoundError
from crossdock.yaml_source import suggest

if TYPE_CHECKING:
    from crossdock.ops.connections import Tried

TEXT, JSON, SARIF = "text", "json", "sarif"


def _explain(ctx: click.Context, param: click.Parameter, code: str | None) -> None:
    """Print the entry of a code and end, whatever else was asked."""
    if code is None or ctx.resilient_parsing:
        return
    from crossdock.ops.explained import catalogue, explained  # nobody else pays for reading the catalogue

    entries = catalogue()
    if code.upper() not in entries:
        close = suggest(code.upper(), entries)
        raise click.BadParameter(f"no finding has the code '{code}'" + (f"; {close}" if close else ""), ctx, param)
    click.echo(explained(entries[code.upper()]))
    ctx.exit()


@click.command(short_help="Find every mistake in the project's files.")
@project_option
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--connect", is_flag=True, help="Also try every connection, without side effects.")
@click.option("--format", "form", type=click.Choice([TEXT, JSON, SARIF]), default=TEXT, show_default=True)
@click.option("--json", "form", flag_value=JSON, help="Print JSON.")
@click.option(
    "--explain", metavar="CODE", is_eager=True, expose_value=False, callback=_explain, help="What a code means."
)
def check(root: Path, strict: bool, connect: bool, form: str) -> None:
    """Read everything in the project and report each mistake with file:line:column and a hint.

    Nothing is run, no file of yours is changed. Exit 1 when there are errors. With --connect each source and each destination
    is reached as well, and nothing is taken, made or sent there: exit 4 when the files are right and one cannot be.
    """
    gc.disable()  # a process that reads, tells and ends: looking for cycles would be a fifth of its time
    project, findings, counted = _findings(root)
    gc.enable()
    connections = _tried(project) if connect and project is not None else None
    _PRINT[form](root, findings, counted, connections)
    _refresh_names(root)
    if errors_in(findings) or (strict and findings):
        sys.exit(FAILURES)
    if connections is not None and errors_in(connections.findings):
        sys.exit(UNREACHABLE)


def _refresh_names(root: Path) -> None:
    """An editor proposes the names that there are by now."""
    if (root / ".crossdock/schemas").is_dir():
        from crossdock.ops.schemas.name_file import refresh_names  # nobody else pays for what it imports

        refresh_names(root)


def _print_text(root: Path, findings: tuple[Finding, ...], counted: str, connections: Tried | None) -> None:
    _show(root, findings, counted)
    if connections is not None:
        _show_connections(root, connections)


def _print_json(root: Path, findings: tuple[Finding, ...], counted: str, connections: Tried | None) -> None:
    told = {} if connections is None else {"connections": _as_dict(connections)}
    print_json({"findings": [finding.as_dict() for finding in findings], **told})


def _print_sarif(root: Path, findings: tuple[Finding, ...], counted: str, connections: Tried | None) -> None:
    from crossdock.ops.explained import catalogue
    from crossdock.ops.sarif import sarif

    told = (*findings, *(connections.findings if connections is not None else ()))
    print_json(sarif(told, _texts(root, told), catalogue(), version("crossdock")))


_PRINT = {TEXT: _print_text, JSON: _print_json, SARIF: _print_sarif}


def _texts(root: Path, findings: Iterable[Finding]) -> dict[str, str]:
    files = {finding.place.file for finding in findings if finding.place.file is not None}
    return {name: (root / name).read_text(errors="replace") for name in files if (root / name).is_file()}


def _show(root: Path, findings: tuple[Finding, ...], counted: str) -> None:
    show_findings(findings, root)
    errors, warnings = len(errors_in(findings)), len(findings) - len(errors_in(findings))
    told = f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
    click.echo(f"{counted}: {told}" if counted else told)


def _findings(root: Path) -> tuple[LoadedProject | None, tuple[Finding, ...], str]:
    """The project if it is sound, what is found, and what it was looked for in."""
    try:
        project = load(root, cases=True, documents=True)
    except UnsoundError as error:
        return None, error.findings, _parts(error.routes, error.mappings)
    except ConfigError as error:
        return None, error.findings, ""
    return project, project.warnings, _parts(len(project.routes), len(project.mappings))


def _parts(routes: int, mappings: int) -> str:
    """How many routes there are, or mappings where there are no routes."""
    return _counted(routes, "route") if routes else _counted(mappings, "mapping") if mappings else ""


def _tried(project: LoadedProject) -> Tried:
    from crossdock.connector import Surroundings
    from crossdock.ops.connections import tried

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
