"""The ledger and the control numbers of both sides. What a transaction writes of them is gathered in a ``LedgerBook``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import apsw

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
from crossdock.journal.sqlite.session import Row, Session, Value

_FROM = " FROM awaited a JOIN message m ON m.row = a.message"
_COUNTER = "SELECT number FROM counter WHERE scope = ?"
_GIVE = "INSERT OR REPLACE INTO counter(scope, number, at) VALUES (?, ?, ?)"
_ENTER = (
    "INSERT INTO awaited(message, partner, standard, set_id, interchange, group_number, transaction_number, keys, at,"
    " due, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_NAMES = (
    "INSERT INTO awaited_key(row, rank, partner, key) SELECT a.row, k.key, a.partner, k.value"
    f" FROM awaited a, json_each(a.keys) k WHERE a.row > ? AND length(k.value) <= {LONGEST_KEY}"
)
_ANSWER = "UPDATE awaited SET state = ?, weight = ?, codes = ?, detail = ?, answered = ? WHERE weight <= ? AND row IN ({rows})"
_NOTE = f"UPDATE awaited SET codes = ?, detail = ? WHERE state IN {OPEN_STATES} AND row IN ({{rows}})"
_SEE = (
    "INSERT OR IGNORE INTO received(scope, number, exchange, at) SELECT ?, ?, correlation, ? FROM message WHERE row = ?"
)
_STANDINGS = "SELECT partner, state, count(*) FROM awaited GROUP BY partner, state ORDER BY partner, state"
_LATE = (
    f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE a.state = 'waiting' AND a.due NOTNULL AND a.due <= ?1"
    f" AND a.due - a.at + {SENT} <= ?1 AND {{which}} ORDER BY a.due, a.row LIMIT ?2"
)
_OF_STATE = "SELECT row FROM awaited WHERE partner = ? AND state = ? AND row < ? ORDER BY row DESC LIMIT ?"
_END = 2**63 - 1  # behind every row


class LedgerBook:
    """What one transaction changes, until ``write``. The write lock is held, so counters are ours to raise."""

    def __init__(self, connection: apsw.Connection, now: float) -> None:
        self._connection = connection
        self._now = now
        self._numbers = NumberBook({})
        self._entered: list[Row] = []
        self._answers: list[Answer] = []
        self._seen: list[Row] = []

    def stamped(self, numbering: Numbering) -> tuple[bytes, tuple[Awaited, ...]]:
        """The bytes under the next numbers, and what is awaited of them."""
        for series in numbering.scopes:
            if series.name not in self._numbers.known:
                found = self._connection.execute(_COUNTER, (series.name,)).fetchone()
                self._numbers.known.update({series.name: cast(int, found[0])} if found else {})
        drawn = self._numbers.draw(numbering.scopes)
        return numbering.write(drawn), tuple(numbering.awaits(drawn))

    def enter(self, message_row: int, awaits: Iterable[Awaited]) -> None:
        """Rows for what a message carries."""
        self._entered += [(message_row, *row_of(awaited, self._now).values()) for awaited in awaits]

    def answer(self, answers: Iterable[Answer]) -> None:
        """Acknowledgements have come."""
        self._answers += answers

    def see(self, message_row: int, seen: Iterable[Seen]) -> None:
        """Control numbers came in with a message."""
        self._seen += [(one.scope, one.number, self._now, message_row) for one in seen]

    def write(self) -> None:
        """Everything, after the messages it is about."""
        if self._numbers.given:
            given = [(scope, number, self._now) for scope, number in self._numbers.given.items()]
            self._connection.executemany(_GIVE, given)
        if self._entered:
            before = self._connection.execute("SELECT coalesce(max(row), 0) FROM awaited").fetchone()
            self._connection.executemany(_ENTER, self._entered)
            self._connection.execute(_NAMES, before)
        if self._seen:
            self._connection.executemany(_SEE, self._seen)
        for answer in self._answers:
            self._write_answer(answer)

    def _write_answer(self, answer: Answer) -> None:
        rows, values = _meant(answer.reference)
        told = keys_text(answer.codes), answer.detail
        if answer.state is None:
            self._connection.execute(_NOTE.format(rows=rows), (*told, *values))
        else:
            said = answer.state, answer.weight, *told, self._now, answer.weight
            self._connection.execute(_ANSWER.format(rows=rows), (*said, *values))


def _meant(reference: Reference) -> tuple[str, tuple[str, ...]]:
    return selection(reference, mark="?", only="+")


def name_all(connection: apsw.Connection) -> None:
    """What is awaited is found by its keys again, of which no copy was kept."""
    connection.execute(_NAMES, (0,))


def hand_on(connection: apsw.Connection, work: int, heir: str) -> None:
    """What is awaited of the message of a work is awaited of the one that takes its place."""
    sql = (
        "UPDATE awaited SET message = (SELECT row FROM message WHERE id = ?)"
        " WHERE message = (SELECT message FROM work WHERE row = ?)"
    )
    connection.execute(sql, (heir, work))


def awaited(session: Session, reference: Reference) -> list[Awaiting]:
    """See ``Ledger.awaited``."""
    rows, values = _meant(reference)
    found = session.rows(f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE a.row IN ({rows}) ORDER BY a.row", values)
    return [awaiting_of(row) for row in found]


def ledger(session: Session, query: LedgerQuery) -> list[Awaiting]:
    """See ``Ledger.ledger``."""
    conditions, values = ["a.row < ?"], list[Value]([_END if query.below is None else query.below])
    if query.message is not None:
        conditions.append("m.id = ?")
        values.append(query.message)
    with session.snapshot():
        if query.states or query.partner is not None:
            conditions.append("a.row IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(_newest(session, query)))
        sql = f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE {' AND '.join(conditions)} ORDER BY a.row DESC LIMIT ?"
        return [awaiting_of(row) for row in session.rows(sql, (*values, query.limit))]


def _newest(session: Session, query: LedgerQuery) -> list[int]:
    """The newest rows of some partners and states, each of which is read from its end.

    However many others there are, and however few of these: a partner may have a million, and one of them rejected.
    """
    below, limit = (_END if query.below is None else query.below), (_END if query.message else query.limit)
    found = [
        cast(int, row)
        for partner, states in standings(session).items()
        if query.partner in (None, partner)
        for state in states
        if not query.states or state in query.states
        for (row,) in session.rows(_OF_STATE, (partner, state, below, limit))
    ]
    return sorted(found, reverse=True)[:limit]


def standings(session: Session) -> Mapping[str, Mapping[AckState, int]]:
    """See ``Ledger.standings``."""
    found: dict[str, dict[AckState, int]] = {}
    for partner, state, count in session.rows(_STANDINGS):
        found.setdefault(str(partner), {})[AckState(str(state))] = cast(int, count)
    return found


def may_be_late(session: Session, limit: int) -> list[int]:
    """The rows of what is not overdue yet and should be. Without the write lock: much may be due and not have left."""
    rows = session.rows(_LATE.format(which="1"), (session.clock.now(), limit))
    return [cast(int, row[0]) for row in rows]


def late(connection: apsw.Connection, now: float, rows: Sequence[int]) -> list[Awaiting]:
    """Which of some rows still are."""
    sql = _LATE.format(which="a.row IN (SELECT value FROM json_each(?3))")
    return [awaiting_of(row) for row in connection.execute(sql, (now, len(rows), json.dumps(rows))).fetchall()]


def raise_overdue(connection: apsw.Connection, rows: Iterable[Awaiting]) -> None:
    """They are overdue from now on."""
    connection.executemany("UPDATE awaited SET state = 'overdue' WHERE row = ?", [(one.row,) for one in rows])


def numbers(session: Session) -> list[Number]:
    """See ``Ledger.numbers``."""
    rows = session.rows("SELECT scope, number, at FROM counter ORDER BY scope")
    return [
        Number(scope=scope, number=number, at=at) for scope, number, at in cast("list[tuple[str, int, float]]", rows)
    ]


def set_number(session: Session, scope: str, number: int) -> None:
    """See ``Ledger.set_number``."""
    with session.transaction("number") as connection:
        connection.execute(_GIVE, (scope, number, session.clock.now()))


def received(session: Session) -> list[Received]:
    """See ``Ledger.received``."""
    with session.snapshot():
        return received_of(session.rows(TOTALS), session.rows(GAPS), session.rows(TWICE))
