"""``crossdock breaker``: destinations that are left alone; open and close them by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, table, with_journal
from crossdock.cli.main import USAGE
from crossdock.journal.registers import Register, Registers
from crossdock.ops import breakers
from crossdock.runtime.engine import Engine


@click.group(short_help="Look at destinations that are left alone; open or close their breakers.")
def breaker() -> None:
    """A destination that does not serve is left alone: its messages wait, and spend no attempts.

    QUEUE is a destination as status shows it, such as orders-to-erp/file.
    """


@breaker.command("list")
@project_option
@json_option
def list_(root: Path, as_json: bool) -> None:
    """List the breakers that are not closed, and why."""

    def shown(engine: Engine, journal: Registers) -> None:
        show(listed(engine, journal), as_json=as_json)

    with_journal(root, shown, looks=True)


@breaker.command("open")
@click.argument("queue")
@click.option("--reason", required=True, help="Why; shown by status and doctor.")
@project_option
@json_option
def open_(queue: str, reason: str, root: Path, as_json: bool) -> None:
    """Send nothing to a destination until somebody closes its breaker: for maintenance."""

    def opened(engine: Engine, journal: Registers) -> None:
        _check(engine, queue)
        breakers.open_by_hand(journal, queue, reason)

    with_journal(root, opened)
    print_json({"opened": queue}) if as_json else click.echo(f"{queue} is left alone from now on")


@breaker.command()
@click.argument("queue")
@project_option
@json_option
def close(queue: str, root: Path, as_json: bool) -> None:
    """Let everything go at once, whoever opened the breaker."""

    def closed(engine: Engine, journal: Registers) -> bool:
        _check(engine, queue)
        return breakers.close(journal, queue)

    was = with_journal(root, closed)
    print_json({"closed": int(was)}) if as_json else click.echo(f"{queue} {'is' if was else 'was'} closed")


def _check(engine: Engine, queue: str) -> None:
    if queue not in engine.queues() or queue in engine.routes:
        known = ", ".join(one for one in engine.queues() if one not in engine.routes)
        click.secho(f"no destination is called {queue}; there are: {known}", fg="red", err=True)
        sys.exit(USAGE)


def listed(engine: Engine, journal: Registers) -> list[dict[str, object]]:
    """The breakers that are not closed."""
    texts, now = journal.registers(Register.CIRCUIT)
    return breakers.breakers(texts, now, engine.clock.now())


def show(found: list[dict[str, object]], *, as_json: bool) -> None:
    """Breakers as a table."""
    if as_json:
        print_json(found)
        return
    rows = [(str(one["queue"]), str(one["condition"]), str(one["since"]), _next(one), _why(one)) for one in found]
    table(("destination", "breaker", "since", "next probe", "why"), rows)


def _next(one: dict[str, object]) -> str:
    return "when closed by hand" if one["by_hand"] else str(one["next_probe"] or "under way")


def _why(one: dict[str, object]) -> str:
    return f"{one['code']}: {one['why']}" if one["code"] else str(one["why"])
