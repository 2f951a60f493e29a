"""``crossdock move``: the journal from one engine to another."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from dataclasses import replace as changed
from functools import partial
from pathlib import Path

import click
from pydantic import SecretStr

from crossdock.cli.console import engine, json_option, print_json, project_option
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import progress
from crossdock.journal.contract import Audit
from crossdock.ops.backup import move as move_journal
from crossdock.ops.backup import same
from crossdock.ops.standstill import refuse_others, standstill
from crossdock.runtime.engine import Engine


@click.command(short_help="Move the journal to another engine, as it is.")
@click.option(
    "--to",
    "to",
    envvar="CROSSDOCK_MOVE_TO",
    help="The new journal, as the setting 'journal' has it; also in the environment as CROSSDOCK_MOVE_TO.",
)
@click.option("--replace", is_flag=True, help="Put it in place of everything that is in the new journal now.")
@click.option("--cancel", is_flag=True, help="The move is not to be: let the project run on this journal again.")
@project_option
@json_option
def move(to: str | None, replace: bool, cancel: bool, root: Path, as_json: bool) -> None:
    """Move a stopped project's journal, such as from SQLite to PostgreSQL or back, with work in every state as it is.

    The new journal must be empty. The old one keeps everything, and notes that nothing may run on it any more. A move
    that was killed is done by saying it again; --cancel takes the note away, and is right only where nothing has run on
    the new journal.
    """
    if (to is None) != cancel:
        raise click.UsageError("give either --to or --cancel")
    source = engine(root)
    if to is None:
        _cancel(source, as_json)
        return
    target = _with_journal(source, to)
    with progress("moving the journal"):
        before, after = _moved(source, target, replace=replace)
    if as_json:
        print_json({"accepted": after.accepted, "same": same(before, after), "balanced": after.balanced})
    else:
        work = sum(sum(one.states.values()) for one in after.sums)
        click.echo(f"{work} pieces of work moved; the audit is {'the same' if same(before, after) else 'NOT the same'}")
        click.echo("now set 'journal' in crossdock.yaml, or CROSSDOCK_JOURNAL, to the new one")
    if not (same(before, after) and after.balanced):
        sys.exit(FAILURES)


def _cancel(source: Engine, as_json: bool) -> None:
    with closing(source.open_journal()) as journal:
        where = journal.retired()
        journal.retire(None)
    print_json({"cancelled": where}) if as_json else click.echo(
        f"not moved to {where}" if where else "it was not moved"
    )


def _with_journal(source: Engine, to: str) -> Engine:
    """The same project with another journal."""
    settings = source.project.settings.model_copy(update={"journal": SecretStr(to)})
    return Engine(changed(source.project, settings=settings), os.environ, source.workers)


def _moved(source: Engine, target: Engine, *, replace: bool) -> tuple[Audit, Audit]:
    with (
        closing(source.open_journal()) as old,
        standstill(source, old),
        closing(target.open_journal()) as new,
        standstill(target, new),
    ):
        alone = partial(refuse_others, source, old)
        return move_journal(old, new, where=place_of(target), replace=replace, alone=alone)


def place_of(engine: Engine) -> str:
    """Where the journal of an engine is, without its password."""
    journal = engine.project.settings.journal.get_secret_value()
    if "://" not in journal:
        return journal
    from crossdock.postgres.address import address_of  # its driver is there: the journal is open

    return f"postgresql://{address_of(journal)}"
