"""The ledger and the control numbers of both sides, among many writers.

A counter is locked from when it is read until the transaction ends: who rolls back takes the number back, and nobody
has the next one meanwhile. So counters are locked late, behind every other lock but that of the rows they make, and
in the order of their names. Rows of the ledger that acknowledgements change are locked last, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from crossdock.control import AckState, Answer, Awaited, Numbering, Reference, Seen
from crossdock.journal.ledger import (
    GAPS,
    LEDGER_COLUMNS,
    OPEN_STATES,
    SENT,
    TOTALS,
    TWICE,
    Awaiting,
    LedgerQuery,
    Number,
    NumberBook,
    Received,
    awaiting_of,
    keys_text,
    received_of,
    row_of,
)
from crossdock.journal.meant import LONGEST_KEY, selection
from crossdock.journal.postgres.rows import Record, plain, table_of
from crossdock.journal.postgres.session import Session, Value
from crossdock.postgres.connection import Connection

_FROM = " FROM awaited a JOIN message m ON m.row = a.message"
_NAMED = (
    "INSERT INTO awaited_key(row, rank, partner, key) SELECT a.row, k.rank - 1, a.partner, k.key FROM {source} a,"
    f" json_array_elements_text(a.keys::json) WITH ORDINALITY AS k(key, rank) WHERE length(k.key) <= {LONGEST_KEY}"
)
#: A counter nobody has used is made at -1, so that there is a row to lock; it is gone again with a rollback.
_MAKE = (
    "INSERT INTO counter(scope, number, at) SELECT scope, -1, 0 FROM unnest(%s::text[]) AS s(scope)"
    ' ORDER BY scope COLLATE "C" ON CONFLICT DO NOTHING'
)
_LOCK = 'SELECT scope, number FROM counter WHERE scope = ANY(%s) ORDER BY scope COLLATE "C" FOR UPDATE'
_GIVE = (
    "UPDATE counter c SET number = t.number, at = %s FROM json_to_recordset(%s) AS t(scope text, number bigint)"
    " WHERE c.scope = t.scope"
)
_SET = (
    "INSERT INTO counter(scope, number, at) VALUES (%s, %s, clock())"
    " ON CONFLICT (scope) DO UPDATE SET number = excluded.number, at = excluded.at"
)
_ENTER = (
    "WITH entered AS (INSERT INTO awaited(message, partner, standard, set_id, interchange, group_number, transaction_number, keys, at, due,"
    " state) SELECT message, partner, standard, set_id, interchange, group_number, transaction_number, keys, at, due, state"
    " FROM json_to_recordset(%s) AS t(message bigint, partner text, standard text, set_id text, interchange text,"
    " group_number text, transaction_number text, keys text, at float8, due float8, state text)"
    f" RETURNING row, partner, keys) {_NAMED.format(source='entered')}"
)
_LOCK_ROWS = "SELECT row FROM awaited WHERE row = ANY(%s) ORDER BY row FOR UPDATE"
_ANSWER = (
    "UPDATE awaited SET state = %s, weight = %s, codes = %s, detail = %s, answered = %s"
    " WHERE weight <= %s AND row = ANY(%s)"
)
_NOTE = f"UPDATE awaited SET codes = %s, detail = %s WHERE state IN {OPEN_STATES} AND row = ANY(%s)"
_SEE = (
    "INSERT INTO received(scope, number, exchange, at) SELECT t.scope, t.number, m.correlation, %s FROM"
    " json_to_recordset(%s) AS t(scope text, number bigint, message bigint) JOIN message m ON m.row = t.message"
    " ON CONFLICT DO NOTHING"
)
_STANDINGS = "SELECT partner, state, count(*) FROM awaited GROUP BY partner, state ORDER BY partner, state"
_LATE = (
    f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE a.state = 'waiting' AND a.due <= (SELECT clock())"
    f" AND a.due - a.at + {SENT} <= (SELECT clock()) ORDER BY a.due, a.row LIMIT %s"
)
_RAISE = (
    "UPDATE awaited SET state = 'overdue' WHERE row IN (SELECT row FROM awaited WHERE row = ANY(%s)"
    " AND state = 'waiting' ORDER BY row FOR UPDATE) RETURNING row"
)


class LedgerBook:
    """What one transaction changes, until ``write``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._answers: list[Answer] = []
        self._seen: list[Record] = []

    def answer(self, answers: Iterable[Answer]) -> None:
        """Acknowledgements have come."""
        self._answers += answers

    def see(self, message_row: int, seen: Iterable[Seen]) -> None:
        """Control numbers came in with a message."""
        self._seen += [{"scope": one.scope, "number": one.number, "message": message_row} for one in seen]

    def stamp(self, numberings: Sequence[Numbering], now: float) -> list[tuple[bytes, tuple[Awaited, ...]]]:
        """The bytes of each under the next numbers, and what is awaited of them. The counters are ours from now on."""
        scopes = sorted({plain(series.name) for numbering in numberings for series in numbering.scopes})
        with self._connection.pipeline():
            self._connection.execute(_MAKE, (scopes,))
            found = self._connection.execute(_LOCK, (scopes,))
        known = {str(scope): int(number) for scope, number in found.fetchall() if number >= 0}
        book = NumberBook(known)
        stamped = [_stamped(book, numbering) for numbering in numberings]
        given: list[Record] = [{"scope": scope, "number": number} for scope, number in book.given.items()]
        self._connection.execute(_GIVE, (now, table_of(given)))
        return stamped

    def enter(self, rows: Sequence[tuple[int, Awaited]], now: float) -> None:
        """Rows for what messages carry."""
        if rows:
            table: list[Record] = [{"message": number, **row_of(awaited, now)} for number, awaited in rows]
            self._connection.execute(_ENTER, (table_of(table),))

    def write(self, now: float) -> None:
        """What came in, after the messages it is about."""
        if self._seen:
            self._connection.execute(_SEE, (now, table_of(self._seen)))
        if self._answers:
            self._write_answers(now)

    def _write_answers(self, now: float) -> None:
        """One after the other, for the last one counts; but in three round trips, however many there are."""
        with self._connection.pipeline():
            found = [self._connection.execute(*_meant(answer.reference)) for answer in self._answers]
        rows = [[int(row) for (row,) in one.fetchall()] for one in found]
        self._connection.execute(_LOCK_ROWS, (sorted({row for some in rows for row in some}),))
        with self._connection.pipeline():
            for answer, some in zip(self._answers, rows, strict=True):
                if some:
                    self._write_answer(answer, some, now)

    def _write_answer(self, answer: Answer, rows: list[int], now: float) -> None:
        told = keys_text(answer.codes), None if answer.detail is None else plain(answer.detail)
        if answer.state is None:
            self._connection.execute(_NOTE, (*told, rows))
        else:
            self._connection.execute(_ANSWER, (answer.state, answer.weight, *told, now, answer.weight, rows))


