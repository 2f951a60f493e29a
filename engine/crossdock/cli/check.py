"""``crossdock check``: every mistake in the project's files, all at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crossdock.cli.console import json_option, load, print_json, project_option, show_findings
from crossdock.cli.main import FAILURES
from crossdock.errors import ConfigError, Finding, errors_in


@click.command(short_help="Find every mistake in the project's files.")
@project_option
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@json_option
def check(root: Path, strict: bool, as_json: bool) -> None:
    """Read everything in the project and report each mistake with file:line:column and a hint.

    Nothing is run and nothing is changed. Exit 1 when there are errors.
    """
    findings, count = _findings(root)
    if as_json:
        print_json({"findings": [finding.as_dict() for finding in findings]})
    else:
        show_findings(findings, root)
        errors, warnings = len(errors_in(findings)), len(findings) - len(errors_in(findings))
        told = _counted(errors, "error")
        told += f", {_counted(warnings, 'warning')}" if count else ""
        click.echo(f"{_counted(count, 'route')}: {told}" if count else told)
    if errors_in(findings) or (strict and findings):
        sys.exit(FAILURES)


def _findings(root: Path) -> tuple[tuple[Finding, ...], int]:
    try:
        project = load(root, cases=True)
    except ConfigError as error:
        return error.findings, 0
    return project.warnings, len(project.routes)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
