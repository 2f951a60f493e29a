"""``crossdock export``: messages as lines of JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, with_journal
from crossdock.cli.progress import progress
from crossdock.delivery.states import State
from crossdock.ops.exporting import Wanted
from crossdock.ops.exporting import export as export_messages


class Moment(click.ParamType[float]):
    """A date or a moment as RFC 3339 has it; UTC where it has no offset."""

    name = "moment"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Unix seconds."""
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is no date or moment such as 2026-11-20 or 2026-11-20T09:30:00+01:00", param, ctx)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


@click.command(short_help="Write messages to a file, as lines of JSON.")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--route", help="Only what is in the queues of this route and its destinations.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in State]),
    help="Only in this state; repeatable.",
)
@click.option("--since", type=Moment(), help="Only what came into its queue then or later.")
@click.option("--until", type=Moment(), help="Only what came into its queue before.")
@project_option
@json_option
def export(  # noqa: PLR0913, PLR0917 - click hands each over by its name
    keys: tuple[str, ...],
    file: Path,
    route: str | None,
    states: tuple[State, ...],
    since: float | None,
    until: float | None,
    root: Path,
    as_json: bool,
) -> None:
    """Write messages with payload, headers, lineage and what became of them to FILE, one JSON object a line.

    KEY is a message id or its beginning, or a business key; without one, all that the options leave. At least one of
    them narrows it down: crossdock backup is for everything.
    """
    if not (keys or route or states or since or until):
        raise click.UsageError("say which: a KEY, --route, --state, --since or --until")
    wanted = Wanted(keys=keys, route=route, states=tuple(map(State, states)), since=since, until=until)
    with progress("writing messages"):
        count = with_journal(root, lambda engine, journal: export_messages(journal, wanted, file), looks=True)
    print_json({"exported": count}) if as_json else click.echo(f"{count} messages in {file}")
