"""Who works on what: claiming, holding and giving back, all by the server's clock.

One claim is one lease, as in the SQLite journal. Claims of many workers pass each other by (SKIP LOCKED). None of
this is flushed: only a crash of the server can undo it, and then nobody settles work under a token that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from crossdock.journal.contract import Phase, Work
from crossdock.journal.postgres import lanes
from crossdock.journal.postgres.numbers import new_number
from crossdock.journal.postgres.rows import WORK_COLUMNS, Record, plain, table_of
from crossdock.journal.postgres.session import Session, Values
from crossdock.journal.rows import MESSAGE_COLUMNS, work_of
from crossdock.postgres.connection import Connection

_FREE = "w.state = 'waiting' AND NOT w.blocked"
#: Nothing of a group comes while a member of it does not wait.
_WHOLE = (
    "(w.phase IS DISTINCT FROM 'grouped' OR NOT EXISTS (SELECT 1 FROM work g WHERE g.queue = w.queue"
    " AND g.proof IS NOT DISTINCT FROM w.proof AND g.phase = 'grouped'"
    " AND g.state IN ('working', 'held', 'dead', 'doubt')))"
)
#: One walk over index work_free for each priority and each of *due again* and *new*, in the order of claims, ended by
#: the limit: neither what waits for a later try nor what is behind a head is read. What is due again after a failure
#: goes before what is new: a queue that never runs dry must not starve it.
_DUE = (
    "WITH RECURSIVE q AS (SELECT number FROM queue WHERE number = %(queue)s AND stopped IS NULL),"
    f" p(priority) AS ((SELECT w.priority FROM q JOIN work w ON w.queue = q.number WHERE {_FREE}"
    " ORDER BY w.priority LIMIT 1) UNION ALL"
    f" SELECT (SELECT w.priority FROM work w WHERE w.queue = %(queue)s AND {_FREE} AND w.priority > p.priority"
    " ORDER BY w.priority LIMIT 1) FROM p WHERE p.priority IS NOT NULL),"
    " kind(low, high) AS (VALUES (1::float8, (SELECT clock())), (0::float8, 0::float8))"
    " SELECT f.row, f.priority, f.due, f.crashes, f.phase, f.proof"
    " FROM p CROSS JOIN kind CROSS JOIN LATERAL (SELECT w.row, w.priority, w.due, w.crashes, w.phase, w.proof"
    " FROM work w WHERE w.queue = %(queue)s AND w.priority = p.priority AND w.due >= kind.low AND w.due <= kind.high"
    f" AND {_FREE} AND {_WHOLE} ORDER BY w.due, w.row LIMIT %(limit)s FOR UPDATE SKIP LOCKED) f LIMIT %(limit)s"
)
_GROUP = (
    "SELECT row FROM work WHERE queue = %s AND proof IS NOT DISTINCT FROM %s AND phase = 'grouped'"
    " AND state = 'waiting' ORDER BY row FOR UPDATE SKIP LOCKED"
)
_GROUP_SIZE = (
    "SELECT count(*) FROM work WHERE queue = %s AND proof IS NOT DISTINCT FROM %s AND phase = 'grouped'"
    " AND state NOT IN ('delivered', 'skipped', 'discarded')"
)
_TAKE = (
    'WITH l AS (INSERT INTO lease(token, owner, until, "left", works)'
    " VALUES (%s, %s, clock() + %s, %s, %s) RETURNING token)"
    " UPDATE work w SET state = 'working', token = l.token, attempts = w.attempts + 1 FROM l, message m"
    f" WHERE w.row = ANY(%s) AND m.row = w.message RETURNING l.token, {WORK_COLUMNS}, {MESSAGE_COLUMNS}"
)
_READY = (
    "SELECT name FROM queue q WHERE stopped IS NULL AND EXISTS"
    f" (SELECT 1 FROM work w WHERE w.queue = q.number AND {_FREE} AND w.due <= (SELECT clock())) ORDER BY number"
)
_BACKLOG = (
    "SELECT count(*), (SELECT clock()) - min(greatest(at, due)) FROM (SELECT w.at, w.due FROM work w"
    f" JOIN queue q ON q.number = w.queue WHERE q.name = %s AND {_FREE} AND w.due <= (SELECT clock()) LIMIT %s) o"
)
_HELD = "SELECT row, token FROM work WHERE state = 'working' AND row = ANY(%s) ORDER BY row FOR UPDATE"
_ADVANCE = (
    "UPDATE work w SET phase = %s, proof = a.proof FROM json_to_recordset(%s) AS a(row bigint, proof text)"
    " WHERE w.row = a.row"
)
_RENEW = (
    "UPDATE lease SET until = clock() + %s WHERE token IN"
    " (SELECT token FROM lease WHERE token = ANY(%s) ORDER BY token FOR UPDATE)"
)
_RETURN = (
    "UPDATE work SET state = 'waiting', token = NULL, due = 0, crashes = crashes + %s, attempts = attempts - %s"
    " WHERE row = ANY(%s) AND token = ANY(%s) AND state = 'working'"
)
_STUCK = (
    "w.state = 'waiting' AND w.lane IS NOT NULL AND EXISTS (SELECT 1 FROM work e WHERE e.queue = w.queue"
    " AND e.lane = w.lane AND e.lane IS NOT NULL AND e.state IN ('held', 'doubt')"
    " AND (coalesce(e.turn, e.row << 24), e.row) < (coalesce(w.turn, w.row << 24), w.row))"
)
_PENDING = (
    "SELECT (SELECT count(*) FROM work w JOIN queue q ON q.number = w.queue WHERE w.state = 'waiting'"
    f' AND q.stopped IS NULL AND NOT ({_STUCK})) + (SELECT coalesce(sum("left"), 0) FROM lease)'
)


def ready(session: Session) -> list[str]:
    """See ``WorkStore.ready``."""
    return [str(name) for (name,) in session.rows(_READY)]


def pending(session: Session) -> int:
    """See ``Records.pending``."""
    return int(cast(int, session.value(_PENDING)))


def stuck(session: Session) -> dict[str, int]:
    """See ``Records.stuck``."""
    sql = f"SELECT q.name, count(*) FROM work w JOIN queue q ON q.number = w.queue WHERE {_STUCK} GROUP BY q.name"
    return {str(name): int(count) for name, count in session.rows(sql)}


def backlog(session: Session, queue: str, limit: int) -> tuple[int, float]:
    """See ``WorkStore.backlog``."""
    count, waited = session.rows(_BACKLOG, (queue, limit))[0]
    return int(count), max(0.0, float(waited)) if count else 0.0


@dataclass(frozen=True, slots=True)
class _Due:
    """What can be claimed, as far as it decides what comes with it."""

    row: int
    priority: int
    due: float
    crashes: int
    phase: str | None
    proof: str | None

    def rank(self) -> tuple[int, bool, float, int]:
        return self.priority, self.due == 0, self.due, self.row

    @property
    def grouped(self) -> bool:
        return self.phase == Phase.GROUPED


def claim(session: Session, queue: str, owner: str, limit: int, lease: float) -> list[Work]:
    """See ``WorkStore.claim``."""
    number = session.known_queue(queue)
    if number is None:
        return []

    def take(connection: Connection) -> list[Work]:
        rows = connection.execute(_DUE, {"queue": number, "limit": limit}).fetchall()
        chosen = _together(connection, number, sorted((_Due(*row) for row in rows), key=_Due.rank))
        if not chosen:
            return []
        values = (new_number(), plain(owner), lease, len(chosen), chosen, chosen)
        taken = connection.execute(_TAKE, values, binary=True).fetchall()
        works = {row[1]: work_of(session.payloads, queue, row[1:], row[0]) for row in taken}
        return [works[row] for row in chosen if row in works]

    return session.run("claim", take, flushed=False)


def _together(connection: Connection, queue: int, due: list[_Due]) -> list[int]:
    """What may be in one pair of hands: a group comes whole and alone, and so does what was in hand at a crash."""
    if due and due[0].grouped:
        return _group(connection, queue, due[0].proof)
    if due and due[0].crashes:
        return [due[0].row]
    return [one.row for one in due if not one.crashes and not one.grouped]


def _group(connection: Connection, queue: int, proof: str | None) -> list[int]:
    """All of a group, or nothing where another worker is about to take it."""
    rows = [int(row) for (row,) in connection.execute(_GROUP, (queue, proof)).fetchall()]
    size = connection.execute(_GROUP_SIZE, (queue, proof)).fetchone()
    return rows if size == (len(rows),) else []


def advance(session: Session, works: Sequence[Work], phase: Phase, proofs: Sequence[str | None]) -> list[Work | None]:
    """See ``WorkStore.advance``."""

    def record(connection: Connection) -> dict[int, int]:
        found = connection.execute(_HELD, ([work.row for work in works],)).fetchall()
        held = {int(row): int(token) for row, token in found}
        pairs = zip(works, proofs, strict=True)
        rows: list[Record] = [
            {"row": work.row, "proof": proof} for work, proof in pairs if held.get(work.row) == work.token
        ]
        connection.execute(_ADVANCE, (phase, table_of(rows)))
        return held

    held = session.run("advance", record)
    return [work if held.get(work.row) == work.token else None for work in works]


def renew(session: Session, works: Sequence[Work], lease: float) -> None:
    """See ``WorkStore.renew``."""
    tokens = sorted({work.token for work in works})
    session.run("renew", lambda connection: connection.execute(_RENEW, (lease, tokens)), flushed=False)


def give_back(session: Session, owner: str | None, *, crashed: bool) -> int:
    """See ``WorkStore.give_back``."""
    values: Values
    if owner is None:
        condition, values = "until < (SELECT clock())", ()
    else:
        condition, values = "(owner = %s OR starts_with(owner, %s))", (plain(owner), f"{plain(owner)}/")
    found = session.rows(f"SELECT token, works FROM lease WHERE {condition}", values)
    if not found:  # as nearly always: then nothing is written
        return 0
    rows = sorted({int(row) for _, works in found for row in works})

    def put_back(connection: Connection) -> int:
        mine = lanes_of(connection, rows)
        lanes.lock(connection, session.address.schema, mine)
        connection.execute(_HELD, (rows,))  # before the leases, as a commit does
        sql = f"SELECT token FROM lease WHERE token = ANY(%s) AND {condition} ORDER BY token FOR UPDATE"
        tokens = [int(token) for (token,) in connection.execute(sql, ([token for token, _ in found], *values))]
        returned = connection.execute(_RETURN, (int(crashed), int(not crashed), rows, tokens)).rowcount
        connection.execute("DELETE FROM lease WHERE token = ANY(%s)", (tokens,))
        lanes.refresh(connection, mine)
        return returned

    return session.run("give_back", put_back, flushed=False)


def lanes_of(connection: Connection, rows: Sequence[int]) -> list[lanes.Lane]:
    """The lanes of some works."""
    sql = "SELECT DISTINCT queue, lane FROM work WHERE row = ANY(%s) AND lane IS NOT NULL"
    return [(int(queue), str(lane)) for queue, lane in connection.execute(sql, (list(rows),))]
