"""How dead and held work is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from crossdock.cli.console import print_json, state_text, table, visible
from crossdock.journal.contract import Item, Records, Refusal
from crossdock.message import read_all
from crossdock.ops.inspect import pictures
from crossdock.ops.trace import attempt_dict, moment

_SHOWN = 4000  # characters of a payload shown on a terminal
_COLUMN = 90  # characters of a reason in a table


def show_list(items: Sequence[Item], as_json: bool) -> None:
    """Work as a table."""
    if as_json:
        print_json([item_dict(item) for item in items])
        return
    rows = [
        (item.message.id, item.queue, state_text(item.state), moment(item.settled) or "", item.code or "", _short(item))
        for item in items
    ]
    table(("message", "queue", "state", "since", "code", "reason"), rows)


def show_refusals(refusals: Sequence[Refusal], as_json: bool) -> None:
    """What was not let in, as a table: one line a finding."""
    if as_json:
        print_json([refusal_dict(one) for one in refusals])
        return
    rows = [
        (moment(one.at) or "", one.route, visible(one.identity), str(finding.get("code")), str(finding.get("message")))
        for one in refusals
        for finding in one.findings or ({"code": "", "message": ""},)
    ]
    table(("when", "route", "what", "code", "why"), rows)


def refusal_dict(one: Refusal) -> dict[str, object]:
    """A refusal as plain JSON data."""
    findings = [dict(finding) for finding in one.findings]
    return {"at": moment(one.at), "route": one.route, "identity": one.identity, "findings": findings}


def show_item(journal: Records, item: Item, as_json: bool) -> None:
    """One piece of work with its attempts and its payload."""
    attempts = journal.attempts(item.row)
    payload = read_all(item.message.body)
    text = visible(payload.decode("utf-8", "replace"))
    if as_json:
        print_json({**item_dict(item), "attempts": [attempt_dict(one) for one in attempts], "payload": text})
        return
    click.echo(f"{click.style(item.message.id, bold=True)}  {item.queue}  {state_text(item.state)}")
    click.echo(f"{item.code}: {item.reason}")
    for attempt in attempts:
        click.echo(f"  {moment(attempt.at)} {attempt.event} at {attempt.step or '-'}")
        for finding in attempt.findings:
            _show_finding(finding)
    for picture in pictures(item.message.body):
        click.echo(picture)
    headers = ", ".join(f"{name}={value}" for name, value in item.message.headers.items())
    click.echo(f"headers: {headers}")
    click.echo(text[:_SHOWN] + (f"\n… {len(text) - _SHOWN} more" if len(text) > _SHOWN else ""))


def _show_finding(finding: Mapping[str, object]) -> None:
    place = finding.get("place")
    where = ", ".join(f"{key} {value}" for key, value in place.items()) if isinstance(place, dict) else ""
    click.echo(f"    {finding.get('code')} {finding.get('message')}" + (f" ({where})" if where else ""))
    if finding.get("hint"):
        click.echo(f"      {finding['hint']}")


def item_dict(item: Item) -> dict[str, object]:
    """Work as plain JSON data."""
    return {
        "message": item.message.id,
        "parent": item.message.parent,
        "queue": item.queue,
        "state": str(item.state),
        "attempts": item.attempts,
        "since": moment(item.settled),
        "code": item.code,
        "reason": item.reason,
        "headers": dict(item.message.headers),
    }


def _short(item: Item) -> str:
    reason = (item.reason or "").replace("\n", " ")
    return reason if len(reason) <= _COLUMN else reason[: _COLUMN - 1] + "…"
