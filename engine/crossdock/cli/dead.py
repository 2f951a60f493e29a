"""``crossdock dead``: look at dead letters; replay, mend or give them up."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, with_journal
from crossdock.cli.parked import show_item, show_list, show_refusals
from crossdock.cli.progress import counted
from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Item, Journal, Query
from crossdock.message import read_all
from crossdock.ops import parked
from crossdock.runtime.engine import Engine

_STATES = (State.DEAD, State.DOUBT)
reason_option = click.option("--reason", help="Why; kept with the message.")


@click.group(short_help="Look at dead letters; replay, edit or discard them.")
def dead() -> None:
    """Messages a route gave up on, and deliveries whose outcome nobody knows.

    KEY is a message id or its beginning, or a business key such as an order number.
    """


@dead.command("list")
@click.option("--route", help="Only this route and its destinations.")
@click.option("--refused", is_flag=True, help="What sources brought that was not let in at all, instead.")
@click.option("--limit", default=100, show_default=True, help="Listed at most.")
@project_option
@json_option
def list_(route: str | None, refused: bool, limit: int, root: Path, as_json: bool) -> None:
    """List them, newest first.

    What is refused is no message: nothing of it is kept but when, from where and why. It stays with its source.
    """

    def listed(engine: Engine, journal: Journal) -> None:
        if refused:
            show_refusals(parked.refused(journal, route, limit), as_json)
        else:
            show_list(parked.listed(journal, _STATES, route, limit), as_json)

    with_journal(root, listed, looks=True)


@dead.command()
@click.argument("key")
@click.option("--payload", is_flag=True, help="Print the payload alone, to mend it in a file.")
@project_option
@json_option
def show(key: str, payload: bool, root: Path, as_json: bool) -> None:
    """Show why it failed, every attempt, and the payload as it came."""

    def shown(engine: Engine, journal: Journal) -> None:
        for item in parked.found(journal, key, _STATES):
            if payload:
                sys.stdout.buffer.write(read_all(item.message.body))
            else:
                show_item(journal, item, as_json)

    with_journal(root, shown, looks=True)


@dead.command()
@click.argument("key", required=False)
@click.option("--route", help="Everything dead of this route and its destinations.")
@reason_option
@project_option
@json_option
def replay(key: str | None, route: str | None, reason: str | None, root: Path, as_json: bool) -> None:
    """Try again, with the same ids and keys: what was delivered already is not delivered twice.

    A delivery in doubt is sent again too; that is your decision that it did not happen.
    """

    def replayed(engine: Engine, journal: Journal) -> None:
        items = _chosen(journal, key, route)
        count = parked.decide(journal, counted(items, "replaying", "messages"), Event.RELEASE, reason)
        _told("replayed", count, as_json)

    with_journal(root, replayed)


@dead.command()
@click.argument("key")
@click.option(
    "--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The mended payload."
)
@reason_option
@project_option
@json_option
def edit(key: str, file: Path | None, reason: str | None, root: Path, as_json: bool) -> None:
    """Mend the payload and send it again; in your editor, unless --file brings it mended.

    The original is kept: the new message names it as its parent.
    """

    def edited(engine: Engine, journal: Journal) -> None:
        items = parked.found(journal, key, (State.DEAD,))
        if len(items) > 1:
            raise click.UsageError(f"'{key}' names {len(items)} dead letters; use a message id")
        payload = file.read_bytes() if file else _in_editor(items[0])
        if payload is None:
            click.echo("not changed")
            return
        id = parked.edit(journal, items[0], payload, engine.new_id(), reason or "edited")
        print_json({"id": id}) if as_json else click.echo(f"{id} sent in its place")

    with_journal(root, edited)


@dead.command()
@click.argument("key", required=False)
@click.option("--route", help="Everything dead of this route and its destinations.")
@click.option("--delivered", is_flag=True, help="For a delivery in doubt: it did happen.")
@click.option("--reason", required=True, help="Why; kept with the message.")
@project_option
@json_option
def discard(key: str | None, route: str | None, delivered: bool, reason: str, root: Path, as_json: bool) -> None:
    """Give up for good. The message and your reason stay in the journal until retention."""

    def discarded(engine: Engine, journal: Journal) -> None:
        items = (one for one in _chosen(journal, key, route) if not delivered or one.state is State.DOUBT)
        event, done = (Event.CONFIRM, "confirmed") if delivered else (Event.DISCARD, "discarded")
        _told(done, parked.decide(journal, counted(items, "deciding", "messages"), event, reason), as_json)

    with_journal(root, discarded)


def _chosen(journal: Journal, key: str | None, route: str | None) -> Iterable[Item]:
    if (key is None) == (route is None):
        raise click.UsageError("give either KEY or --route")
    if key is not None:
        return parked.found(journal, key, _STATES)
    return parked.every(journal, Query(states=_STATES, route=route))


def _told(what: str, count: int, as_json: bool) -> None:
    if as_json:
        print_json({what: count})
    else:
        click.echo(f"{count} {what}")


def _in_editor(item: Item) -> bytes | None:
    """The payload as the person's editor leaves it; None when it was not changed."""
    before = read_all(item.message.body).decode("utf-8", "surrogateescape")
    after = click.edit(before, require_save=False)
    return None if after is None or after == before else after.encode("utf-8", "surrogateescape")
