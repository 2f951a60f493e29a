"""``crossdock restore``: a backup into the journal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from crossdock.cli.backup import manifest_dict
from crossdock.cli.console import json_option, print_json, project_option, with_journal
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import progress
from crossdock.journal.contract import Audit
from crossdock.journal.portable import PortableJournal
from crossdock.ops.backup import Restored
from crossdock.ops.backup import restore as restore_backup
from crossdock.ops.standstill import standstill
from crossdock.runtime.engine import Engine


@click.command(short_help="Load a backup; what was open comes back held.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in place of everything that is in the journal now.")
@click.option("--as-is", is_flag=True, help="Nothing happened since the backup: let open work go on by itself.")
@click.option("--ahead", type=click.IntRange(min=0), default=0, help="Control numbers go on so many further on.")
@click.option("--other-project", is_flag=True, help="Also a backup of a project of another name.")
@project_option
@json_option
def restore(file: Path, replace: bool, as_is: bool, ahead: int, other_project: bool, root: Path, as_json: bool) -> None:
    """Load FILE into an empty journal, wholly or not at all, while the project is stopped.

    What was waiting or under way when the backup was taken may have been delivered since. It comes back held, for
    people to decide: crossdock hold list --restored.

    Control numbers go on where they stood then, and partners have seen those that were given since. Unless you set each
    (crossdock partner numbers --set), go --ahead by more than can have been given: partners bear a gap.
    """
    if as_is and ahead:
        raise click.UsageError("--as-is says that no number was given since; leave --ahead out")

    def restored(engine: Engine, journal: PortableJournal) -> tuple[Restored, Audit]:
        project = None if other_project else engine.project.settings.name
        with standstill(engine, journal):
            now = engine.clock.now()
            done = restore_backup(journal, file, project=project, now=now, replace=replace, as_is=as_is, ahead=ahead)
            return done, journal.audit()

    with progress("loading the backup"):
        done, audit = with_journal(root, restored)
    _report(done, audit, as_json)
    if not as_json and not as_is:
        _tell_of_numbers(done.manifest.records.get("counter", 0), ahead)
    if not audit.balanced:
        sys.exit(FAILURES)


def _tell_of_numbers(series: int, ahead: int) -> None:
    """What partners have seen meanwhile, nobody here knows."""
    if series and ahead:
        click.echo(f"{series} series of control numbers go on {ahead} further than they stood then")
    elif series:
        click.secho(
            f"{series} series of control numbers stand where they stood then: before anything is sent, see and set them "
            "(crossdock partner numbers), or restore with --ahead",
            fg="yellow",
        )


def _report(done: Restored, audit: Audit, as_json: bool) -> None:
    held: Mapping[str, int] = {str(state): count for state, count in sorted(done.held.items())}
    if as_json:
        print_json({"balanced": audit.balanced, "open": held, "backup": manifest_dict(done.manifest)})
        return
    click.echo(
        f"{done.manifest.records.get('message', 0)} messages as of {done.manifest.taken.isoformat(timespec='milliseconds')}; "
        + (click.style("balanced", fg="green") if audit.balanced else click.style("NOT balanced", fg="red"))
    )
    if held:
        told = ", ".join(f"{count} {state}" for state, count in held.items())
        click.echo(f"open then, and now for you to decide: {told} (crossdock hold list --restored)")
