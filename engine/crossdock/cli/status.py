"""``crossdock status``: a table of queues and states, once or live."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import click

from crossdock.cli.console import engine, json_option, print_json, project_option, table
from crossdock.delivery.states import State
from crossdock.journal.sqlite.journal import SqliteJournal

_EVERY = 1.0
_COLUMNS = tuple(State)


@click.command(short_help="Show what is where.")
@project_option
@click.option("--watch", is_flag=True, help="Show it again every second, until Ctrl-C.")
@json_option
def status(root: Path, watch: bool, as_json: bool) -> None:
    """Show how many messages of each queue are in which state, and which queues are stopped."""
    with closing(engine(root).open_journal()) as journal:
        while True:
            if watch and not as_json:
                click.clear()
            _show(journal, as_json)
            if not watch:
                return
            time.sleep(_EVERY)


def _show(journal: SqliteJournal, as_json: bool) -> None:
    counts, stopped = journal.counts(), journal.stopped()
    if as_json:
        print_json(
            {
                queue: {"stopped": stopped.get(queue), **{str(state): count for state, count in states.items()}}
                for queue, states in counts.items()
            }
        )
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


def _number(count: int, state: State) -> str:
    alarming = count and state in (State.HELD, State.DEAD, State.DOUBT)
    return click.style(str(count), fg="red") if alarming else str(count)
