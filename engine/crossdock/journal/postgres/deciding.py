"""What a person decides about work that stopped: one transaction a decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import TupleRow

from crossdock.delivery.states import Event, State, after, decidable
from crossdock.journal.contract import Entry, Fate, Phase
from crossdock.journal.postgres import lanes, ledger, tables
from crossdock.journal.postgres.leasing import lanes_of
from crossdock.journal.postgres.rows import plain
from crossdock.journal.postgres.session import Session
from crossdock.journal.postgres.writing import Heir, Writer
from crossdock.postgres.connection import Connection

_COLUMNS = "g.row, g.queue, g.state, g.lane, g.priority, coalesce(g.turn, g.row << 24), g.phase"
_FOUND = f"SELECT {_COLUMNS} FROM work g WHERE g.row = %s FOR UPDATE"
_GROUP = (
    f"SELECT {_COLUMNS} FROM work w JOIN work g ON g.queue = w.queue AND g.proof IS NOT DISTINCT FROM w.proof"
    " AND g.phase = 'grouped' WHERE w.row = %s ORDER BY g.row FOR UPDATE OF g"
)
_MEMBERS = (
    "SELECT g.row FROM work w JOIN work g ON g.queue = w.queue AND g.proof IS NOT DISTINCT FROM w.proof"
    " AND g.phase = 'grouped' WHERE w.row = %s AND w.phase = 'grouped'"
)
_RELEASE = (
    "UPDATE work SET state = 'waiting', due = 0, attempts = 0, crashes = 0, settled = NULL, code = NULL, reason = NULL,"
    " released = coalesce(%s, released), phase = CASE WHEN %s OR phase = 'staged' THEN NULL ELSE phase END WHERE row = %s"
)
_END = "UPDATE work SET state = %s, settled = clock(), reason = coalesce(%s, reason) WHERE row = %s"
_HOLDS = "SELECT findings FROM attempt WHERE work = %s AND event = 'hold' AND findings IS NOT NULL"


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

    @property
    def grouped(self) -> bool:
        """Whether its effect is one with that of others."""
        return self.phase is Phase.GROUPED


def decide(session: Session, row: int, event: Event, reason: str | None) -> bool:
    """See ``Records.decide``."""

    def carry_out(connection: Connection) -> bool:
        members = [int(one) for (one,) in connection.execute(_MEMBERS, (row,))]
        mine = _locked(session, connection, [row, *members])
        work = _found(connection, row)
        if work is None or not decidable(work.state, event):
            return False
        whole = event is Event.RELEASE and work.grouped
        for one in _works(connection.execute(_GROUP, (row,)).fetchall()) if whole else [work]:
            if decidable(one.state, event):
                _carry_out(session, connection, one, event, reason)
        lanes.refresh(connection, mine)
        return True

    return session.run("decide", carry_out)


def replace(session: Session, row: int, entry: Entry, reason: str) -> bool:
    """See ``Records.replace``."""
    kept = session.payloads.keep(entry.message.body)

    def carry_out(connection: Connection) -> bool:
        mine = _locked(session, connection, [row])
        work = _found(connection, row)
        if work is None or work.state not in (State.DEAD, State.HELD):
            return False
        _carry_out(session, connection, work, Event.DISCARD, reason)
        writer = Writer(session, connection)
        (id,) = writer.enter([entry], [kept], Heir(work.queue, work.priority, work.lane, work.turn))
        writer.write()
        ledger.hand_on(connection, work.row, id)
        lanes.refresh(connection, mine)
        return True

    return session.run("replace", carry_out)


def _locked(session: Session, connection: Connection, rows: Sequence[int]) -> list[lanes.Lane]:
    """The lanes of some works, which are ours from now on."""
    mine = lanes_of(connection, rows)
    lanes.lock(connection, session.address.schema, mine)
    return mine


def _found(connection: Connection, row: int) -> Stopped | None:
    return next(iter(_works(connection.execute(_FOUND, (row,)).fetchall())), None)


def _works(rows: Sequence[TupleRow]) -> list[Stopped]:
    return [
        Stopped(row, queue, State(state), lane, priority, turn, Phase(phase) if phase else None)
        for row, queue, state, lane, priority, turn, phase in rows
    ]


def _carry_out(session: Session, connection: Connection, work: Stopped, event: Event, reason: str | None) -> None:
    """One decision that the state of the work allows."""
    target = after(work.state, event)
    now = connection.execute("SELECT clock()").fetchall()[0][0]
    note = tables.attempt_of(work.row, now, Fate(event=event, reason=reason), None)
    tables.Tables(connection, session.name).attempts([note])
    if target is State.WAITING:
        released = _released(connection, work.row) if work.state is State.HELD else None
        connection.execute(_RELEASE, (released, work.state is State.DOUBT, work.row))
    else:
        connection.execute(_END, (target, None if reason is None else plain(reason), work.row))


def _released(connection: Connection, row: int) -> str:
    """The rules whose holds of this work a person has seen, as JSON text: it passes them from now on."""
    found = [finding for (text,) in connection.execute(_HOLDS, (row,)) for finding in json.loads(text)]
    return json.dumps(sorted({finding["rule"] for finding in found if finding.get("rule")}))
