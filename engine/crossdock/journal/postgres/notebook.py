"""The notes of the PostgreSQL journal.

A key may be longer than an index of PostgreSQL takes, so a note is found by the hash of its key. Rows are written in
the order of those hashes by everybody, so that two who write the same ones wait for each other and not both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from crossdock.journal.contract import Entry
from crossdock.journal.notebook import RENEW, Note, Place
from crossdock.journal.postgres.rows import plain
from crossdock.journal.postgres.session import Session
from crossdock.postgres.connection import Connection

_READ = "SELECT name, text, at < clock() - %s FROM note WHERE place = %s AND name = ANY(%s)"
_LOCKED = "SELECT name FROM note WHERE place = %s AND name = ANY(%s) ORDER BY name FOR UPDATE"
_RENEW = "UPDATE note SET at = clock() WHERE place = %s AND name = ANY(%s)"
_REMOVE = "DELETE FROM note WHERE place = %s AND name = ANY(%s)"
_WRITE = (
    "INSERT INTO note(place, key, text, at) SELECT place, key, text, clock() FROM unnest(%s::text[], %s::text[],"
    " %s::text[]) AS t(place, key, text) ON CONFLICT (place, name) DO UPDATE SET text = excluded.text, at = excluded.at"
)
_PAGE = "SELECT key, text, at FROM note WHERE place = %s AND key > %s ORDER BY key LIMIT %s"


def notes(session: Session, place: str, keys: Sequence[str]) -> dict[str, str]:
    """See ``Notebook.notes``."""
    asked = {_name(key): key for key in keys}
    found = session.rows(_READ, (RENEW, plain(place), list(asked)))
    old = [bytes(name) for name, _, is_old in found if is_old]
    if old:
        session.run("notes", lambda connection: _renew(connection, plain(place), old), flushed=False)
    return {asked[bytes(name)]: str(text) for name, text, _ in found}


def note(session: Session, place: str, notes: Mapping[str, str | None]) -> None:
    """See ``Notebook.note``."""
    gone = [_name(key) for key, text in notes.items() if text is None]
    kept = {(place, key): text for key, text in notes.items() if text is not None}

    def carry_out(connection: Connection) -> None:
        if gone:
            connection.execute(_LOCKED, (plain(place), gone))
            connection.execute(_REMOVE, (plain(place), gone))
        _write(connection, kept)

    if notes:
        session.run("note", carry_out)


def enter(connection: Connection, entries: Iterable[Entry], ids: Iterable[str]) -> None:
    """What arrivals bring along, inside the transaction that takes them in."""
    brought: dict[tuple[str, str], str] = {}
    for entry, id in zip(entries, ids, strict=True):
        brought.update({(entry.message.route, key): text for key, text in entry.noted(id).items()})
    _write(connection, brought)


def noted(session: Session, place: str, after: str, limit: int) -> list[Note]:
    """See ``Notebook.noted``."""
    rows = session.rows(_PAGE, (plain(place), plain(after), limit))
    return [Note(place=place, key=str(key), text=str(text), at=float(at)) for key, text, at in rows]


def places(session: Session) -> list[Place]:
    """See ``Notebook.places``."""
    rows = session.rows("SELECT place, count(*), max(at) FROM note GROUP BY place ORDER BY place")
    return [Place(name=str(name), notes=int(count), newest=float(at)) for name, count, at in rows]


def _write(connection: Connection, notes: Mapping[tuple[str, str], str]) -> None:
    if not notes:
        return
    rows = {(plain(place), _name(key)): (plain(place), plain(key), plain(text)) for (place, key), text in notes.items()}
    places, keys, texts = zip(*(rows[name] for name in sorted(rows)), strict=True)
    connection.execute(_WRITE, (list(places), list(keys), list(texts)))


def _renew(connection: Connection, place: str, names: list[bytes]) -> None:
    connection.execute(_LOCKED, (place, names))
    connection.execute(_RENEW, (place, names))


def _name(key: str) -> bytes:
    return hashlib.sha256(plain(key).encode()).digest()
