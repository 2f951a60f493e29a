"""``crossdock hold``: messages that wait for a person."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, with_journal
from crossdock.cli.parked import show_item, show_list
from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Records
from crossdock.ops import parked

_STATES = (State.HELD,)


@click.group(short_help="Look at held messages; release or reject them.")
def hold() -> None:
    """Messages that a rule holds until a person decides.

    KEY is a message id or its beginning, or a business key such as an order number.
    """


@hold.command("list")
@click.option("--route", help="Only this route and its destinations.")
@click.option("--limit", default=100, show_default=True, help="Listed at most.")
@project_option
@json_option
def list_(route: str | None, limit: int, root: Path, as_json: bool) -> None:
    """List them, newest first."""
    with_journal(root, lambda engine, journal: show_list(parked.listed(journal, _STATES, route, limit), as_json))


@hold.command()
@click.argument("key")
@project_option
@json_option
def show(key: str, root: Path, as_json: bool) -> None:
    """Show which rule holds it, and what it is."""

    def shown(engine: object, journal: Records) -> None:
        for item in parked.found(journal, key, _STATES):
            show_item(journal, item, as_json)

    with_journal(root, shown)


@hold.command()
@click.argument("key")
@click.option("--reason", help="Why; kept with the message.")
@project_option
@json_option
def release(key: str, reason: str | None, root: Path, as_json: bool) -> None:
    """Let it go on, past the rules that hold it."""
    _decide(root, key, Event.RELEASE, reason, as_json)


@hold.command()
@click.argument("key")
@click.option("--reason", required=True, help="Why; kept with the message.")
@project_option
@json_option
def reject(key: str, reason: str, root: Path, as_json: bool) -> None:
    """Make it a dead letter."""
    _decide(root, key, Event.REJECT, reason, as_json)


def _decide(root: Path, key: str, event: Event, reason: str | None, as_json: bool) -> None:
    def decided(engine: object, journal: Records) -> int:
        return parked.decide(journal, parked.found(journal, key, _STATES), event, reason)

    count = with_journal(root, decided)
    what = "released" if event is Event.RELEASE else "rejected"
    print_json({what: count}) if as_json else click.echo(f"{count} {what}")
