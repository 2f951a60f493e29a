"""``crossdock run``: the supervisor with its processes, until told to stop or until nothing is waiting."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from crossdock.cli.beginning import beginning
from crossdock.cli.console import json_option, load, print_json, project_option, show_findings, table
from crossdock.cli.main import CONFIG, UNREACHABLE
from crossdock.delivery.states import State
from crossdock.errors import ConfigError, Finding, Halt, errors_in
from crossdock.journal.contract import Audit
from crossdock.ops.standstill import refuse_older
from crossdock.route.load import LoadedProject, UnsoundError
from crossdock.runtime.changing import Changes, ProjectFiles, loaded_from
from crossdock.runtime.engine import Engine
from crossdock.runtime.logs import set_up_logs
from crossdock.runtime.reloading import Reloading
from crossdock.runtime.roles import EVERY_ROLE, Role
from crossdock.runtime.succession import load_patiently
from crossdock.runtime.supervisor import AWAY_PATIENCE, Supervisor
from crossdock.runtime.whereabouts import behind_links, left_with_release


@click.command(short_help="Run the project.")
@project_option
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes; the project's setting otherwise.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE",
    callback=lambda context, option, given: _roles(given),
    help="Only this role: intake, worker, scheduler, http, or all. May be repeated, or be a list with commas.",
)
@click.option("--no-migrate", is_flag=True, help="Refuse a journal of an older version instead of bringing it up.")
@click.option("--watch", is_flag=True, help="Take up changes of the project's files while it runs.")
@click.option("--until-idle", is_flag=True, help="Stop, with exit code 0, once nothing is waiting.")
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=AWAY_PATIENCE,
    show_default=True,
    metavar="SECONDS",
    help="With --until-idle: when all that is left waits for destinations that are away, stop after so long, with "
    "exit code 4.",
)
@click.option("--verbose", "-v", is_flag=True, help="Log every arrival.")
@json_option
def run(  # noqa: PLR0913, PLR0917 - click passes one for each option
    root: Path,
    workers: int | None,
    roles: frozenset[Role],
    no_migrate: bool,
    watch: bool,
    until_idle: bool,
    patience: float,
    verbose: bool,
    as_json: bool,
) -> None:
    """Run sources, routes and deliveries until stopped with Ctrl-C or SIGTERM.

    Any number of runs may share a journal, on one machine or on many, each in the roles it is given. With --watch a
    changed file is checked and takes effect within seconds, without a pause; one with mistakes is refused, with its
    findings, and what was loaded goes on. SIGHUP does so once, and loads the code anew as well. Logs go to stderr as JSON
    lines. With --until-idle the counts and rates of this run are printed at the end.
    """
    set_up_logs(logging.INFO if verbose else logging.WARNING, sys.stderr)
    opened = _first(lambda: Engine(_runnable(behind_links(root)), os.environ, workers, roles, named=root), root)
    if no_migrate:
        refuse_older(opened)
    show_findings([*opened.project.warnings, *left_with_release(opened)], root)
    report = until_idle or as_json
    before, begun = _audit(opened) if report else None, time.monotonic()
    tell = _tell if sys.stderr.isatty() else lambda pending: None
    if roles == {Role.HTTP} and not opened.answering():
        hint = "a route with from: {http: {path: …}}, or health: 127.0.0.1:9480 in crossdock.yaml"
        raise Halt("E761", "the role http has nothing to answer", hint=hint)
    if errors := len(errors_in(opened.project.warnings)):
        click.secho(f"runs all the same, with {errors} of what crossdock check calls errors", fg="yellow", err=True)
    for line in beginning(opened, watched=watch):
        click.echo(line, err=True)
    reloading = None
    if watch:
        reloading = _watching(opened, lambda: Engine(load(behind_links(root)), os.environ, workers, roles, named=root))
    away = Supervisor(opened, reloading).run(until_idle=until_idle, patience=patience, tell=tell)
    if before is not None:
        _report(before, _audit(opened), _stuck(opened), away, time.monotonic() - begun, as_json)
    if away:
        sys.exit(UNREACHABLE)


def _runnable(root: Path) -> LoadedProject:
    """The project as it lies there. Raises ``ConfigError``.

    Where nothing is wrong but what check tells of documents, it runs: a check that has learnt something must not keep
    from starting what ran before.
    """
    try:
        return load(root, documents=True)
    except UnsoundError as error:
        if error.rest is None or not error.runs:
            raise
        return error.rest


def _first(loaded: Callable[[], Engine], root: Path) -> Engine:
    """What is run to begin with; the project's mistakes are shown and end the command."""
    try:
        return load_patiently(loaded, lambda error: show_findings(error.findings, root))
    except ConfigError as error:
        show_findings(error.findings, root)
        sys.exit(CONFIG)


