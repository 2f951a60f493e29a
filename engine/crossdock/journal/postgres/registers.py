"""Registers: small texts that processes and machines agree on. The steady clock is the server's."""

from __future__ import annotations

import hashlib

from crossdock.journal.postgres.rows import plain
from crossdock.journal.postgres.session import Session
from crossdock.journal.registers import Change, Register
from crossdock.postgres.connection import Connection

_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_READ = "SELECT clock(), (SELECT text FROM register WHERE kind = %s AND key = %s)"
_WRITE = "INSERT INTO register(kind, key, text) VALUES (%s, %s, %s) ON CONFLICT (kind, key) DO UPDATE SET text = excluded.text"


def update(session: Session, kind: Register, key: str, change: Change) -> str | None:
    """See ``Registers.update``."""
    place = plain(key)
    digest = hashlib.blake2b(f"{session.address.schema}\0{kind}\0{place}".encode(), digest_size=8, person=b"register")
    lock = int.from_bytes(digest.digest(), "big", signed=True)

    def carry_out(connection: Connection) -> str | None:
        with connection.pipeline():
            connection.execute(_LOCK, (lock,))  # there may be no row to lock yet
            found = connection.execute(_READ, (kind, place))
        ((now, old),) = found.fetchall()
        text = change(old, now)
        if text is None:
            connection.execute("DELETE FROM register WHERE kind = %s AND key = %s", (kind, place))
        elif text != old:
            connection.execute(_WRITE, (kind, place, text))
        return text

    return session.run("update", carry_out, flushed=False)


def registers(session: Session, kind: Register) -> tuple[dict[str, str], float]:
    """See ``Registers.registers``."""
    sql = "SELECT clock(), r.key, r.text FROM (VALUES (1)) one LEFT JOIN register r ON r.kind = %s"
    rows = session.rows(sql, (kind,))
    return {str(key): str(text) for _, key, text in rows if key is not None}, float(rows[0][0])
