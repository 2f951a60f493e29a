"""Registers: what processes of one machine agree on, beside work. Forgotten with the boot they belong to, as leases are."""

from __future__ import annotations

from collections.abc import Mapping

from crossdock.journal.registers import Change, Register
from crossdock.journal.sqlite.session import Session

_READ = "SELECT text FROM register WHERE kind = ? AND key = ?"
_WRITE = "INSERT OR REPLACE INTO register(kind, key, text) VALUES (?, ?, ?)"
_REMOVE = "DELETE FROM register WHERE kind = ? AND key = ?"


def update(session: Session, kind: Register, key: str, change: Change) -> str | None:
    """See ``Registers.update``. What stays as it is costs no write, and wakes nobody."""
    with session.unflushed("register") as connection:
        found = session.value(_READ, (kind, key))
        before = None if found is None else str(found)
        text = change(before, session.clock.boot())
        if text is None:
            connection.execute(_REMOVE, (kind, key))
        elif text != before:
            connection.execute(_WRITE, (kind, key, text))
    return text


def every(session: Session, kind: Register) -> tuple[Mapping[str, str], float]:
    """See ``Registers.registers``."""
    rows = session.rows("SELECT key, text FROM register WHERE kind = ? ORDER BY key", (kind,))
    return {str(key): str(text) for key, text in rows}, session.clock.boot()
