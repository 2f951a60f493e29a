"""The notes of the SQLite journal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import apsw

from crossdock.journal.contract import Entry
from crossdock.journal.notebook import RENEW, Note, Place
from crossdock.journal.sqlite.session import Session

_READ = "SELECT key, text, at FROM note WHERE place = ? AND key IN (SELECT value FROM json_each(?))"
_RENEW = "UPDATE note SET at = ? WHERE place = ? AND key IN (SELECT value FROM json_each(?)) AND at < ?"
_WRITE = (
    "INSERT INTO note(place, key, text, at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT(place, key) DO UPDATE SET text = excluded.text, at = excluded.at"
)
_PAGE = "SELECT place, key, text, at FROM note WHERE place = ? AND key > ? ORDER BY key LIMIT ?"


def notes(session: Session, place: str, keys: Sequence[str]) -> dict[str, str]:
    """See ``Notebook.notes``."""
    found = cast("list[tuple[str, str, float]]", session.rows(_READ, (place, json.dumps(keys))))
    now = session.clock.now()
    old = [key for key, _, at in found if at < now - RENEW]
    if old:
        with session.unflushed("notes") as connection:
            connection.execute(_RENEW, (now, place, json.dumps(old), now - RENEW))
    return {key: text for key, text, _ in found}


def note(session: Session, place: str, notes: Mapping[str, str | None]) -> None:
    """See ``Notebook.note``."""
    if not notes:
        return
    with session.transaction("note") as connection:
        gone = [(place, key) for key, text in notes.items() if text is None]
        connection.executemany("DELETE FROM note WHERE place = ? AND key = ?", gone)
        kept = {key: text for key, text in notes.items() if text is not None}
        _write(connection, session.clock.now(), {(place, key): text for key, text in kept.items()})


def enter(connection: apsw.Connection, now: float, entries: Iterable[Entry], ids: Iterable[str]) -> None:
    """What arrivals bring along, inside the transaction that takes them in."""
    brought: dict[tuple[str, str], str] = {}
    for entry, id in zip(entries, ids, strict=True):
        brought.update({(entry.message.route, key): text for key, text in entry.noted(id).items()})
    if brought:
        _write(connection, now, brought)


def noted(session: Session, place: str, after: str, limit: int) -> list[Note]:
    """See ``Notebook.noted``."""
    rows = cast("list[tuple[str, str, str, float]]", session.rows(_PAGE, (place, after, limit)))
    return [Note(place=place, key=key, text=text, at=at) for place, key, text, at in rows]


def places(session: Session) -> list[Place]:
    """See ``Notebook.places``."""
    rows = session.rows("SELECT place, count(*), max(at) FROM note GROUP BY place ORDER BY place")
    return [Place(name=name, notes=count, newest=at) for name, count, at in cast("list[tuple[str, int, float]]", rows)]


def _write(connection: apsw.Connection, now: float, notes: Mapping[tuple[str, str], str]) -> None:
    connection.executemany(_WRITE, ((place, key, text, now) for (place, key), text in notes.items()))
