"""The keys of ``once`` and ``latest`` in their tables: one statement reads those of a whole batch, one writes them.

Two transactions may want one key at the same moment, and neither sees the other. A key of ``once`` is written where
it is still as it was read; a row less than was to be written means that another was first, and everything begins
anew. A key of ``latest`` is locked where it is read, because what it is compared with must not move. Both are
written in the order of the keys, so nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.journal.guards import GuardBook
from crossdock.journal.postgres.rows import Record, plain, table_of
from crossdock.journal.postgres.session import Beaten
from crossdock.postgres.connection import Connection
from crossdock.route.plan import Guard, Latest, Once

_WANTED = "json_to_recordset(%s) AS x(scope text, key text)"
_SEEN = f"SELECT s.scope, s.key, s.message FROM {_WANTED} JOIN seen s USING (scope, key) WHERE s.expires >= %s"
_NEWEST = (
    f"SELECT n.scope, n.key, n.version, n.message FROM {_WANTED} JOIN newest n USING (scope, key)"
    " ORDER BY n.scope, n.key FOR UPDATE OF n"
)
_TAKE = (
    "INSERT INTO seen AS s (scope, key, message, expires) SELECT scope, key, message, expires"
    " FROM json_to_recordset(%s) AS x(scope text, key text, message text, expires float8)"
    ' ORDER BY scope COLLATE "C", key COLLATE "C" ON CONFLICT (scope, key) DO UPDATE'
    " SET message = excluded.message, expires = excluded.expires WHERE s.expires < %s OR s.message = excluded.message"
)
_ROWS = "json_to_recordset(%s) AS x(scope text, key text, version text, message text)"
_BEGIN = (
    f"INSERT INTO newest(scope, key, version, message, at) SELECT scope, key, version, message, %s FROM {_ROWS}"
    ' ORDER BY scope COLLATE "C", key COLLATE "C" ON CONFLICT DO NOTHING'
)
_RENEW = (
    f"UPDATE newest n SET version = x.version, message = x.message, at = %s FROM {_ROWS}"
    " WHERE n.scope = x.scope AND n.key = x.key"
)


class Guards:
    """The guards of one transaction: what is known of their keys in ``book``, to be judged there and written here."""

    def __init__(self, connection: Connection, now: float) -> None:
        self._connection = connection
        self.book = GuardBook(now)

    def look_up(self, guards: Iterable[Guard]) -> None:
        """Enter into the book who holds the keys of all these guards."""
        places: dict[type, dict[tuple[str, str], tuple[str, str]]] = {Once: {}, Latest: {}}
        for guard in guards:
            places[type(guard)][plain(guard.scope), plain(guard.key)] = guard.scope, guard.key
        if places[Once]:
            for scope, key, message in self._connection.execute(_SEEN, (_table(places[Once]), self.book.now)):
                self.book.seen[places[Once][scope, key]] = message
        if places[Latest]:
            for scope, key, version, message in self._connection.execute(_NEWEST, (_table(places[Latest]),)):
                self.book.newest[places[Latest][scope, key]] = version, message
        self._held = frozenset(self.book.newest)

    def write(self) -> None:
        """Keep what was taken. Raises ``Beaten`` where another transaction took one of the keys meanwhile."""
        book, now = self.book, self.book.now
        taken: list[Record] = [
            {"scope": place[0], "key": place[1], "message": book.seen[place], "expires": expires}
            for place, expires in book.taken.items()
        ]
        renewed = {
            place: {"scope": place[0], "key": place[1], "version": version, "message": message}
            for place, (version, message) in ((place, book.newest[place]) for place in book.renewed)
        }
        old: list[Record] = [dict(row) for place, row in renewed.items() if place in self._held]
        new: list[Record] = [dict(row) for place, row in renewed.items() if place not in self._held]
        if taken:
            self._all(_TAKE, (table_of(taken), now), len(taken))
        if new:
            self._all(_BEGIN, (now, table_of(new)), len(new))
        if old:
            self._all(_RENEW, (now, table_of(old)), len(old))

    def _all(self, sql: str, values: tuple[str | float, ...], count: int) -> None:
        if self._connection.execute(sql, values).rowcount != count:
            raise Beaten


def _table(places: Iterable[tuple[str, str]]) -> str:
    return table_of([{"scope": scope, "key": key} for scope, key in sorted(places)])
