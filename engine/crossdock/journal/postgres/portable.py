"""Taking a journal out whole, and putting one in. See ``crossdock.journal.portable``.

A cursor of the server reads the tables in one snapshot, and COPY writes them in one transaction. That transaction
cannot be run again, as others can when the connection breaks: the records that came are gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import TypeAlias, cast

import msgspec
import psycopg
from psycopg.rows import TupleRow

from crossdock.errors import Halt, Retry
from crossdock.journal.portable import TABLES, AcceptedRow, PayloadPart, Record
from crossdock.journal.postgres import ledger
from crossdock.journal.postgres.numbers import new_number
from crossdock.journal.postgres.rows import plain
from crossdock.journal.postgres.session import Session
from crossdock.postgres.connection import Connection

Bound: TypeAlias = "None | int | float | bytes | str"

_PAGE = 500  # rows fetched at a time
_COLUMNS = {table: ", ".join(kind.__struct_fields__) for table, kind in TABLES.items()}
#: What each writer has counted for itself belongs to the sums.
_QUEUES = (
    "SELECT number, name, posted + coalesce((SELECT sum(t.posted) FROM tally t WHERE t.queue = q.number), 0)::bigint,"
    " purged, stopped FROM queue q ORDER BY number"
)
_ACCEPTED = (
    "SELECT value::bigint + coalesce((SELECT sum(posted) FROM tally WHERE queue = 0), 0)::bigint"
    " FROM fact WHERE name = 'accepted'"
)
_ORDER = {
    "seen": "scope, key",
    "newest": "scope, key",
    "business_key": "key, message",
    "counter": "scope",
    "received": "scope, number, exchange",
    "note": "place, key",
}
_STORED = (
    "SELECT DISTINCT m.stored, m.size FROM message m JOIN payload p ON p.key = m.stored AND p.size = m.size"
    " ORDER BY m.stored"
)
_TAKEN = (
    "SELECT EXISTS (SELECT 1 FROM message) OR EXISTS (SELECT 1 FROM work) OR EXISTS (SELECT 1 FROM seen)"
    " OR EXISTS (SELECT 1 FROM counter) OR EXISTS (SELECT 1 FROM note)"
)
_FRESH = (
    "TRUNCATE message, payload, chunk, queue, work, lease, attempt, seen, newest, business_key, refusal, register, tally,"
    " awaited, awaited_key, counter, received, note"
)
#: Numbers go on behind those that came.
_NUMBERED = (
    "SELECT setval('message_row', greatest((SELECT max(row) FROM message), nextval('message_row'))),"
    " setval('work_row', greatest((SELECT max(row) FROM work), nextval('work_row'))),"
    " setval(pg_get_serial_sequence('queue', 'number'), (SELECT coalesce(max(number), 1) FROM queue)),"
    " setval(pg_get_serial_sequence('awaited', 'row'), (SELECT coalesce(max(row), 1) FROM awaited))"
)
_BLOCKED = (
    "UPDATE work w SET blocked = true WHERE w.state = 'waiting' AND w.lane IS NOT NULL AND EXISTS (SELECT 1 FROM work e"
    " WHERE e.queue = w.queue AND e.lane = w.lane AND e.lane IS NOT NULL"
    " AND e.state IN ('waiting', 'working', 'held', 'doubt')"
    " AND (coalesce(e.turn, e.row << 24), e.row) < (coalesce(w.turn, w.row << 24), w.row))"
)


@contextmanager
def dump(session: Session) -> Iterator[Iterator[Record]]:
    """See ``Portable.dump``. Writers are not held up; PostgreSQL keeps what they replace while this reads."""
    with session.snapshot() as connection:
        yield _records(session, connection)


def _records(session: Session, connection: Connection) -> Iterator[Record]:
    yield from _table(connection, "queue", _QUEUES)
    for key, size in connection.execute(_STORED).fetchall():
        yield from _payload(session, str(key), cast(int, size))
    for table in list(TABLES)[1:]:
        order = _ORDER.get(table, "row")
        yield from _table(connection, table, f"SELECT {_COLUMNS[table]} FROM {table} ORDER BY {order}")
    (count,) = cast(TupleRow, connection.execute(_ACCEPTED).fetchone())
    yield AcceptedRow(count)


def _table(connection: Connection, table: str, sql: str) -> Iterator[Record]:
    kind = TABLES[table]
    with connection.cursor(name="dump") as cursor:
        cursor.itersize = _PAGE
        cursor.execute(sql)
        for row in cursor:
            yield cast(Record, msgspec.convert((table, *row), kind, builtin_types=(bytes,)))


def _payload(session: Session, key: str, size: int) -> Iterator[PayloadPart]:
    left = size
    for chunk in session.payloads.get(key, size).chunks():
        left -= len(chunk)
        yield PayloadPart(key, chunk, left == 0)


def load(session: Session, records: Iterable[Record], *, replace: bool) -> None:
    """See ``Portable.load``."""
    session.run("load", _Load(session, records, replace=replace))
    session.queues.clear()


class _Load:
    """The transaction, which can be run once."""

    def __init__(self, session: Session, records: Iterable[Record], *, replace: bool) -> None:
        self._session = session
        self._records = records
        self._replace = replace
        self._begun = False

    def __call__(self, connection: Connection) -> None:
        if self._begun:
            raise Retry("E731", f"PostgreSQL {self._session.address} broke off while it was loaded", hint="begin again")
        connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.execute("LOCK TABLE message, work, queue, seen IN ACCESS EXCLUSIVE MODE")
        if not self._replace and connection.execute(_TAKEN).fetchone() == (True,):
            hint = "--replace puts the other in its place"
            raise Halt("E751", f"journal {self._session.address} is not empty", hint=hint)
        self._begun = True
        connection.execute(_FRESH)
        connection.execute("DELETE FROM fact WHERE name = 'retired'")
        try:
            self._take_in(connection)
        except psycopg.IntegrityError as error:
            raise Halt("E758", f"the records contradict each other: {error.diag.message_detail}") from error
        connection.execute(_NUMBERED)
        connection.execute(_BLOCKED)
        ledger.name_all(connection)

    def _take_in(self, connection: Connection) -> None:
        for kind, some in groupby(self._records, type):
            if kind is PayloadPart:
                _store(connection, cast("Iterator[PayloadPart]", some))
            elif kind is AcceptedRow:
                (row,) = cast("Iterator[AcceptedRow]", some)
                connection.execute("UPDATE fact SET value = %s WHERE name = 'accepted'", (str(row.count),))
            else:
                _copy(connection, _COPY[kind], some)


_COPY = {kind: f"COPY {table}({_COLUMNS[table]}) FROM STDIN" for table, kind in TABLES.items()}


def _copy(connection: Connection, sql: str, rows: Iterator[Record]) -> None:
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row([_bound(value) for value in msgspec.structs.astuple(row)])


def _bound(value: Bound) -> Bound:
    return plain(value) if isinstance(value, str) else value  # of a member of an enumeration too


def _store(connection: Connection, parts: Iterator[PayloadPart]) -> None:
    for key, some in groupby(parts, lambda part: part.key):
        content = new_number()
        digest, size = hashlib.sha256(), 0
        sql = "INSERT INTO chunk(content, number, data, at) VALUES (%s, %s, %s, clock())"
        for number, part in enumerate(some):
            digest.update(part.data)
            size += len(part.data)
            connection.execute(sql, (content, number, part.data), binary=True)
        if digest.hexdigest() != key:
            raise Halt("E757", f"payload {key} is damaged: its bytes hash to {digest.hexdigest()}")
        sql = "INSERT INTO payload(key, content, size, at) VALUES (%s, %s, %s, clock())"
        connection.execute(sql, (key, content, size))


def retire(session: Session, where: str | None) -> None:
    """See ``Portable.retire``."""

    def note(connection: Connection) -> None:
        connection.execute("DELETE FROM fact WHERE name = 'retired'")
        if where is not None:
            connection.execute("INSERT INTO fact VALUES ('retired', %s)", (plain(where),))

    session.run("retire", note)


def retired(session: Session) -> str | None:
    """See ``Portable.retired``."""
    return cast("str | None", session.value("SELECT value FROM fact WHERE name = 'retired'"))
