"""``crossdock trace``: where one order is, and what happened to it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, state_text, with_journal
from crossdock.cli.main import FAILURES
from crossdock.message import Message
from crossdock.ops.trace import Station, Stop, Trace, as_dict, moment
from crossdock.ops.trace import trace as find

_ELSEWHERE = "what stopped before its number was read is in 'crossdock dead list'"


@click.command(short_help="Show what happened to a message.")
@click.argument("key")
@click.option("--limit", default=20, show_default=True, help="Messages shown at most.")
@project_option
@json_option
def trace(key: str, limit: int, root: Path, as_json: bool) -> None:
    """Show everything about the messages that KEY names.

    KEY is a message id or its beginning, a correlation id, or a business key such as an order number.
    """
    traces = with_journal(root, lambda engine, journal: find(journal, engine.routes, key, limit), looks=True)
    if as_json:
        print_json([as_dict(one) for one in traces])
    elif not traces:
        click.secho(f"nothing is known of '{key}'; {_ELSEWHERE}", fg="red", err=True)
    for one in traces if not as_json else ():
        _show(one)
    if not traces:
        sys.exit(FAILURES)


def _show(trace: Trace) -> None:
    for depth, station in enumerate(trace.origin):
        _station(station, depth)
    _tree(trace.station, len(trace.origin))
    click.echo()


def _tree(station: Station, depth: int) -> None:
    _station(station, depth)
    for child in station.below:
        _tree(child, depth + 1)


def _station(station: Station, depth: int) -> None:
    message = station.message
    origin = message.headers.get("file.name", "") if not message.parent else ""
    where = f"part {message.position} ({station.place})" if station.place else f"part {message.position}"
    facts = [
        click.style(message.id, bold=True),
        origin,
        where if message.position else "",
        _transaction(message) if message.position else "",
        f"on {message.topic}" if message.topic else "",
        f"{message.body.size} bytes",
    ]
    click.echo("   " * depth + ("└ " if depth else "") + "  ".join(fact for fact in facts if fact))
    for stop in station.stops:
        _stop(stop, "   " * depth + "     ")


def _transaction(message: Message) -> str:
    """Under which numbers the partner knows it."""
    known = (
        ("x12.set", ""),
        ("x12.st", "ST "),
        ("x12.isa", "in ISA "),
        ("edifact.set", ""),
        ("edifact.unh", "UNH "),
        ("edifact.unb", "in UNB "),
    )
    return " ".join(f"{word}{message.headers[name]}" for name, word in known if message.headers.get(name))


def _stop(stop: Stop, indent: str) -> None:
    item = stop.item
    facts = [
        item.queue,
        state_text(item.state),
        moment(item.settled or item.accepted) or "",
        f"attempt {item.attempts}" if item.attempts > 1 else "",
        f"→ {item.receipt}" if item.receipt else "",
        f"{item.code}: {item.reason}" if item.code else "",
    ]
    click.echo(indent + "  ".join(fact for fact in facts if fact))
    for attempt in stop.attempts:
        about = f"{attempt.code}: {attempt.reason}" if attempt.code else attempt.reason or ""
        click.echo(f"{indent}  {moment(attempt.at)} {attempt.event} {about}".rstrip())
        for finding in attempt.findings:
            click.echo(f"{indent}    {finding.get('code')} {finding.get('message')}")
