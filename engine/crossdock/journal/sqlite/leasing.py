"""Who works on what: claiming, holding and giving back. A claimed row carries owner, token and lease."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from crossdock.journal.contract import Phase, Work
from crossdock.journal.sqlite.rows import MESSAGE_COLUMNS, WORK_COLUMNS, work_of
from crossdock.journal.sqlite.session import Session

#: A row is free when nothing older of its lane is still open. The inner condition repeats that of index work_lane.
_FREE = (
    "(w.lane IS NULL OR NOT EXISTS (SELECT 1 FROM work e WHERE e.queue = w.queue AND e.lane = w.lane"
    " AND e.row < w.row AND e.lane IS NOT NULL AND e.state IN ('waiting', 'working', 'held', 'doubt')))"
)
_CLAIM = (
    "UPDATE work SET state = 'working', owner = ?, token = ?, lease = ?, attempts = attempts + 1 WHERE row IN"
    " (SELECT w.row FROM work w WHERE w.queue = ? AND w.state = 'waiting' AND w.due <= ? AND w.crashes {crashes}"
    f" AND {_FREE} ORDER BY w.priority, w.due, w.row LIMIT ?)"
)
_CLAIMED = (
    f"SELECT {WORK_COLUMNS}, {MESSAGE_COLUMNS} FROM work w JOIN message m ON m.row = w.message"
    " WHERE w.token = ? AND w.state = 'working' ORDER BY w.priority, w.due, w.row"
)
_READY = (
    "SELECT name FROM queue q WHERE stopped IS NULL AND EXISTS"
    " (SELECT 1 FROM work w WHERE w.queue = q.number AND w.state = 'waiting' AND w.due <= ?)"
)
_BACKLOG = (
    "SELECT count(*), min(max(at, due)) FROM"
    " (SELECT at, due FROM work WHERE queue = ? AND state = 'waiting' AND due <= ? LIMIT ?)"
)
_GIVE_BACK = (
    "UPDATE work SET state = 'waiting', owner = NULL, token = NULL, lease = NULL, due = 0,"
    " crashes = crashes + ?, attempts = attempts - ? WHERE state = 'working' AND "
)


def ready(session: Session) -> list[str]:
    """See ``WorkStore.ready``."""
    return [str(row[0]) for row in session.rows(_READY, (session.clock.now(),))]


def backlog(session: Session, queue: str, limit: int) -> tuple[int, float]:
    """See ``WorkStore.backlog``."""
    now = session.clock.now()
    number = session.value("SELECT number FROM queue WHERE name = ?", (queue,))
    count, oldest = session.rows(_BACKLOG, (number, now, limit))[0]
    return cast(int, count), max(0.0, now - cast(float, oldest)) if count else 0.0


def claim(session: Session, queue: str, owner: str, limit: int, lease: float) -> list[Work]:
    """See ``WorkStore.claim``."""
    with session.transaction("claim") as connection:
        number, token, until = session.queue(queue), session.token(), session.clock.boot() + lease
        now = session.clock.now()
        connection.execute(_CLAIM.format(crashes="= 0"), (owner, token, until, number, now, limit))
        if not connection.changes():
            connection.execute(_CLAIM.format(crashes="> 0"), (owner, token, until, number, now, 1))
        rows = connection.execute(_CLAIMED, (token,)).fetchall() if connection.changes() else []
    return [work_of(session, queue, row) for row in rows]


def advance(session: Session, works: Sequence[Work], phase: Phase, proofs: Sequence[str | None]) -> list[Work | None]:
    """See ``WorkStore.advance``."""
    sql = "UPDATE work SET phase = ?, proof = ? WHERE row = ? AND token = ? AND state = 'working'"
    held: list[bool] = []
    with session.transaction("advance") as connection:
        for work, proof in zip(works, proofs, strict=True):
            connection.execute(sql, (phase, proof, work.row, work.token))
            held.append(connection.changes() == 1)
    return [work if still else None for work, still in zip(works, held, strict=True)]


def renew(session: Session, works: Sequence[Work], lease: float) -> None:
    """See ``WorkStore.renew``."""
    until = session.clock.boot() + lease
    tokens = {work.token for work in works}
    sql = "UPDATE work SET lease = ? WHERE token = ? AND state = 'working'"
    with session.transaction("renew") as connection:
        connection.executemany(sql, [(until, token) for token in tokens])


def give_back(session: Session, owner: str | None, crashed: bool) -> int:
    """See ``WorkStore.give_back``."""
    if owner is None:
        condition, values = "lease < ?", (session.clock.boot(),)
    else:
        condition, values = "(owner = ? OR substr(owner, 1, length(?) + 1) = ? || '/')", (owner, owner, owner)
    with session.transaction("give_back") as connection:
        connection.execute(_GIVE_BACK + condition, (crashed, not crashed, *values))
        return connection.changes()
