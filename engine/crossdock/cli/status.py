"""``crossdock status``: a table of queues and states, and one of hosts; once or live."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from crossdock.cli.breaker import show as show_breakers
from crossdock.cli.console import engine, json_option, print_json, project_option, table
from crossdock.delivery.states import State
from crossdock.journal.contract import Journal
from crossdock.journal.registers import Register, Registers
from crossdock.ops.breakers import breakers
from crossdock.runtime.hosts import Host, held, hosts
from crossdock.runtime.roles import EVERY_ROLE

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
    opened = engine(root)
    with closing(opened.open_journal()) as journal:
        while True:
            if watch and not as_json:
                click.clear()
            _show(journal, opened.broker_away(), as_json)
            if not watch:
                return
            time.sleep(_EVERY)


def _show(journal: Journal, broker_away: str | None, as_json: bool) -> None:
    counts, stopped = journal.counts(), journal.stopped()
    if as_json:
        queues = {
            queue: {"stopped": stopped.get(queue), **{str(state): count for state, count in states.items()}}
            for queue, states in counts.items()
        }
        bus = {"away": broker_away}
        print_json({"queues": queues, "breakers": _breakers(journal), "bus": bus, "hosts": _hosts(journal)})
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