def _stamped(book: NumberBook, numbering: Numbering) -> tuple[bytes, tuple[Awaited, ...]]:
    drawn = book.draw(numbering.scopes)
    return numbering.write(drawn), tuple(numbering.awaits(drawn))


def _meant(reference: Reference) -> tuple[str, tuple[str, ...]]:
    sql, values = selection(reference, mark="%s")
    return sql, tuple(map(plain, values))


def name_all(connection: Connection) -> None:
    """What is awaited is found by its keys again, of which no copy was kept."""
    connection.execute(_NAMED.format(source="awaited"))


def hand_on(connection: Connection, work: int, heir: str) -> None:
    """What is awaited of the message of a work is awaited of the one that takes its place."""
    sql = (
        "UPDATE awaited SET message = (SELECT row FROM message WHERE id = %s)"
        " WHERE message = (SELECT message FROM work WHERE row = %s)"
    )
    connection.execute(sql, (heir, work))


def awaited(session: Session, reference: Reference) -> list[Awaiting]:
    """See ``Ledger.awaited``."""
    rows, values = _meant(reference)
    found = session.rows(f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE a.row IN ({rows}) ORDER BY a.row", values)
    return [awaiting_of(row) for row in found]


def ledger(session: Session, query: LedgerQuery) -> list[Awaiting]:
    """See ``Ledger.ledger``."""
    conditions, values = ["true"], list[Value]()
    given = (("a.partner = %s", query.partner), ("m.id = %s", query.message), ("a.row < %s", query.below))
    for condition, value in given:
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if query.states:
        conditions.append("a.state = ANY(%s)")
        values.append([str(state) for state in query.states])
    sql = f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE {' AND '.join(conditions)} ORDER BY a.row DESC LIMIT %s"
    return [awaiting_of(row) for row in session.rows(sql, (*values, query.limit))]


def standings(session: Session) -> Mapping[str, Mapping[AckState, int]]:
    """See ``Ledger.standings``."""
    found: dict[str, dict[AckState, int]] = {}
    for partner, state, count in session.rows(_STANDINGS):
        found.setdefault(str(partner), {})[AckState(str(state))] = cast(int, count)
    return found


def late(session: Session, limit: int) -> list[Awaiting]:
    """What is not overdue yet and should be, as far as known without a lock."""
    return [awaiting_of(row) for row in session.rows(_LATE, (limit,))]


def raise_overdue(connection: Connection, rows: Iterable[int]) -> set[int]:
    """They are overdue from now on; those that nobody answered meanwhile."""
    return {int(row) for (row,) in connection.execute(_RAISE, (sorted(rows),)).fetchall()}


def numbers(session: Session) -> list[Number]:
    """See ``Ledger.numbers``."""
    rows = session.rows("SELECT scope, number, at FROM counter ORDER BY scope")
    return [Number(scope=scope, number=number, at=at) for scope, number, at in rows]


def set_number(session: Session, scope: str, number: int) -> None:
    """See ``Ledger.set_number``."""
    session.run("number", lambda connection: connection.execute(_SET, (plain(scope), number)))


def received(session: Session) -> list[Received]:
    """See ``Ledger.received``."""
    with session.snapshot() as connection:
        totals, gaps, twice = (connection.execute(sql).fetchall() for sql in (TOTALS, GAPS, TWICE))
    return received_of(totals, gaps, twice)
