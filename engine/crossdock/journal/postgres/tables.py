"""One statement per table for the rows of a whole batch, each with its rows as one JSON parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossdock.journal.contract import Fate
from crossdock.journal.postgres.rows import Record, table_of
from crossdock.journal.postgres.schema import ACCEPTED
from crossdock.postgres.connection import Connection

_MESSAGES = (
    "INSERT INTO message(row, id, parent, correlation, route, position, topic, partner, content_type, headers, trace,"
    " at, size, sha256, stored, body) SELECT row, id, parent, correlation, route, position, topic, partner,"
    " content_type, headers, trace, at, size, decode(sha256, 'hex'), stored, body FROM ROWS FROM (json_to_recordset(%s)"
    " AS (row bigint, id text, parent text, correlation text, route text, position bigint, topic text, partner text,"
    " content_type text, headers text, trace text, at float8, size bigint, sha256 text, stored text),"
    " unnest(%b::bytea[])) AS t(row, id, parent, correlation, route, position, topic, partner, content_type, headers,"
    " trace, at, size, sha256, stored, body)"
)
_WORKS = (
    "WITH new AS (INSERT INTO work(row, message, queue, state, due, priority, lane, turn, blocked, attempts, at, settled,"
    " code, reason, receipt) SELECT row, message, queue, state, due, priority, lane, turn, blocked, attempts, at,"
    " settled, code, reason, receipt FROM json_to_recordset(%s) AS t(row bigint, message bigint, queue integer,"
    " state text, due float8, priority integer, lane text, turn bigint, blocked boolean, attempts integer, at float8,"
    " settled float8, code text, reason text, receipt text) ON CONFLICT (message, queue) DO NOTHING RETURNING queue)"
    " INSERT INTO tally AS t (writer, queue, posted) SELECT %s, queue, count(*) FROM new GROUP BY queue"
    " ON CONFLICT (writer, queue) DO UPDATE SET posted = t.posted + excluded.posted"
)
_ACCEPTED = (
    "INSERT INTO tally AS t (writer, queue, posted) VALUES (%s, %s, %s)"
    " ON CONFLICT (writer, queue) DO UPDATE SET posted = t.posted + excluded.posted"
)
_ATTEMPTS = (
    "INSERT INTO attempt(work, number, at, event, code, reason, step, findings)"
    " SELECT t.row, w.attempts, t.at, t.event, t.code, t.reason, t.step, t.findings FROM ROWS FROM (json_to_recordset(%s)"
    " AS (row bigint, at float8, event text, code text, reason text, step text, findings text)) WITH ORDINALITY"
    " AS t(row, at, event, code, reason, step, findings, place) JOIN work w ON w.row = t.row ORDER BY t.place"
)
_SETTLED = (
    "UPDATE work w SET state = t.state, due = t.due, attempts = w.attempts - t.back,"
    " progress = greatest(w.progress, t.progress), token = NULL, settled = t.settled, code = t.code,"
    " reason = t.reason, receipt = t.receipt, crashes = CASE WHEN t.again THEN 0 ELSE w.crashes END,"
    " phase = CASE WHEN w.phase = 'sending' AND t.told OR w.phase = 'grouped' AND t.state = 'delivered' THEN NULL"
    " ELSE w.phase END FROM json_to_recordset(%s) AS t(row bigint, state text, due float8, back integer,"
    " progress bigint, settled float8, code text, reason text, receipt text, again boolean, told boolean)"
    " WHERE w.row = t.row"
)
_ADVANCED = (
    "UPDATE work w SET progress = t.progress, crashes = 0 FROM json_to_recordset(%s) AS t(row bigint, progress bigint)"
    " WHERE w.row = t.row"
)
_KEYS = (
    "INSERT INTO business_key(key, message) SELECT key, message FROM json_to_recordset(%s) AS t(key text,"
    " message bigint) ON CONFLICT DO NOTHING"
)
_FINISHED = (
    "WITH t AS (SELECT token, done FROM json_to_recordset(%s) AS t(token bigint, done integer)),"
    ' gone AS (DELETE FROM lease l USING t WHERE l.token = t.token AND l."left" <= t.done)'
    ' UPDATE lease l SET "left" = l."left" - t.done FROM t WHERE l.token = t.token AND l."left" > t.done'
)


def attempt_of(row: int, at: float, fate: Fate, findings: str | None) -> Record:
    """A row for ``Tables.attempts``."""
    told: Record = {"event": fate.event, "code": fate.code, "reason": fate.reason, "step": fate.step}
    return {"row": row, "at": at, **told, "findings": findings}


class Tables:
    """The tables, open for one transaction of one writer. Nothing is sent where there is nothing to write."""

    def __init__(self, connection: Connection, writer: str) -> None:
        self._connection = connection
        self._writer = writer

    def messages(self, rows: Sequence[tuple[Record, bytes | None]]) -> None:
        """New messages with their inline bodies."""
        if rows:
            values = table_of([row for row, _ in rows]), [body for _, body in rows]
            self._connection.execute(_MESSAGES, values)

    def works(self, rows: Sequence[Record]) -> None:
        """New works, counted; a message that is in the queue already is not posted again."""
        if rows:
            self._connection.execute(_WORKS, (table_of(rows), self._writer))

    def accepted(self, count: int) -> None:
        """Arrivals from outside, counted."""
        if count:
            self._connection.execute(_ACCEPTED, (self._writer, ACCEPTED, count))

    def attempts(self, rows: Sequence[Record]) -> None:
        """History, before what it is about is settled."""
        self._write(_ATTEMPTS, rows)

    def settled(self, rows: Sequence[Record]) -> None:
        """What became of works in hand."""
        self._write(_SETTLED, rows)

    def advanced(self, rows: Sequence[Record]) -> None:
        """How far works have come that stay in hand."""
        self._write(_ADVANCED, rows)

    def keys(self, rows: Sequence[Record]) -> None:
        """Business keys."""
        self._write(_KEYS, rows)

    def finished(self, counts: Mapping[int, int]) -> None:
        """How many works each lease covers no more."""
        self._write(_FINISHED, [{"token": token, "done": counts[token]} for token in sorted(counts)])

    def _write(self, sql: str, rows: Sequence[Record]) -> None:
        if rows:
            self._connection.execute(sql, (table_of(rows),))
