"""Lanes: what of each is free to be claimed.

``work.blocked`` says of a waiting row that its lane is not free, so that the indexes of what can be claimed hold only
what is: a claim costs the same however many wait behind a held piece. Whatever changes a lane calls ``reseat`` for it
before its transaction ends; that reads the few rows that are not blocked and the first one that is.

A row's place in its lane is its turn (``turns``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TypeAlias, cast

import apsw

from crossdock.journal.turns import TURN

#: Queue number and lane.
Place: TypeAlias = tuple[int, str]

#: The condition of index work_lane: a query has to repeat it to use that.
OPEN_LANE = "lane IS NOT NULL AND state IN ('waiting', 'working', 'held', 'doubt')"
_HERE = f"FROM work WHERE queue = ? AND lane = ? AND {OPEN_LANE}"
_SEATED = f"SELECT {TURN}, row, state {_HERE} AND blocked = 0"
_NEXT = f"SELECT {TURN}, row {_HERE} AND blocked = 1 ORDER BY {TURN}, row LIMIT 1"
_MARK = "UPDATE work SET blocked = ? WHERE row = ?"
_TAKEN = f"""
    SELECT value FROM json_each(?1) l WHERE EXISTS
        (SELECT 1 FROM work WHERE queue = ?2 AND lane = l.value AND {OPEN_LANE} AND blocked IN (0, 1)
        AND {TURN} <= ?3 AND row NOT IN (SELECT value FROM json_each(?4)))
    OR EXISTS
        (SELECT 1 FROM work WHERE queue = ?2 AND lane = l.value AND {OPEN_LANE} AND blocked = 0
        AND state = 'working' AND row NOT IN (SELECT value FROM json_each(?4)))
"""
_ALL = f"SELECT DISTINCT queue, lane FROM work WHERE {OPEN_LANE}"


def reseat(connection: apsw.Connection, places: Iterable[Place]) -> None:
    """Let the oldest of each lane go, unless something of it is in hand, and nothing else."""
    for place in places:
        seated = cast("list[tuple[int, int, str]]", connection.execute(_SEATED, place).fetchall())
        behind = cast("list[tuple[int, int]]", connection.execute(_NEXT, place).fetchall())
        busy = any(state == "working" for _, _, state in seated)
        first = min([(turn, row) for turn, row, _ in seated] + behind, default=(0, 0))
        marks = [(1, row) for turn, row, state in seated if state == "waiting" and (busy or (turn, row) != first)]
        if behind and behind[0] == first and not busy:
            marks.append((0, first[1]))
        connection.executemany(_MARK, marks)


def reseat_all(connection: apsw.Connection) -> None:
    """The same for every lane there is, after rows came in from elsewhere."""
    reseat(connection, cast("list[Place]", connection.execute(_ALL).fetchall()))


def taken(connection: apsw.Connection, queue: int, lanes: Iterable[str], turn: int, but: Sequence[int]) -> set[str]:
    """The lanes in which a new row of that turn must wait: for an older one, or one in hand, other than ``but``."""
    rows = connection.execute(_TAKEN, (json.dumps(list(lanes)), queue, turn, json.dumps(but)))
    return {str(lane) for (lane,) in rows}
