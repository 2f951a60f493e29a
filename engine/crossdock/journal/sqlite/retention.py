"""Forgetting what is old: settled exchanges, expired keys, payload files nothing refers to.

A message goes when it is old, none of its work is open, held, dead or in doubt, and nothing made from it is left; so
an exchange goes from its leaves to its root and lineage never dangles. Every purged row is counted, and the audit's
sum stays right.
"""

from __future__ import annotations

from typing import cast

from crossdock.journal.sqlite.session import Row, Session

_OLD = (
    "SELECT m.row, m.id, m.parent, m.position, m.stored FROM message m WHERE m.at < ?"
    " AND NOT EXISTS (SELECT 1 FROM message c WHERE c.parent = m.id)"
    " AND NOT EXISTS (SELECT 1 FROM work w WHERE w.message = m.row"
    " AND w.state NOT IN ('delivered', 'skipped', 'discarded')) LIMIT ?"
)
_EXPIRED = "DELETE FROM seen WHERE (scope, key) IN (SELECT scope, key FROM seen WHERE expires < ? LIMIT ?)"


def purge(session: Session, messages_before: float, limit: int) -> int:
    """See ``Records.purge``."""
    with session.transaction("purge") as connection:
        old = connection.execute(_OLD, (messages_before, limit)).fetchall()
        for row in old:
            _forget(session, row)
        connection.execute(_EXPIRED, (session.clock.now(), limit))
    _drop_payloads(session, [str(row[4]) for row in old if row[4]])
    return len(old)


def _forget(session: Session, row: Row) -> None:
    number, _, parent, position, _ = row
    connection = session.connection
    connection.execute(
        "UPDATE queue SET purged = purged + 1 WHERE number IN (SELECT queue FROM work WHERE message = ?)", (number,)
    )
    if parent is not None and cast(int, position) > 0:
        connection.execute("UPDATE message SET gone = gone + 1 WHERE id = ?", (parent,))
    connection.execute("DELETE FROM attempt WHERE work IN (SELECT row FROM work WHERE message = ?)", (number,))
    connection.execute("DELETE FROM work WHERE message = ?", (number,))
    connection.execute("DELETE FROM business_key WHERE message = ?", (number,))
    connection.execute("DELETE FROM message WHERE row = ?", (number,))


def _drop_payloads(session: Session, keys: list[str]) -> None:
    used = "SELECT 1 FROM message WHERE stored = ?"
    session.payloads.drop(key for key in keys if session.value(used, (key,)) is None)
