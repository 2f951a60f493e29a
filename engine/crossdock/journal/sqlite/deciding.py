"""What a person decides about work that stopped: one transaction a decision."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import apsw

from crossdock.delivery.states import Event, State, after, decidable
from crossdock.journal.contract import Phase
from crossdock.journal.sqlite import lanes
from crossdock.journal.sqlite.rows import NOTE_ATTEMPT
from crossdock.journal.sqlite.session import Session
from crossdock.journal.turns import BITS

_COLUMNS = f"g.row, g.queue, g.state, g.lane, g.priority, coalesce(g.turn, g.row << {BITS}), g.phase"
_FOUND = f"SELECT {_COLUMNS} FROM work g WHERE g.row = ?"
_GROUP = (
    f"SELECT {_COLUMNS} FROM work w JOIN work g ON g.queue = w.queue AND g.proof IS w.proof AND g.phase = 'grouped'"
    " WHERE w.row = ? ORDER BY g.row"
)
_RELEASE = (
    "UPDATE work SET state = 'waiting', due = 0, attempts = 0, crashes = 0, settled = NULL, code = NULL, reason = NULL,"
    " released = coalesce(?, released), phase = CASE WHEN ? OR phase = 'staged' THEN NULL ELSE phase END WHERE row = ?"
)
_END = "UPDATE work SET state = ?, settled = ?, reason = coalesce(?, reason) WHERE row = ?"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A piece of work somebody decides about. ``priority`` sorts: the smaller, the sooner."""

    row: int
    queue: int
    state: State
    lane: str | None
    priority: int
    turn: int
    phase: Phase | None


def decide(session: Session, row: int, event: Event, reason: str | None) -> bool:
    """See ``Records.decide``."""
    with session.transaction("decide") as connection:
        work = found(connection, row)
        if work is None or not decidable(work.state, event):
            return False
        whole = event is Event.RELEASE and work.phase is Phase.GROUPED
        for one in _works(connection.execute(_GROUP, (row,))) if whole else [work]:
            if decidable(one.state, event):
                carry_out(session, connection, one, event, reason)
    return True


def found(connection: apsw.Connection, row: int) -> Stopped | None:
    """The work of that row."""
    return next(iter(_works(connection.execute(_FOUND, (row,)))), None)


def carry_out(session: Session, connection: apsw.Connection, work: Stopped, event: Event, reason: str | None) -> None:
    """One decision that the state of the work allows."""
    target, now = after(work.state, event), session.clock.now()
    connection.execute(NOTE_ATTEMPT, (now, event, None, reason, None, None, work.row))
    if target is State.WAITING:
        released = _released(connection, work.row) if work.state is State.HELD else None
        connection.execute(_RELEASE, (released, work.state is State.DOUBT, work.row))
    else:
        connection.execute(_END, (target, now, reason, work.row))
    if work.lane is not None:
        lanes.reseat(connection, [(work.queue, work.lane)])


def _works(rows: Iterable[object]) -> list[Stopped]:
    return [
        Stopped(row, queue, State(state), lane, priority, turn, Phase(phase) if phase else None)
        for row, queue, state, lane, priority, turn, phase in cast(
            "Iterable[tuple[int, int, str, str | None, int, int, str | None]]", rows
        )
    ]


def _released(connection: apsw.Connection, row: int) -> str:
    """The rules whose holds of this work a person has seen, as JSON text: it passes them from now on."""
    sql = "SELECT findings FROM attempt WHERE work = ? AND event = 'hold' AND findings NOTNULL"
    found = [finding for (text,) in connection.execute(sql, (row,)) for finding in json.loads(str(text))]
    return json.dumps(sorted({finding["rule"] for finding in found if finding.get("rule")}))
