"""Lanes among many writers: who shares one goes one after the other, whoever commits first.

Whatever puts work into a lane, or takes it out, first locks the lane until it commits; so rows of a lane come in the
order of their numbers, and two workers never find each other's work in a lane half done. A claim takes no such lock:
it takes heads, and ``blocked`` marks what is none. ``refresh`` sets that mark anew, last of all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from crossdock.journal.postgres.rows import table_of
from crossdock.postgres.connection import Connection

Lane: TypeAlias = tuple[int, str]  # queue number and name
Age: TypeAlias = tuple[int, int]  # turn (see ``turns``) and row

MANY = 128  # lanes locked one by one: above that one lock stands for all, so the server's lock table is never full
_ALL = 0x6C616E65  # the first key of both: "lane"
_LOCK_SOME = "SELECT pg_advisory_xact_lock_shared(%s, %s), pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"
_LOCK_ALL = "SELECT pg_advisory_xact_lock(%s, %s)"

_IN = "json_to_recordset(%s) AS l(queue integer, lane text)"
#: Heads are locked first: a claim that is under way ends before they are judged, in a statement that sees it.
_HEADS = (
    f"SELECT w.row FROM {_IN} JOIN work w ON w.queue = l.queue AND w.lane = l.lane"
    " WHERE w.lane IS NOT NULL AND w.state = 'waiting' AND NOT w.blocked ORDER BY w.row FOR UPDATE OF w"
)
_REFRESH = (
    f"WITH judged AS (SELECT l.queue, l.lane, head.row, EXISTS (SELECT 1 FROM work b WHERE b.queue = l.queue"
    " AND b.lane = l.lane AND b.lane IS NOT NULL AND b.state = 'working') AS busy"
    f" FROM {_IN} LEFT JOIN LATERAL (SELECT w.row FROM work w WHERE w.queue = l.queue AND w.lane = l.lane"
    " AND w.lane IS NOT NULL AND w.state IN ('waiting', 'working', 'held', 'doubt')"
    " ORDER BY coalesce(w.turn, w.row << 24), w.row LIMIT 1) head ON true),"
    " wrong AS (SELECT w.row, true AS blocked FROM judged j JOIN work w ON w.queue = j.queue AND w.lane = j.lane"
    " WHERE w.lane IS NOT NULL AND w.state = 'waiting' AND NOT w.blocked AND (j.busy OR w.row <> j.row)"
    " UNION ALL SELECT w.row, false FROM judged j JOIN work w ON w.row = j.row"
    " WHERE w.state = 'waiting' AND w.blocked AND NOT j.busy)"
    " UPDATE work w SET blocked = wrong.blocked FROM wrong WHERE w.row = wrong.row"
)
_OPEN = (
    "SELECT o.queue, o.lane, o.age, o.row, o.state FROM"
    f" {_IN} CROSS JOIN LATERAL ((SELECT w.queue, w.lane, coalesce(w.turn, w.row << 24) AS age, w.row, w.state FROM work w"
    " WHERE w.queue = l.queue AND w.lane = l.lane AND w.lane IS NOT NULL"
    " AND w.state IN ('waiting', 'working', 'held', 'doubt') ORDER BY coalesce(w.turn, w.row << 24), w.row LIMIT %s)"
    " UNION (SELECT w.queue, w.lane, coalesce(w.turn, w.row << 24), w.row, w.state FROM work w"
    " WHERE w.queue = l.queue AND w.lane = l.lane AND w.lane IS NOT NULL AND w.state = 'working' LIMIT 2)) o"
)


def lock(connection: Connection, schema: str, lanes: Iterable[Lane]) -> None:
    """These lanes are ours until the transaction ends. Before any row is locked, so that nobody waits in a circle."""
    keys = sorted({_key(schema, lane) for lane in lanes})
    everything = _key(schema, (0, "")) % 2**31
    if len(keys) > MANY:
        connection.execute(_LOCK_ALL, (_ALL, everything))
    elif keys:
        connection.execute(_LOCK_SOME, (_ALL, everything, keys))


def _key(schema: str, lane: Lane) -> int:
    digest = hashlib.blake2b(f"{schema}\0{lane[0]}\0{lane[1]}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def refresh(connection: Connection, lanes: Iterable[Lane]) -> None:
    """Mark what is head of its lane and what is not."""
    some = _table(sorted(set(lanes)))
    if some:
        with connection.pipeline():
            connection.execute(_HEADS, (some,))
            connection.execute(_REFRESH, (some,))


def _table(lanes: Sequence[Lane]) -> str:
    return table_of([{"queue": queue, "lane": lane} for queue, lane in lanes]) if lanes else ""


class LaneBook:
    """What is open in the lanes that parts of a split come into: whose turn it is.

    ``leaving`` is how many pieces may leave their lanes meanwhile.
    """

    def __init__(self, connection: Connection, lanes: Iterable[Lane], leaving: int) -> None:
        self._open: dict[Lane, dict[int, tuple[Age, bool]]] = {}
        some = _table(sorted(set(lanes)))
        for queue, lane, age, row, state in connection.execute(_OPEN, (some, leaving + 2)) if some else ():
            self._open.setdefault((queue, lane), {})[row] = ((age, row), state == "working")

    def taken(self, lane: Lane, age: Age, parent: int) -> bool:
        """Whether a new part of the work ``parent`` must wait: its lane has something older, or something in hand."""
        others = self._open.get(lane, {})
        return any(row != parent and (busy or other < age) for row, (other, busy) in others.items())

    def put(self, lane: Lane, age: Age, *, stays: bool) -> None:
        """A piece is in nobody's hand now; whether it ``stays`` open in its lane."""
        rows = self._open.setdefault(lane, {})
        if stays:
            rows[age[1]] = (age, False)
        else:
            rows.pop(age[1], None)
