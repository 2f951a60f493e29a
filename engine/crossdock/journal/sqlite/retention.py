"""Forgetting what is old: settled exchanges, expired keys, payload files nothing refers to.

A message goes when it is old, none of its work is open, held, dead or in doubt, and nothing made from it is left; so
an exchange goes from its leaves to its root and lineage never dangles. Every purged row is counted, and the audit's
sum stays right.
"""

from __future__ import annotations

from typing import cast

import apsw

from crossdock.journal.sqlite.session import Row, Session

_MESSAGES = (
    "SELECT m.row, m.id, m.parent, m.position, m.stored, m.at, EXISTS (SELECT 1 FROM message c WHERE c.parent = m.id)"
    " OR EXISTS (SELECT 1 FROM work w WHERE w.message = m.row AND w.state NOT IN ('delivered', 'skipped', 'discarded'))"
    " FROM message m ORDER BY m.row"
)
_EXPIRED = (
    "DELETE FROM seen WHERE (scope, key) IN"
    " (SELECT scope, key FROM seen WHERE expires < ? ORDER BY expires, scope, key LIMIT ?)"
)

_UNUSED = (
    "DELETE FROM newest WHERE (scope, key) IN"
    " (SELECT scope, key FROM newest WHERE at < ? ORDER BY at, scope, key LIMIT ?)"
)
_REFUSED = "DELETE FROM refusal WHERE rowid IN (SELECT rowid FROM refusal WHERE at < ? ORDER BY at, rowid LIMIT ?)"

_NUMBERS = (
    "DELETE FROM received WHERE (scope, number, exchange) IN"
    " (SELECT scope, number, exchange FROM received WHERE at < ? ORDER BY at, scope, number, exchange LIMIT ?)"
)

_NOTES = (
    "DELETE FROM note WHERE (place, key) IN (SELECT place, key FROM note WHERE at < ? ORDER BY at, place, key LIMIT ?)"
)

SWEEP_EVERY = 3600.0  # seconds between looks for payload files that a crash left behind …
LEFT_BEHIND = 3600.0  # … which are those nothing refers to and nobody wrote to for this long
DROP_STEP = 50  # files removed under one write lock, which is then held for some milliseconds


def purge(session: Session, messages_before: float, keys_before: float, limit: int) -> int:
    """See ``Records.purge``."""
    with session.transaction("purge") as connection:
        old = _old(connection, messages_before, session.clock.now(), limit)
        for row in old:
            _forget(session, row)
        forgotten = [len(old)]
        others = (
            (_UNUSED, keys_before),
            (_NOTES, keys_before),
            (_REFUSED, messages_before),
            (_NUMBERS, messages_before),
        )
        for sql, before in ((_EXPIRED, session.clock.now()), *others):
            connection.execute(sql, (before, limit))
            forgotten.append(connection.changes())
    _drop_payloads(session, [str(row[4]) for row in old if row[4]])
    if session.clock.boot() >= session.sweep_due:
        session.sweep_due = session.clock.boot() + SWEEP_EVERY
        _sweep(session)
    return max(forgotten)


def _old(connection: apsw.Connection, before: float, now: float, limit: int) -> list[Row]:
    """What can be forgotten. Rows are in the order they came, so the first one that is not old ends the search.

    But for one from the future: a clock that once ran ahead must not keep everything after it for ever.
    """
    found: list[Row] = []
    cursor = connection.execute(_MESSAGES)
    for *row, at, needed in cursor:
        if at > now:
            continue
        if at >= before or len(found) == limit:
            break
        if not needed:
            found.append(tuple(row))
    cursor.close()
    return found


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
    connection.execute("DELETE FROM awaited_key WHERE row IN (SELECT row FROM awaited WHERE message = ?)", (number,))
    connection.execute("DELETE FROM awaited WHERE message = ?", (number,))
    connection.execute("DELETE FROM message WHERE row = ?", (number,))


def _drop_payloads(session: Session, keys: list[str]) -> None:
    """Remove the files of ``keys`` that no message refers to.

    Under the write lock: whoever is about to refer to the same bytes does so before, and they stay, or after, and
    notices that they are gone (``writing``).
    """
    unused = [key for key in keys if not _used(session, key)]  # without the lock: there may be very many
    for begin in range(0, len(unused), DROP_STEP):
        with session.transaction("drop"):
            session.payloads.drop(key for key in unused[begin : begin + DROP_STEP] if not _used(session, key))


def _used(session: Session, key: str) -> bool:
    return session.value("SELECT 1 FROM message WHERE stored = ? LIMIT 1", (key,)) is not None


def _sweep(session: Session) -> None:
    """Remove what crashes left in the payload store."""
    before = session.clock.now() - LEFT_BEHIND
    session.payloads.drop_unfinished(before)
    _drop_payloads(session, list(session.payloads.keys(before)))
