"""``crossdock test``: the cases of routes and mappings."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project, project_option
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import counted
from crossdock.testing.cases import CaseResult, run_route_cases
from crossdock.testing.mapping_cases import run_mapping_cases
from crossdock.yaml_source import suggest


@click.command(short_help="Run the cases of routes and mappings.")
@click.argument("names", nargs=-1)
@click.option("--update-golden", is_flag=True, help="Write the expected files anew; read the diff before you commit.")
@project_option
@json_option
def test(names: tuple[str, ...], update_golden: bool, root: Path, as_json: bool) -> None:
    """Run the cases of the routes and mappings NAMES, or of all, with the engine on an in-memory bus and fake sinks.

    Exit 1 when a case fails. Nothing is sent anywhere.
    """
    opened = project(root, cases=True)
    _check_names(names, {*opened.routes, *opened.mappings})
    runs = (run(opened, names, rewrite=update_golden) for run in (run_mapping_cases, run_route_cases))
    results = list(counted(chain.from_iterable(runs), "testing", "cases"))
    failed = [result for result in results if result.problems]
    if as_json:
        print_json([_as_dict(result) for result in results])
    else:
        for result in results:
            _show(result)
        click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    if failed:
        sys.exit(FAILURES)


def _check_names(names: tuple[str, ...], known: set[str]) -> None:
    for name in names:
        if name not in known:
            hint = suggest(name, known)
            raise click.UsageError(f"there is no route or mapping '{name}'" + (f"; {hint}" if hint else ""))


def _as_dict(result: CaseResult) -> dict[str, object]:
    return {
        "name": result.name,
        "case": result.number,
        "about": result.about,
        "passed": not result.problems,
        "problems": list(result.problems),
    }


def _show(result: CaseResult) -> None:
    mark = click.style("FAIL", fg="red") if result.problems else click.style("ok", fg="green")
    click.echo(f"{mark:4} {result.name} #{result.number} {result.about}".rstrip())
    for problem in result.problems:
        click.echo("\n".join(f"     {line}" for line in problem.splitlines()))
