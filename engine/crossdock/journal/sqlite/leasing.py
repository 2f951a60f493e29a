"""Who works on what: claiming, holding and giving back.

One claim is one lease: a row of ``lease`` with its token, owner, end, and the works it covers. The works carry the
token, and nothing else of the lease, so renewing a hundred works writes one row, and a settled work proves by its
token that it was still in hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import cast

import apsw

from crossdock.journal.contract import Phase, Work
from crossdock.journal.rows import MESSAGE_COLUMNS, work_of
from crossdock.journal.sqlite import lanes
from crossdock.journal.sqlite.rows import WORK_COLUMNS
from crossdock.journal.sqlite.session import Row, Session
from crossdock.journal.turns import BITS, TURN

#: A member of a group is free when all that are not done with wait.
_WHOLE = (
    "(w.phase IS NOT 'grouped' OR NOT EXISTS (SELECT 1 FROM work g WHERE g.queue = w.queue AND g.proof IS w.proof"
    " AND g.phase = 'grouped' AND g.state NOT IN ('waiting', 'delivered', 'skipped', 'discarded')))"
)
#: In the order of the index, so that the first ``limit`` rows end the search however many wait; without the hint
#: SQLite would take work_due and sort.
_DUE = (
    f"SELECT {WORK_COLUMNS}, {MESSAGE_COLUMNS}, w.priority FROM work w INDEXED BY work_free JOIN message m ON m.row = w.message"
    " WHERE w.queue = (SELECT number FROM queue WHERE name = ? AND stopped IS NULL) AND w.state = 'waiting'"
    f" AND w.blocked = 0 AND w.due {{due}} AND {_WHOLE} ORDER BY w.priority, w.due, w.row LIMIT ?"
)
# What is due again after a failure goes before what is new: a queue that never runs dry must not starve it.
_AGAIN, _NEW = _DUE.format(due="BETWEEN 1 AND ?"), _DUE.format(due="= 0")
_GROUP = (
    f"SELECT {WORK_COLUMNS}, {MESSAGE_COLUMNS}, w.priority, w.lane, w.queue FROM work w"
    " JOIN message m ON m.row = w.message WHERE w.queue = (SELECT number FROM queue WHERE name = ?)"
    " AND w.proof IS ? AND w.phase = 'grouped' AND w.state = 'waiting' ORDER BY w.row"
)
_LANES = "SELECT DISTINCT queue, lane FROM work WHERE row IN (SELECT value FROM json_each(?)) AND lane IS NOT NULL"
_TAKE = "UPDATE work SET state = 'working', token = ?, attempts = attempts + 1 WHERE row = ?"
_READY = (
    "SELECT name FROM queue q WHERE stopped IS NULL AND EXISTS"
    " (SELECT 1 FROM work w WHERE w.queue = q.number AND w.state = 'waiting' AND w.blocked = 0 AND w.due <= ?)"
)
_BACKLOG = (
    "SELECT count(*), min(max(at, due)) FROM"
    " (SELECT at, due FROM work WHERE queue = ? AND state = 'waiting' AND blocked = 0 AND due <= ? LIMIT ?)"
)
_GIVE_BACK = (
    "UPDATE work SET state = 'waiting', token = NULL, due = 0, crashes = crashes + ?, attempts = attempts - ?"
    " WHERE row = ? AND token = ? AND state = 'working'"
)
#: By queue: what is free; what waits in a lane; and of that, what is behind something that waits for a person.
_FREE = "SELECT queue, count(*) FROM work WHERE state = 'waiting' AND blocked = 0 GROUP BY queue"
_BEHIND = f"SELECT queue, count(*) FROM work WHERE blocked = 1 AND {lanes.OPEN_LANE} GROUP BY queue"
_STUCK = (
    f"SELECT h.queue, count(DISTINCT w.row) FROM (SELECT queue, lane, {TURN} AS turn, row FROM work"
    f" WHERE state IN ('held', 'doubt') AND blocked = 0 AND {lanes.OPEN_LANE}) h JOIN work w ON w.queue = h.queue"
    " AND w.lane = h.lane AND w.lane IS NOT NULL AND w.state IN ('waiting', 'working', 'held', 'doubt')"
    f" AND w.blocked = 1 AND (coalesce(w.turn, w.row << {BITS}), w.row) > (h.turn, h.row) GROUP BY h.queue"
)


def ready(session: Session) -> list[str]:
    """See ``WorkStore.ready``."""
    return [str(row[0]) for row in session.rows(_READY, (session.clock.now(),))]


def pending(session: Session) -> int:
    """See ``Records.pending``."""
    with session.snapshot():
        going = {number for (number,) in session.rows("SELECT number FROM queue WHERE stopped IS NULL")}
        waiting = [(queue, count) for sql in (_FREE, _BEHIND) for queue, count in session.rows(sql)]
        waiting += [(queue, -cast(int, count)) for queue, count in session.rows(_STUCK)]
        in_hand = session.value("SELECT coalesce(sum(left), 0) FROM lease")
    return cast(int, in_hand) + sum(cast(int, count) for queue, count in waiting if queue in going)


def stuck(session: Session) -> dict[str, int]:
    """See ``Records.stuck``."""
    found = session.rows(_STUCK)
    names = {number: str(name) for number, name in session.rows("SELECT number, name FROM queue")}
    return dict(sorted((names[queue], cast(int, count)) for queue, count in found))


def backlog(session: Session, queue: str, limit: int) -> tuple[int, float]:
    """See ``WorkStore.backlog``."""
    now = session.clock.now()
    number = session.value("SELECT number FROM queue WHERE name = ?", (queue,))
    count, oldest = session.rows(_BACKLOG, (number, now, limit))[0]
    return cast(int, count), max(0.0, now - cast(float, oldest)) if count else 0.0


def claim(session: Session, queue: str, owner: str, limit: int, lease: float) -> list[Work]:
    """See ``WorkStore.claim``."""
    with session.unflushed("claim") as connection:
        rows = connection.execute(_AGAIN, (queue, session.clock.now(), limit)).fetchall()
        rows += connection.execute(_NEW, (queue, limit)).fetchall()
        if not rows:  # a transaction that wrote nothing costs no flush and wakes nobody
            return []
        token = session.token()
        rows.sort(key=lambda row: cast(int, row[-1]))  # by priority; what is due again is in front already
        works = _together([work_of(session.payloads, queue, row, token) for row in rows[:limit]])
        if works[0].phase is Phase.GROUPED:
            works = _group(session, works[0])
        taken = [work.row for work in works]
        values = (token, owner, session.clock.boot() + lease, len(taken), json.dumps(taken))
        connection.execute("INSERT INTO lease(token, owner, until, left, works) VALUES (?, ?, ?, ?, ?)", values)
        connection.executemany(_TAKE, [(token, row) for row in taken])
    return works


def _together(due: list[Work]) -> list[Work]:
    """What may be in one pair of hands: what was in hand at a crash is tried alone, and so is a group, in its turn."""
    if due[0].crashes or due[0].phase is Phase.GROUPED:
        return due[:1]
    return [work for work in due if not work.crashes and work.phase is not Phase.GROUPED]


def _group(session: Session, first: Work) -> list[Work]:
    """Every member of a group, due or not: their effect is one."""
    rows = session.rows(_GROUP, (first.queue, first.proof))
    seats = [(cast(int, row[-1]), str(row[-2])) for row in rows if row[-2] is not None]
    works = [work_of(session.payloads, first.queue, row, first.token) for row in rows]
    connection = session.connection
    connection.executemany(
        "UPDATE work SET state = 'working', blocked = 0 WHERE row = ?", [(one.row,) for one in works]
    )
    lanes.reseat(connection, seats)
    return works


def advance(session: Session, works: Sequence[Work], phase: Phase, proofs: Sequence[str | None]) -> list[Work | None]:
    """See ``WorkStore.advance``."""
    with session.transaction("advance") as connection:
        held = held_of(connection, works)
        values = [
            (phase, proof, work.row)
            for work, proof in zip(works, proofs, strict=True)
            if held.get(work.row) == work.token
        ]
        connection.executemany("UPDATE work SET phase = ?, proof = ? WHERE row = ?", values)
    return [work if held.get(work.row) == work.token else None for work in works]


def held_of(connection: apsw.Connection, works: Iterable[Work]) -> dict[int, int]:
    """The tokens of those works that are in somebody's hand, by row."""
    sql = "SELECT row, token FROM work WHERE state = 'working' AND row IN (SELECT value FROM json_each(?))"
    rows = connection.execute(sql, (json.dumps([work.row for work in works]),))
    return dict(cast("Iterable[tuple[int, int]]", rows))


