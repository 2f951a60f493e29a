"""Taking a journal out whole, and putting one in. See ``crossdock.journal.portable``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import cast

import apsw
import msgspec

from crossdock.errors import Halt
from crossdock.journal.portable import TABLES, AcceptedRow, PayloadPart, Record
from crossdock.journal.sqlite import lanes, ledger
from crossdock.journal.sqlite.session import Row, Session

_COLUMNS = {table: ", ".join(kind.__struct_fields__) for table, kind in TABLES.items()}
#: In the order rows were made, which is that of their history.
_ORDER = {
    "seen": "scope, key",
    "newest": "scope, key",
    "business_key": "key, message",
    "counter": "scope",
    "received": "scope, number, exchange",
    "note": "place, key",
}
_STORED = "SELECT DISTINCT stored, size FROM message WHERE stored NOTNULL ORDER BY stored"
_ACCEPTED = "SELECT value FROM fact WHERE name = 'accepted'"
_TAKEN = (
    "SELECT EXISTS (SELECT 1 FROM message) OR EXISTS (SELECT 1 FROM work) OR EXISTS (SELECT 1 FROM seen)"
    " OR EXISTS (SELECT 1 FROM counter) OR EXISTS (SELECT 1 FROM note)"
)


@contextmanager
def dump(session: Session) -> Iterator[Iterator[Record]]:
    """See ``Portable.dump``. Writers are not held up: the log keeps what they do behind the snapshot."""
    with session.payloads.pinned(), session.snapshot():
        session.value(_ACCEPTED)  # the first read takes the snapshot, not BEGIN
        yield _records(session)


def _records(session: Session) -> Iterator[Record]:
    yield from _table(session, "queue")
    yield from _payloads(session)
    for table in list(TABLES)[1:]:
        yield from _table(session, table)
    yield AcceptedRow(int(str(session.value(_ACCEPTED))))


def _table(session: Session, table: str) -> Iterator[Record]:
    kind = TABLES[table]
    order = _ORDER.get(table, "rowid")
    for row in session.connection.execute(f"SELECT {_COLUMNS[table]} FROM {table} ORDER BY {order}"):
        yield cast(Record, msgspec.convert((table, *row), kind, builtin_types=(bytes,)))


def _payloads(session: Session) -> Iterator[PayloadPart]:
    for key, size in session.connection.execute(_STORED):
        if session.payloads.missing(str(key), cast(int, size)):
            continue
        left = cast(int, size)
        for chunk in session.payloads.get(str(key), left).chunks():
            left -= len(chunk)
            yield PayloadPart(str(key), chunk, left == 0)


def load(session: Session, records: Iterable[Record], *, replace: bool) -> None:
    """See ``Portable.load``."""
    with session.transaction("load") as connection:
        if not replace and session.value(_TAKEN):
            raise Halt("E751", f"journal {session.path} is not empty", hint="--replace puts the other in its place")
        for table in (*TABLES, "awaited_key", "lease", "register"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM fact WHERE name = 'retired'")
        try:
            _take_in(session, connection, records)
            lanes.reseat_all(connection)
            ledger.name_all(connection)
        except apsw.ConstraintError as error:
            raise Halt("E758", f"the records contradict each other: {error}") from error


def retire(session: Session, where: str | None) -> None:
    """See ``Portable.retire``."""
    with session.transaction("retire") as connection:
        connection.execute("DELETE FROM fact WHERE name = 'retired'")
        if where is not None:
            connection.execute("INSERT INTO fact VALUES ('retired', ?)", (where,))


def retired(session: Session) -> str | None:
    """See ``Portable.retired``."""
    return cast("str | None", session.value("SELECT value FROM fact WHERE name = 'retired'"))


def _take_in(session: Session, connection: apsw.Connection, records: Iterable[Record]) -> None:
    for kind, some in groupby(records, type):
        if kind is PayloadPart:
            _store(session, cast("Iterator[PayloadPart]", some))
        elif kind is AcceptedRow:
            rows = cast("Iterator[AcceptedRow]", some)
            sql = "UPDATE fact SET value = ? WHERE name = 'accepted'"
            connection.executemany(sql, [(str(row.count),) for row in rows])
        else:
            connection.executemany(_INSERT[kind], (cast(Row, msgspec.structs.astuple(row)) for row in some))


_INSERT = {
    kind: f"INSERT INTO {table}({_COLUMNS[table]}) VALUES ({', '.join('?' * len(kind.__struct_fields__))})"
    for table, kind in TABLES.items()
}


def _store(session: Session, parts: Iterator[PayloadPart]) -> None:
    for key, some in groupby(parts, lambda part: part.key):
        session.payloads.put(key, (part.data for part in some))
