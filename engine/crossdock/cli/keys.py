"""``crossdock keys``: who may send to the addresses of routes with an API key."""

from __future__ import annotations

import time
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, table, with_journal
from crossdock.connector.amounts import per_second, seconds
from crossdock.front.api_keys import ApiKey
from crossdock.journal.portable import PortableJournal
from crossdock.ops import keys as ops
from crossdock.ops.keys import Terms
from crossdock.runtime.engine import Engine

GRACE = "7d"


@click.group(short_help="API keys of who sends over HTTP.")
def keys() -> None:
    """Make, list, rotate and revoke API keys. They are kept in the journal, as hashes; a key is shown once.

    A running crossdock knows of a change within two seconds, on every machine that shares the journal.
    """


@keys.command(short_help="Make a key.")
@click.argument("owner")
@click.option("--route", "routes", multiple=True, help="Only for this route. May be repeated.")
@click.option("--partner", help="What comes with it is of this trading partner.")
@click.option("--expires", metavar="TIME", help="How long it counts, such as 90d. Without it, until it is revoked.")
@click.option("--rate", metavar="RATE", help="What its owner may send, such as 100/s.")
@project_option
@json_option
def create(
    owner: str,
    routes: tuple[str, ...],
    partner: str | None,
    expires: str | None,
    rate: str | None,
    root: Path,
    as_json: bool,
) -> None:
    """Make a key for OWNER and show it, this once."""
    now = time.time()
    terms = Terms(
        routes=routes,
        partner=partner,
        rate=_rate(rate),
        expires=None if expires is None else now + _lasting("--expires", expires),
    )

    def make(engine: Engine, journal: PortableJournal) -> tuple[ApiKey, str]:
        ops.refuse_unknown_routes(engine.routes, routes)
        return ops.create(journal, owner, terms, now)

    _show(*with_journal(root, make), as_json=as_json)


@keys.command(short_help="Make the next key of an owner.")
@click.argument("owner")
@click.option("--grace", default=GRACE, show_default=True, metavar="TIME", help="How long the old key still counts.")
@project_option
@json_option
def rotate(owner: str, grace: str, root: Path, as_json: bool) -> None:
    """Make a second key for OWNER, on the same terms, and let the first one end."""
    pause = _lasting("--grace", grace)
    _show(*with_journal(root, lambda engine, journal: ops.rotate(journal, owner, pause, time.time())), as_json=as_json)


@keys.command("list", short_help="List keys.")
@project_option
@json_option
def list_(root: Path, as_json: bool) -> None:
    """List every key: whose it is, for what, until when, and when it was used last."""
    now = time.time()
    known, used = with_journal(root, lambda engine, journal: (ops.every(journal), ops.used(journal)), looks=True)
    rows = [ops.key_dict(one, now, used.get(one.id)) for one in known]
    if as_json:
        print_json(rows)
        return
    heads = ("id", "owner", "state", "routes", "partner", "expires", "used")
    shown = [{**row, "routes": ", ".join(one.routes) or "all"} for row, one in zip(rows, known, strict=True)]
    table(heads, [tuple(str(row[head] or "-") for head in heads) for row in shown])


@keys.command(short_help="Revoke keys.")
@click.argument("name", metavar="ID|OWNER")
@project_option
@json_option
def revoke(name: str, root: Path, as_json: bool) -> None:
    """Revoke the key of that id, or every key of that owner."""
    now = time.time()
    ended = with_journal(root, lambda engine, journal: ops.revoke(journal, name, now))
    if as_json:
        print_json([ops.key_dict(one, now, None) for one in ended])
        return
    for one in ended:
        click.echo(f"{one.id} of {one.owner} is revoked")


def _show(key: ApiKey, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json({**ops.key_dict(key, time.time(), None), "key": text})
        return
    click.echo(text)
    click.echo("This is shown once. Send it as X-API-Key, or as Authorization: Bearer.", err=True)


def _lasting(option: str, written: str) -> float:
    try:
        return seconds(written)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def _rate(written: str | None) -> float | None:
    try:
        return None if written is None else per_second(written)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--rate") from error
