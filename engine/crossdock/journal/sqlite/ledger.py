"""The ledger and the control numbers of both sides. What a transaction writes of them is gathered in a ``LedgerBook``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    criteria,
    keys_text,
    received_of,
    row_of,
)
from crossdock.journal.sqlite.session import Row, Session, Value

_FROM = " FROM awaited a JOIN message m ON m.row = a.message"
_COUNTER = "SELECT number FROM counter WHERE scope = ?"
_GIVE = "INSERT OR REPLACE INTO counter(scope, number, at) VALUES (?, ?, ?)"
_ENTER = (
    "INSERT INTO awaited(message, partner, standard, set_id, interchange, group_number, transaction_number, keys, at,"
    " due, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ANSWER = "UPDATE awaited SET state = ?, codes = ?, detail = ?, answered = ? WHERE row IN "
_NOTE = f"UPDATE awaited SET codes = ?, detail = ? WHERE state IN {OPEN_STATES} AND row IN "
_SEE = (
    "INSERT OR IGNORE INTO received(scope, number, exchange, at) SELECT ?, ?, correlation, ? FROM message WHERE row = ?"
)
_STANDINGS = "SELECT partner, state, count(*) FROM awaited GROUP BY partner, state ORDER BY partner, state"
_LATE = (
    f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE a.state = 'waiting' AND a.due NOTNULL AND a.due <= ?1"
    f" AND a.due - a.at + {SENT} <= ?1 ORDER BY a.due, a.row LIMIT ?2"
)


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
            self._connection.executemany(_ENTER, self._entered)
        if self._seen:
            self._connection.executemany(_SEE, self._seen)
        for answer in self._answers:
            self._write_answer(answer)

    def _write_answer(self, answer: Answer) -> None:
        rows, values = _meant(answer.reference)
        told = keys_text(answer.codes), answer.detail
        if answer.state is None:
            self._connection.execute(_NOTE + rows, (*told, *values))
        else:
            self._connection.execute(_ANSWER + rows, (answer.state, *told, self._now, *values))


def _meant(reference: Reference) -> tuple[str, tuple[str, ...]]:
    """The rows a reference names, as a subquery with its values: those of the message that was sent last.

    Only the number that narrows most is looked up in an index; most transactions of a partner are number 1.
    """
    wanted = criteria(reference)
    partner, first, *others = wanted if len(wanted) > 1 else (*wanted, "standard")
    if first not in wanted:
        conditions = f"{partner} = ?"
    else:
        conditions = " AND ".join([f"{partner} = ?", f"{first} = ?", *(f"+{name} = ?" for name in others)])
    values = tuple(wanted.values())
    last = f"SELECT message FROM awaited WHERE {conditions} ORDER BY row DESC LIMIT 1"
    return f"(SELECT row FROM awaited WHERE {conditions} AND +message = ({last}))", (*values, *values)


def awaited(session: Session, reference: Reference) -> list[Awaiting]:
    """See ``Ledger.awaited``."""
    rows, values = _meant(reference)
    found = session.rows(f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE a.row IN {rows} ORDER BY a.row", values)
    return [awaiting_of(row) for row in found]


def ledger(session: Session, query: LedgerQuery) -> list[Awaiting]:
    """See ``Ledger.ledger``."""
    conditions, values = ["1"], list[Value]()
    # The newest of a partner are found sooner from the end than by a sort of all that are theirs.
    given = (("+a.partner = ?", query.partner), ("m.id = ?", query.message), ("a.row < ?", query.below))
    for condition, value in given:
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if query.states:
        conditions.append(f"a.state IN ({', '.join('?' * len(query.states))})")
        values += query.states
    sql = f"SELECT {LEDGER_COLUMNS}{_FROM} WHERE {' AND '.join(conditions)} ORDER BY a.row DESC LIMIT ?"
    return [awaiting_of(row) for row in session.rows(sql, (*values, query.limit))]


def standings(session: Session) -> Mapping[str, Mapping[AckState, int]]:
    """See ``Ledger.standings``."""
    found: dict[str, dict[AckState, int]] = {}
    for partner, state, count in session.rows(_STANDINGS):
        found.setdefault(str(partner), {})[AckState(str(state))] = cast(int, count)
    return found


def may_be_late(session: Session) -> bool:
    """Whether it is worth while to look for what is."""
    sql = "SELECT 1 FROM awaited WHERE state = 'waiting' AND due NOTNULL AND due <= ? LIMIT 1"
    return session.value(sql, (session.clock.now(),)) is not None


def late(connection: apsw.Connection, now: float, limit: int) -> list[Awaiting]:
    """What is not overdue yet and should be."""
    return [awaiting_of(row) for row in connection.execute(_LATE, (now, limit)).fetchall()]


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
