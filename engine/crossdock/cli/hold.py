"""``crossdock hold``: messages that wait for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, with_journal
from crossdock.cli.parked import show_item, show_list
from crossdock.cli.progress import counted
from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Item, Records
from crossdock.ops import parked

_STATES = (State.HELD,)

route_option = click.option("--route", help="Only this route and its destinations.")
restored_option = click.option("--restored", is_flag=True, help="Only what came back held from a backup.")
all_option = click.option(
    "--all", "everything", is_flag=True, help="All of them, or all that --route and --restored say."
)


@click.group(short_help="Look at held messages; release, reject or discard them.")
def hold() -> None:
    """Messages that a rule holds until a person decides, and what came back from a backup.

    KEY is a message id or its beginning, or a business key such as an order number.
    """


@hold.command("list")
@route_option
@restored_option
@click.option("--limit", default=100, show_default=True, help="Listed at most.")
@project_option
@json_option
def list_(route: str | None, restored: bool, limit: int, root: Path, as_json: bool) -> None:
    """List them, newest first."""

    def listed(engine: object, journal: Records) -> None:
        show_list(list(islice(parked.held(journal, route, restored=restored), limit)), as_json)

    with_journal(root, listed, looks=True)


@hold.command()
@click.argument("key")
@project_option
@json_option
def show(key: str, root: Path, as_json: bool) -> None:
    """Show which rule holds it, and what it is."""

    def shown(engine: object, journal: Records) -> None:
        for item in parked.found(journal, key, _STATES):
            show_item(journal, item, as_json)

    with_journal(root, shown, looks=True)


@hold.command()
@click.argument("key", required=False)
@all_option
@route_option
@restored_option
@click.option("--reason", help="Why; kept with the message.")
@project_option
@json_option
def release(
    key: str | None, everything: bool, route: str | None, restored: bool, reason: str | None, root: Path, as_json: bool
) -> None:
    """Let it go on, past the rules that hold it."""
    _decide(root, _chosen(key, everything, route, restored), Event.RELEASE, reason, as_json)


@hold.command()
@click.argument("key", required=False)
@all_option
@route_option
@restored_option
@click.option("--reason", required=True, help="Why; kept with the message.")
@project_option
@json_option
def reject(
    key: str | None, everything: bool, route: str | None, restored: bool, reason: str, root: Path, as_json: bool
) -> None:
    """Make it a dead letter."""
    _decide(root, _chosen(key, everything, route, restored), Event.REJECT, reason, as_json)


@hold.command()
@click.argument("key", required=False)
@all_option
@route_option
@restored_option
@click.option("--reason", required=True, help="Why; kept with the message.")
@project_option
@json_option
def discard(
    key: str | None, everything: bool, route: str | None, restored: bool, reason: str, root: Path, as_json: bool
) -> None:
    """Give it up for good, such as what was delivered after the backup it came back from."""
    _decide(root, _chosen(key, everything, route, restored), Event.DISCARD, reason, as_json)


def _chosen(
    key: str | None, everything: bool, route: str | None, restored: bool
) -> Callable[[Records], Iterable[Item]]:
    if (key is None) != everything or (key is not None and (route is not None or restored)):
        raise click.UsageError("give either KEY, or --all with --route or --restored to narrow it down")
    if key is not None:
        return lambda journal: parked.found(journal, key, _STATES)
    return lambda journal: parked.held(journal, route, restored=restored)


_DONE = {Event.RELEASE: "released", Event.REJECT: "rejected", Event.DISCARD: "discarded"}


def _decide(
    root: Path, chosen: Callable[[Records], Iterable[Item]], event: Event, reason: str | None, as_json: bool
) -> None:
    def decided(engine: object, journal: Records) -> int:
        return parked.decide(journal, counted(chosen(journal), "deciding", "messages"), event, reason)

    count = with_journal(root, decided)
    print_json({_DONE[event]: count}) if as_json else click.echo(f"{count} {_DONE[event]}")