def _watching(opened: Engine, loaded: Callable[[], Engine]) -> Reloading:
    root, project = opened.named, opened.project
    changes = Changes(ProjectFiles(root, project), loaded_from(project))
    return Reloading(changes, loaded, _Told(root), trial=lambda: load(behind_links(root), documents=True))


@dataclass(frozen=True, slots=True)
class _Told:
    """Tells of changes where findings are told."""

    root: Path

    def say(self, text: str) -> None:
        click.echo(text, err=True)

    def show(self, findings: Iterable[Finding]) -> None:
        show_findings(findings, self.root)


def _roles(given: tuple[str, ...]) -> frozenset[Role]:
    names = [name.strip() for text in given for name in text.split(",")]
    unknown = [name for name in names if name != "all" and name not in EVERY_ROLE]
    if unknown:
        raise click.BadParameter(f"there is no role '{unknown[0]}'; one of: {', '.join(Role)}, all")
    return EVERY_ROLE if not names or "all" in names else frozenset(map(Role, names))


def _tell(pending: int) -> None:
    """Progress on a terminal. Plain text: the supervisor forks, and must not have a thread that draws."""
    click.echo(f"\r{pending} to do\x1b[K", nl=False, err=True)
    if not pending:
        click.echo("\r\x1b[K", nl=False, err=True)


def _audit(opened: Engine) -> Audit:
    with closing(opened.open_journal()) as journal:
        return journal.audit()


def _stuck(opened: Engine) -> Mapping[str, int]:
    with closing(opened.open_journal()) as journal:
        return journal.stuck()


def _report(
    before: Audit, after: Audit, stuck: Mapping[str, int], away: Mapping[str, int], seconds: float, as_json: bool
) -> None:
    earlier = {one.queue: one for one in before.sums}
    queues = {
        one.queue: {
            "posted": one.posted - (earlier[one.queue].posted if one.queue in earlier else 0),
            "states": {str(state): count for state, count in one.states.items()},
        }
        for one in after.sums
    }
    delivered = {one.queue: _delivered(one.queue, before, after) for one in after.sums}
    if as_json:
        print_json(
            {
                "seconds": round(seconds, 3),
                "accepted": after.accepted - before.accepted,
                "balanced": after.balanced,
                "queues": queues,
                "stuck": stuck,
                "away": away,
                "rates": {queue: round(count / seconds, 1) for queue, count in delivered.items()},
            }
        )
        return
    rows = [
        (queue, str(delivered[queue]), f"{delivered[queue] / seconds:.0f}", _rest(before, after, queue))
        for queue in queues
    ]
    table(("queue", "delivered", "per second", "not delivered"), rows, right=frozenset({1, 2}))
    click.echo(f"{after.accepted - before.accepted} accepted, {seconds:.1f} s")
    for queue, count in stuck.items():
        click.echo(f"{queue}: {count} wait in their order behind a message that is held or in doubt, for a person")
    for queue, count in away.items():
        click.secho(f"{queue}: {count} wait for this destination, which is away: crossdock breaker list", fg="red")


def _delivered(queue: str, before: Audit, after: Audit) -> int:
    def count(audit: Audit) -> int:
        return sum(one.states.get(State.DELIVERED, 0) for one in audit.sums if one.queue == queue)

    return count(after) - count(before)


def _rest(before: Audit, after: Audit, queue: str) -> str:
    """What this run brought into other states, and what still waits."""
    earlier, now = _states(before, queue), _states(after, queue)
    changed = {state: now.get(state, 0) - earlier.get(state, 0) for state in State if state is not State.DELIVERED}
    return ", ".join(f"{count} {state}" for state, count in changed.items() if count > 0)


def _states(audit: Audit, queue: str) -> Mapping[State, int]:
    return next((one.states for one in audit.sums if one.queue == queue), {})
