"""Statements and bindings of the SQLite journal for its two widest tables."""

from __future__ import annotations

from crossdock.journal import rows
from crossdock.journal.payloads import Kept
from crossdock.journal.rows import headers_text
from crossdock.journal.sqlite.session import Row
from crossdock.message import Message

#: Read before the claim counts the attempt.
WORK_COLUMNS = rows.WORK_COLUMNS.format(attempt="w.attempts + 1")
NOTE_ATTEMPT = (
    "INSERT INTO attempt(work, number, at, event, code, reason, step, findings)"
    " SELECT row, attempts, ?, ?, ?, ?, ?, ? FROM work WHERE row = ?"
)
INSERT_MESSAGE = (
    "INSERT INTO message(row, id, parent, correlation, route, position, topic, partner, content_type, headers, trace,"
    " at, size, sha256, stored, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def values_of(message: Message, kept: Kept, at: float) -> Row:
    """The bindings of ``INSERT_MESSAGE`` behind the row number."""
    return (
        message.id,
        message.parent,
        message.correlation,
        message.route,
        message.position,
        message.topic,
        message.partner,
        message.content_type,
        headers_text(message),
        message.trace,
        at,
        kept.size,
        kept.sha256,
        kept.key,
        kept.inline,
    )
