"""``crossdock notes``: what connectors noted down, and setting it back by hand."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, table, with_journal
from crossdock.journal.notebook import DECISIONS, DEPLOYED, Notebook
from crossdock.ops import noted
from crossdock.ops.noted import moment
from crossdock.runtime.engine import Engine

_reason = click.option("--reason", required=True, help="Why; shown by 'crossdock notes decisions'.")
_limit = click.option("--limit", default=100, show_default=True, help="Shown at most.")


@click.group(short_help="Look at what connectors noted down: how far a source has come; set it back.")
def notes() -> None:
    """What connectors keep in the journal: watermarks, ETags, files that were seen and left where they are.

    PLACE is a route for its source, or a destination as status shows it, such as orders-to-erp/http.
    """


@notes.command("list")
@project_option
@json_option
def list_(root: Path, as_json: bool) -> None:
    """List the places that have notes."""

    def listed(engine: Engine, journal: Notebook) -> None:
        found = [place for place in journal.places() if place.name not in {DECISIONS, DEPLOYED}]
        if as_json:
            print_json([{"place": one.name, "notes": one.notes, "newest": moment(one.newest)} for one in found])
            return
        rows = [(one.name, str(one.notes), moment(one.newest)) for one in found]
        table(("place", "notes", "newest"), rows, right=frozenset({1}))

    with_journal(root, listed, looks=True)


@notes.command()
@click.argument("place")
@click.option("--after", default="", help="Only notes whose key comes behind this one.")
@_limit
@project_option
@json_option
def show(place: str, after: str, limit: int, root: Path, as_json: bool) -> None:
    """Show the notes of a place, by key."""

    def shown(engine: Engine, journal: Notebook) -> None:
        found = journal.noted(place, after=after, limit=limit)
        if as_json:
            print_json([noted.shown(note) for note in found])
            return
        table(("key", "text", "written or read"), [(note.key, note.text, moment(note.at)) for note in found])

    with_journal(root, shown, looks=True)


@notes.command("set")
@click.argument("place")
@click.argument("key")
@click.argument("text")
@_reason
@project_option
@json_option
def set_(place: str, key: str, text: str, reason: str, root: Path, as_json: bool) -> None:
    """Note something by hand: a source goes on from there. Stop its route first, or restart crossdock run after it."""

    def written(engine: Engine, journal: Notebook) -> int:
        return noted.change(journal, place, {key: text}, reason, engine.clock.now())

    changed = with_journal(root, written)
    print_json({"changed": changed}) if as_json else click.echo(f"{changed} notes of {place} changed")


@notes.command()
@click.argument("place")
@click.argument("keys", metavar="[KEY]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All notes of the place.")
@_reason
@project_option
@json_option
def forget(place: str, keys: tuple[str, ...], everything: bool, reason: str, root: Path, as_json: bool) -> None:
    """Forget notes: a source begins anew. What it brings again is known by its identity, and taken once."""
    if bool(keys) == everything:
        raise click.UsageError("name the notes to forget, or give --all")

    def forgotten(engine: Engine, journal: Notebook) -> int:
        if everything:
            return noted.forget_all(journal, place, reason, engine.clock.now())
        return noted.change(journal, place, dict.fromkeys(keys), reason, engine.clock.now())

    count = with_journal(root, forgotten)
    print_json({"forgotten": count}) if as_json else click.echo(f"{count} notes of {place} forgotten")


@notes.command()
@project_option
@json_option
def decisions(root: Path, as_json: bool) -> None:
    """Show what people changed, and why."""

    def told(engine: Engine, journal: Notebook) -> None:
        found = noted.decisions(journal)
        if as_json:
            print_json(found)
            return
        rows = [
            (str(one["at"]), str(one["place"]), str(one["reason"]), str(one["was"]), str(one["is"])) for one in found
        ]
        table(("at", "place", "reason", "was", "is"), rows)

    with_journal(root, told, looks=True)
