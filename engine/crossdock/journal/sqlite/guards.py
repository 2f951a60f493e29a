"""The keys of ``once`` and ``latest`` in their tables: one statement reads those of a whole batch, one writes them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

import apsw

from crossdock.journal.guards import GuardBook
from crossdock.route.plan import Guard, Once

_SEEN = "SELECT key, message FROM seen WHERE scope = ? AND expires >= ? AND key IN (SELECT value FROM json_each(?))"
_NEWEST = "SELECT key, version, message FROM newest WHERE scope = ? AND key IN (SELECT value FROM json_each(?))"
_TAKE = "INSERT OR REPLACE INTO seen(scope, key, message, expires) VALUES (?, ?, ?, ?)"
_RENEW = "INSERT OR REPLACE INTO newest(scope, key, version, message, at) VALUES (?, ?, ?, ?, ?)"


def look_up(connection: apsw.Connection, book: GuardBook, guards: Iterable[Iterable[Guard]]) -> None:
    """Enter into the book who holds the keys of all these guards."""
    once: defaultdict[str, list[str]] = defaultdict(list)
    latest: defaultdict[str, list[str]] = defaultdict(list)
    for some in guards:
        for guard in some:
            (once if isinstance(guard, Once) else latest)[guard.scope].append(guard.key)
    for scope, keys in once.items():
        rows = connection.execute(_SEEN, (scope, book.now, json.dumps(keys)))
        book.seen.update({(scope, str(key)): str(message) for key, message in rows})
    for scope, keys in latest.items():
        rows = connection.execute(_NEWEST, (scope, json.dumps(keys)))
        book.newest.update({(scope, str(key)): (str(version), str(message)) for key, version, message in rows})


def write(connection: apsw.Connection, book: GuardBook) -> None:
    """Keep what was taken."""
    taken = [(*place, book.seen[place], expires) for place, expires in book.taken.items()]
    connection.executemany(_TAKE, taken)
    connection.executemany(_RENEW, [(*place, *book.newest[place], book.now) for place in book.renewed])
