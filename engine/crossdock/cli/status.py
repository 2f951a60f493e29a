"""``crossdock status``: a table of queues and states, and one of hosts; once or live."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from crossdock.cli.breaker import show as show_breakers
from crossdock.cli.console import json_option, looking, print_json, project_option, table
from crossdock.delivery.states import State
from crossdock.journal.contract import Journal
from crossdock.journal.notebook import Notebook
from crossdock.journal.registers import Register, Registers
from crossdock.ops.breakers import breakers
from crossdock.ops.trace import moment
from crossdock.runtime.engine import Engine
from crossdock.runtime.expected import standings
from crossdock.runtime.hosts import Host, held, hosts
from crossdock.runtime.roles import EVERY_ROLE
from crossdock.runtime.troubles import troubles

_EVERY = 1.0
_COLUMNS = tuple(State)


@click.command(short_help="Show what is where.")
@project_option
@click.option("--watch", is_flag=True, help="Show it again every second, until Ctrl-C.")
@json_option
def status(root: Path, watch: bool, as_json: bool) -> None:
    """Show how many messages of each queue are in which state, which queues are stopped, and who is running.

    A host is one crossdock run: its roles, its version, when it was last heard, and what it does that only one host
    does at a time: polling a source, scheduling.
    """
    opened = looking(root)
    with closing(opened.open_journal()) as journal:
        while True:
            if watch and not as_json:
                click.clear()
            _show(journal, opened, as_json)
            if not watch:
                return
            time.sleep(_EVERY)


def _show(journal: Journal, opened: Engine, as_json: bool) -> None:
    counts, stopped, broker_away = journal.counts(), journal.stopped(), opened.broker_away()
    if as_json:
        queues = {
            queue: {"stopped": stopped.get(queue), **{str(state): count for state, count in states.items()}}
            for queue, states in counts.items()
        }
        bus = {"away": broker_away}
        sources = {"expected": _expected(journal, opened), "sources": _troubles(journal)}
        print_json({"queues": queues, "breakers": _breakers(journal), "bus": bus, **sources, "hosts": _hosts(journal)})
        return
    rows = [
        (
            queue,
            *(_number(states.get(state, 0), state) for state in _COLUMNS),
            f"stopped: {stopped[queue]}" if queue in stopped else "",
        )
        for queue, states in counts.items()
    ]
    heads = ("queue", *(str(state) for state in _COLUMNS), "")
    table(heads, rows, right=frozenset(range(1, len(_COLUMNS) + 1)))
    _show_breakers(journal)
    _show_sources(journal, opened)
    if broker_away is not None:
        click.secho(f"\nthe broker is away, workers look in the journal: {broker_away}", fg="red")
    _show_hosts(journal)


def _breakers(journal: Registers) -> list[dict[str, object]]:
    texts, now = journal.registers(Register.CIRCUIT)
    return breakers(texts, now, time.time())


def _show_breakers(journal: Registers) -> None:
    """The destinations that are left alone: open since when, why, and when the next probe goes."""
    found = _breakers(journal)
    if found:
        click.echo()
        show_breakers(found, as_json=False)


def _expected(journal: Notebook, opened: Engine) -> list[dict[str, object]]:
    found = standings(opened.routes.values(), journal, opened.clock.now())
    return [
        {"route": one.route, "last": moment(one.last), "due": moment(one.due), "overdue": one.overdue} for one in found
    ]


def _troubles(journal: Registers) -> list[dict[str, object]]:
    return [
        {"route": route, "what": one.what, "since": moment(one.since), "host": one.host}
        for route, one in sorted(troubles(journal).items())
    ]


def _show_sources(journal: Journal, opened: Engine) -> None:
    """Sources that fail or do not answer, and how routes stand with what they expect."""
    found = _troubles(journal)
    if found:
        click.echo()
        rows = [(str(one["route"]), click.style(str(one["what"]), fg="red"), str(one["since"])) for one in found]
        table(("source of route", "what is wrong", "since"), rows)
    expected = _expected(journal, opened)
    if expected:
        click.echo()
        late = {True: click.style("overdue", fg="red"), False: "in time"}
        states = [
            (str(one["route"]), late[bool(one["overdue"])], str(one["due"]), str(one["last"] or "never"))
            for one in expected
        ]
        table(("expected by route", "", "by", "last came"), states)


def _number(count: int, state: State) -> str:
    alarming = count and state in (State.HELD, State.DEAD, State.DOUBT)
    return click.style(str(count), fg="red") if alarming else str(count)


def _hosts(journal: Registers) -> list[dict[str, object]]:
    (known, now), holding = hosts(journal), held(journal)
    return [
        {
            "id": host.id,
            "machine": host.machine,
            "roles": list(host.roles),
            "workers": host.workers,
            "version": host.version,
            "pid": host.pid,
            "since": datetime.fromtimestamp(host.since, UTC).isoformat(timespec="seconds"),
            "state": _state(host, now),
            "heard": round(now - host.beat, 1),
            "holds": holding.get(host.id, []),
        }
        for host in known
    ]


def _state(host: Host, now: float) -> str:
    if not host.alive(now):
        return "silent"
    return "leaving" if host.leaving else "alive"


def _show_hosts(journal: Registers) -> None:
    (known, now), holding = hosts(journal), held(journal)
    if not known:
        return
    click.echo()
    heads = ("host", "roles", "workers", "version", "heard", "state", "does alone")
    rows = [
        (
            host.id,
            "all" if set(host.roles) >= EVERY_ROLE else ", ".join(host.roles),
            str(host.workers),
            host.version,
            f"{max(0.0, now - host.beat):.0f} s ago",
            click.style(_state(host, now), fg="green" if host.alive(now) else "red"),
            ", ".join(holding.get(host.id, [])),
        )
        for host in known
    ]
    table(heads, rows, right=frozenset({2}))
    at_work = {role for host in known if host.alive(now) and not host.leaving for role in host.roles}
    missing = sorted(EVERY_ROLE - at_work - {"http"})
    if missing:
        click.secho(f"nobody is there as: {', '.join(missing)}", fg="red")
