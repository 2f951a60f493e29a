"""``crossdock test``: the cases of routes and mappings."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project, project_option
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import counted
from crossdock.cli.retest import retest
from crossdock.cli.tested import as_dict, diff, show, show_coverage
from crossdock.errors import ConfigError
from crossdock.route.load import LoadedProject
from crossdock.route.settings import load_settings
from crossdock.testing.coverage import Coverage, Watching
from crossdock.testing.expectation import Golden
from crossdock.testing.junit import junit
from crossdock.testing.results import CaseResult
from crossdock.testing.runner import Case, Runner, fitting_jobs, listed, unknown
from crossdock.yaml_source import suggest


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for on the command line. ``least`` is a percentage; None asks for no coverage."""

    names: tuple[str, ...]
    root: Path
    jobs: int | None
    least: float | None
    update: bool
    yes: bool
    report: Path | None
    as_json: bool


@click.command(short_help="Run the cases of routes and mappings.")
@click.argument("names", nargs=-1)
@click.option("--update-golden", is_flag=True, help="Show how expected files differ from what came, and write them.")
@click.option("--yes", is_flag=True, help="With --update-golden, write without asking.")
@click.option("--coverage", is_flag=True, help="Show what no case comes to: routes, branches, fields, agreements.")
@click.option("--coverage-min", type=click.FloatRange(0, 100), help="Fail below so many percent; implies --coverage.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes; as many as it pays for if not said.")
@click.option("--junit", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML here.")
@click.option("--watch", is_flag=True, help="Go on, and run again what a changed file concerns, until Ctrl-C.")
@project_option
@json_option
def test(  # noqa: PLR0913, PLR0917 - click hands each over by its name
    names: tuple[str, ...],
    update_golden: bool,
    yes: bool,
    coverage: bool,
    coverage_min: float | None,
    jobs: int | None,
    report: Path | None,
    watch: bool,
    root: Path,
    as_json: bool,
) -> None:
    """Run the cases of the routes and mappings NAMES, or of all, with the engine on an in-memory bus and fake sinks.

    A NAME may be a pattern ('orders-*') or one case ('orders-in#2'). Exit 1 when a case fails, or when the coverage of
    all cases is below the minimum (--coverage-min, or `test: {coverage: 80}` in crossdock.yaml). Nothing is sent anywhere.
    """
    if watch and (as_json or update_golden or report):
        raise click.UsageError("--watch goes with none of --json, --junit and --update-golden")
    if update_golden and as_json and not yes:
        raise click.UsageError("--update-golden with --json asks nobody: say --yes")
    least = coverage_min if coverage_min is not None else _least(root, names, wanted=coverage)
    wish = _Wish(names, root, jobs, least, update_golden, yes, report, as_json)
    with _quietly():
        if watch:
            retest(root, lambda opened: _check_names(opened, names), names, jobs)
        elif not _once(wish):
            sys.exit(FAILURES)


@contextmanager
def _quietly() -> Iterator[None]:
    """What the engine warns of is what a case is about, and not for its log."""
    logger = logging.getLogger("crossdock")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _least(root: Path, names: tuple[str, ...], *, wanted: bool) -> float | None:
    """The minimum that the settings name, for who runs everything."""
    try:
        configured = load_settings(root, os.environ).test.coverage
    except ConfigError:
        configured = 0.0  # told when the project is loaded
    if names:
        return 0.0 if wanted else None
    return configured if wanted or configured else None


def _once(wish: _Wish) -> bool:
    """Run and show; whether all is well."""
    watching = Watching()
    opened = project(wish.root, cases=True, watch=watching if wish.least is not None else None)
    _check_names(opened, wish.names)
    runner, cases = Runner(opened, watching), listed(opened, wish.names)
    results = _results(runner, cases, wish.jobs)
    if wish.update:
        results = _updated(runner, cases, results, yes=wish.yes)
    covered = runner.coverage() if wish.least is not None else None
    if wish.report is not None:
        wish.report.write_bytes(junit(results))
    (_print if wish.as_json else _show)(results, covered)
    return _is_enough(covered, wish.least) and not any(result.problems for result in results)


def _results(runner: Runner, cases: Sequence[Case], jobs: int | None) -> list[CaseResult]:
    results = runner.run(cases, jobs or fitting_jobs(len(cases)))
    return list(counted(results, "testing", "cases"))


def _check_names(opened: LoadedProject, names: tuple[str, ...]) -> None:
    for name in unknown(opened, names):
        known = {*opened.routes, *opened.mappings}
        wanted = name.partition("#")[0]
        if wanted in known:
            count = len(listed(opened, (wanted,)))
            raise click.UsageError(f"there is no case '{name}'; cases of '{wanted}': {count}")
        hint = suggest(wanted, known)
        raise click.UsageError(f"there is no route or mapping '{name}'" + (f"; {hint}" if hint else ""))


def _is_enough(covered: Coverage | None, least: float | None) -> bool:
    if covered is None or least is None or covered.share().percent >= least:
        return True
    click.secho(f"coverage is {covered.share().percent:.1f} %, below {least:g} %", fg="red", err=True)
    return False


def _print(results: Sequence[CaseResult], covered: Coverage | None) -> None:
    told: dict[str, object] = {"cases": [as_dict(result) for result in results]}
    print_json(told if covered is None else {**told, "coverage": covered.as_dict()})


def _show(results: Sequence[CaseResult], covered: Coverage | None) -> None:
    for result in results:
        show(result)
    failed = sum(bool(result.problems) for result in results)
    if covered is not None:
        show_coverage(covered)
        click.echo()
    click.echo(f"{len(results) - failed} passed, {failed} failed")


def _updated(runner: Runner, cases: Sequence[Case], results: Sequence[CaseResult], *, yes: bool) -> list[CaseResult]:
    """Write the expected files that are not as what came, once a person has seen how; their results after that."""
    goldens = {golden.path: golden for result in results for golden in result.goldens}
    for golden in goldens.values():
        diff(golden.diff)
    if not goldens or not (yes or _agreed(goldens.values())):
        return list(results)
    for golden in goldens.values():
        golden.write(runner.project.root)
    concerned = [case for case, result in zip(cases, results, strict=True) if result.goldens]
    again = {result.id: result for result in runner.run(concerned)}
    return [again.get(result.id, result) for result in results]


def _agreed(goldens: Iterable[Golden]) -> bool:
    count = len(list(goldens))
    return click.confirm(f"write {count} file{'' if count == 1 else 's'}?", err=True)