def renew(session: Session, works: Sequence[Work], lease: float) -> None:
    """See ``WorkStore.renew``."""
    until = session.clock.boot() + lease
    with session.unflushed("renew") as connection:
        sql = "UPDATE lease SET until = ? WHERE token = ?"
        connection.executemany(sql, [(until, token) for token in {work.token for work in works}])


def give_back(session: Session, owner: str | None, *, crashed: bool) -> int:
    """See ``WorkStore.give_back``."""
    values: Row
    if owner is None:
        condition, values = "until < ?", (session.clock.boot(),)
    else:
        condition, values = "owner = ? OR substr(owner, 1, length(?) + 1) = ? || '/'", (owner, owner, owner)
    with session.unflushed("give_back") as connection:
        leases = connection.execute(f"SELECT token, works FROM lease WHERE {condition}", values).fetchall()
        before = connection.total_changes()
        for token, works in leases:
            rows = [(crashed, not crashed, row, token) for row in json.loads(str(works))]
            connection.executemany(_GIVE_BACK, rows)
        returned = connection.total_changes() - before
        connection.executemany("DELETE FROM lease WHERE token = ?", [(token,) for token, _ in leases])
        for _, works in leases:
            lanes.reseat(connection, cast("list[lanes.Place]", connection.execute(_LANES, (works,)).fetchall()))
    return returned
