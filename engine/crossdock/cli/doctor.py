"""``crossdock doctor``: what is wrong with the project, its machine and its servers, and how to mend it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from crossdock.cli.console import json_option, load, print_json, project_option
from crossdock.cli.main import FAILURES
from crossdock.errors import CrossdockError, Finding, Severity
from crossdock.ops.doctor.checks import CHECKS
from crossdock.ops.doctor.examination import Patient, examine
from crossdock.runtime.engine import Engine

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


@click.command(short_help="Find what is wrong, and how to mend it.")
@project_option
@json_option
def doctor(root: Path, as_json: bool) -> None:
    """Look at the project, the machine, the journal, the servers and the work, and say what is wrong.

    It changes nothing, works while crossdock runs, and is done in ten seconds whatever hangs. Exit code 1 when
    something must be mended; warnings and notes do not change it.
    """
    report = examine(_patient(root), CHECKS)
    if as_json:
        print_json(report.as_dict())
    else:
        for finding in report.findings:
            _show(finding)
        if report.passed:
            click.echo(f"{click.style('well', fg='green')}: {', '.join(report.passed)}")
        for why, names in _by_reason(report.unseen).items():
            click.echo(f"not looked at, {why}: {', '.join(names)}")
    sys.exit(0 if report.well else FAILURES)


def _patient(root: Path) -> Patient:
    try:
        project = load(root)
    except CrossdockError as error:
        own = Finding(code=error.code, message=error.message, hint=error.hint)
        return Patient(root=root, environment=os.environ, mistakes=error.findings or (own,))
    return Patient(root=root, environment=os.environ, engine=Engine(project, os.environ))


def _by_reason(unseen: Mapping[str, str]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for name, why in unseen.items():
        reasons.setdefault(why, []).append(name)
    return reasons


def _show(finding: Finding) -> None:
    place = f" ({finding.place})" if str(finding.place) else ""
    click.echo(
        f"{click.style(finding.severity, fg=_COLOURS[finding.severity])} {finding.code} {finding.message}{place}"
    )
    if finding.hint:
        click.echo(f"      {finding.hint}")
