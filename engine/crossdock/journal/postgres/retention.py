"""Forgetting what is old: settled exchanges, expired keys, payloads nothing refers to. In steps of a limit.

A message goes when it is old, none of its work is open, held, dead or in doubt, and nothing made from it is left; so
an exchange goes from its leaves to its root and lineage never dangles. Every purged row is counted, and the audit's
sum stays right.
"""

from __future__ import annotations

from crossdock.journal.postgres import schema
from crossdock.journal.postgres.session import Session
from crossdock.postgres.connection import Connection

#: Rows are in the order they came, so the first one that is not old ends the search. But for one from the future: a
#: clock that once ran ahead must not keep everything after it for ever.
_OLD = (
    "WITH young AS (SELECT row FROM message WHERE at <= (SELECT clock()) AND at >= %s ORDER BY row LIMIT 1)"
    " SELECT m.row, m.stored FROM message m WHERE m.at <= (SELECT clock())"
    " AND m.row < coalesce((SELECT row FROM young), 9223372036854775807)"
    " AND NOT EXISTS (SELECT 1 FROM message c WHERE c.parent = m.id)"
    " AND NOT EXISTS (SELECT 1 FROM work w WHERE w.message = m.row"
    " AND w.state NOT IN ('delivered', 'skipped', 'discarded'))"
    " ORDER BY m.row LIMIT %s FOR UPDATE OF m SKIP LOCKED"
)
_FORGET = (
    "WITH works AS (DELETE FROM work WHERE message = ANY(%(rows)s) RETURNING row, queue),"
    " history AS (DELETE FROM attempt WHERE work IN (SELECT row FROM works)),"
    " keys AS (DELETE FROM business_key WHERE message = ANY(%(rows)s)),"
    " awaits AS (DELETE FROM awaited WHERE message = ANY(%(rows)s) RETURNING row),"
    " names AS (DELETE FROM awaited_key WHERE row IN (SELECT row FROM awaits)),"
    " counted AS (SELECT queue, count(*) AS n FROM works GROUP BY queue)"
    " UPDATE queue q SET purged = purged + c.n FROM counted c WHERE c.queue = q.number"
)
_GONE = (
    "WITH gone AS (DELETE FROM message WHERE row = ANY(%s) RETURNING parent, position),"
    " counted AS (SELECT parent, count(*) AS n FROM gone WHERE parent IS NOT NULL AND position > 0 GROUP BY parent)"
    " UPDATE message m SET gone = m.gone + c.n FROM counted c WHERE m.id = c.parent"
)
_EXPIRED = (
    "DELETE FROM seen WHERE (scope, key) IN (SELECT scope, key FROM seen WHERE expires < (SELECT clock())"
    " ORDER BY expires, scope, key LIMIT %s FOR UPDATE SKIP LOCKED)"
)
_UNUSED = (
    "DELETE FROM newest WHERE (scope, key) IN (SELECT scope, key FROM newest WHERE at < %s"
    " ORDER BY at, scope, key LIMIT %s FOR UPDATE SKIP LOCKED)"
)
_PAST = (
    "DELETE FROM refusal WHERE row IN"
    " (SELECT row FROM refusal WHERE at < %s ORDER BY row LIMIT %s FOR UPDATE SKIP LOCKED)"
)
_NUMBERS = (
    "DELETE FROM received WHERE (scope, number, exchange) IN (SELECT scope, number, exchange FROM received WHERE at < %s"
    " ORDER BY at, scope, number, exchange LIMIT %s FOR UPDATE SKIP LOCKED)"
)

_NOTES = (
    "DELETE FROM note WHERE (place, name) IN (SELECT place, name FROM note WHERE at < %s"
    " ORDER BY at, place, key LIMIT %s FOR UPDATE SKIP LOCKED)"
)

SWEEP_EVERY = 3600.0  # seconds between looks for what crashes left behind …
LEFT_BEHIND = 3600.0  # … which are payloads nothing refers to and nobody wrote to for this long
SWEEP_LIMIT = 1000  # of them at a time


def purge(session: Session, messages_before: float, limit: int, keys_before: float) -> int:
    """See ``Records.purge``."""

    def forget(connection: Connection) -> tuple[list[int], list[str], int]:
        found = connection.execute(_OLD, (messages_before, limit)).fetchall()
        rows = [int(row) for row, _ in found]
        if rows:
            connection.execute(_FORGET, {"rows": rows})
            connection.execute(_GONE, (rows,))
        others = (
            connection.execute(_EXPIRED, (limit,)).rowcount,
            connection.execute(_UNUSED, (keys_before, limit)).rowcount,
            connection.execute(_NOTES, (keys_before, limit)).rowcount,
            connection.execute(_PAST, (messages_before, limit)).rowcount,
            connection.execute(_NUMBERS, (messages_before, limit)).rowcount,
        )
        return rows, [str(key) for _, key in found if key], max(others)

    rows, keys, others = session.run("purge", forget)
    session.payloads.drop(keys)
    _sweep(session)
    return max(len(rows), others)


def _sweep(session: Session) -> None:
    """Now and then: what crashes left behind, and the tallies of who is gone."""
    if session.clock.boot() < session.sweep_due:
        return
    session.sweep_due = session.clock.boot() + SWEEP_EVERY
    session.payloads.sweep(LEFT_BEHIND, SWEEP_LIMIT)
    session.run("fold", schema.fold_abandoned)
