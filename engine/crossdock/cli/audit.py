"""``crossdock audit``: the proof that nothing is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, table, with_journal
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import progress
from crossdock.delivery.states import State
from crossdock.journal.contract import Audit


@click.command(short_help="Prove that nothing is lost.")
@project_option
@json_option
def audit(root: Path, as_json: bool) -> None:
    """Count every message that was ever accepted and where it is now; exit 1 when the sum is not right.

    For each queue: what was posted to it = what is in some state + what retention has purged. The journal file, the
    lineage of split files and the stored payloads are checked too.
    """
    with progress("counting every message"):
        account = with_journal(root, lambda engine, journal: journal.audit(), looks=True)
    if as_json:
        print_json(_as_dict(account))
    else:
        _show(account)
    if not account.balanced:
        sys.exit(FAILURES)


def _as_dict(account: Audit) -> dict[str, object]:
    return {
        "balanced": account.balanced,
        "accepted": account.accepted,
        "queues": {
            one.queue: {
                "posted": one.posted,
                "purged": one.purged,
                "balanced": one.balanced,
                "states": {str(state): count for state, count in one.states.items()},
            }
            for one in account.sums
        },
        "damage": [{"what": one.what, "message": one.message} for one in account.damage],
    }


def _show(account: Audit) -> None:
    states = [state for state in State if any(one.states.get(state) for one in account.sums)]
    heads = ("queue", "posted", *(str(state) for state in states), "purged", "")
    rows = [
        (
            one.queue,
            str(one.posted),
            *(str(one.states.get(state, 0)) for state in states),
            str(one.purged),
            "=" if one.balanced else click.style("≠", fg="red"),
        )
        for one in account.sums
    ]
    table(heads, rows, right=frozenset(range(1, len(heads) - 1)))
    for damage in account.damage:
        click.secho(f"damage: {damage.what}: {damage.message}", fg="red")
    verdict = click.style("balanced", fg="green") if account.balanced else click.style("NOT balanced", fg="red")
    click.echo(f"{account.accepted} accepted from outside; {verdict}")
