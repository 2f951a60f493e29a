"""The outbox: rows of somebody's table that wait to be taken, are claimed, and are marked once they are safe here.

A claim is a transaction of its own: the rows are locked (skipping those another poller has locked), marked as claimed,
and committed. So two pollers never hold the same row, and a poller that died gives its rows back when they are stale. A
mark that is lost costs nothing: the row comes again and is known by its key. Marks are written some at a time, at the
next poll.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.types import NullType

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.errors import CrossdockError, Reject
from crossdock_connectors.sql.changes import table_of
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.documents import Documents, Row, identity_of
from crossdock_connectors.sql.fetching import fetched
from crossdock_connectors.sql.reading_options import Constant, Outbox, SourceOptions
from crossdock_connectors.sql.stopping import refusals_stop

LOG = logging.getLogger("crossdock.sql")
U = TypeVar("U", sa.Update, sa.Delete)

LONGEST_REASON = 200  # characters; columns for it are short


class OutboxSource:
    """Takes the rows of one outbox."""

    def __init__(self, options: SourceOptions, outbox: Outbox, surroundings: Surroundings) -> None:
        self._options = options
        self._outbox = outbox
        self._database = Database(options, surroundings, writes=True)
        self._documents = Documents(options, self._database)
        named = (outbox.status, outbox.claimed_at, outbox.done_at, outbox.reason)
        names = dict.fromkeys([*outbox.key, *outbox.order, *(name for name in named if name)])
        self._table = table_of(outbox.table, tuple(names))
        self._open: dict[str, Arrival] = {}  # brought, and not settled
        self._marks: dict[str, tuple[Row, Verdict, str]] = {}  # settled, and not marked

    def poll(self) -> Iterator[Arrival]:
        """What waits now. Raises ``Retry`` or ``Halt``."""
        self._mark()
        yield from tuple(self._open.values())
        while True:
            arrivals = self._page()
            self._open |= {arrival.identity: arrival for arrival in arrivals}
            yield from arrivals
            if len(arrivals) < self._options.page:
                return
            self._mark()

    def quiet(self) -> bool:
        """Whether everything is marked."""
        return not self._marks and not self._open

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """It is durable, or refused: it will be marked."""
        row = arrival.receipt
        assert isinstance(row, Mapping)  # noqa: S101 - as Documents made it
        reason = "; ".join(f"{one.code}: {one.message}" for one in arrival.findings)
        self._marks[arrival.identity] = (row, verdict, reason or "refused")
        self._open.pop(arrival.identity, None)

    def close(self) -> None:
        """Write the marks that wait, and say goodbye."""
        try:
            self._mark()
        except CrossdockError as error:
            LOG.warning(
                "%s: rows that were taken are not marked yet; they come again, and are known: %s", "K841", error
            )
        self._database.close()

    # --- taking ---

    def _page(self) -> list[Arrival]:
        held = [*self._open, *self._marks]
        with refusals_stop(), self._database.transaction() as connection:
            limit = self._options.page if self._outbox.claimed_at else self._options.page + len(held)
            rows = fetched(self._database, connection.execute(self._waiting(limit)))
            where = self._database.where
            known = {identity_of("outbox", row, self._outbox.key, where): row for row in rows}
            fresh = {identity: row for identity, row in known.items() if identity not in held}
            self._claim(connection, list(fresh.values()))
            notes: list[dict[str, str]] = [{} for _ in fresh]
            return self._documents.arrivals(connection, list(fresh.values()), list(fresh), notes)

    def _waiting(self, limit: int) -> sa.Select[tuple[object, ...]]:
        order = [self._table.c[name] for name in self._outbox.order or self._outbox.key]
        wanted: sa.Select[tuple[object, ...]] = (
            sa.select(sa.literal_column("*")).select_from(self._table).where(self._is_waiting())
        )
        wanted = wanted.order_by(*order).limit(limit)
        if self._outbox.claimed_at is not None and self._database.dialect.skip_locked:
            wanted = wanted.with_for_update(skip_locked=True)
        return wanted

    def _is_waiting(self) -> sa.ColumnElement[bool]:
        outbox = self._outbox
        if outbox.status is None:
            return self._table.c[outbox.done_at or ""].is_(None)
        waits = self._has(outbox.status, outbox.waiting)
        if outbox.claimed_at is None:
            return waits
        column = self._database.quote(outbox.claimed_at)
        stale = sa.text(self._database.dialect.stale.format(column=column)).bindparams(seconds=outbox.stale)
        return sa.or_(waits, sa.and_(self._has(outbox.status, outbox.claimed), stale))

    def _has(self, column: str, value: Constant) -> sa.ColumnElement[bool]:
        if value is None:
            return self._table.c[column].is_(None)
        return self._table.c[column] == _bound(f"is_{value}", value)

    def _claim(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        outbox = self._outbox
        if outbox.claimed_at is None or outbox.status is None or not rows:
            return
        now: sa.ColumnClause[object] = sa.literal_column(self._database.dialect.now)
        values = {outbox.status: _bound("set_status", outbox.claimed), outbox.claimed_at: now}
        connection.execute(self._of_key(sa.update(self._table)).values(values), [self._key(row) for row in rows])

    # --- marking ---

    def _mark(self) -> None:
        if not self._marks:
            return
        marks = dict(self._marks)
        with refusals_stop(), self._database.transaction() as connection:
            for row, verdict, reason in marks.values():
                self._mark_one(connection, row, verdict, reason)
        for identity in marks:
            del self._marks[identity]

    def _mark_one(self, connection: sa.Connection, row: Row, verdict: Verdict, reason: str) -> None:
        if verdict is not Verdict.REFUSED:
            connection.execute(self._done(), self._key(row))
            return
        savepoint = connection.begin_nested()
        try:
            with self._database.translating():
                connection.execute(self._failed(reason[:LONGEST_REASON]), self._key(row))
            savepoint.commit()
        except Reject:  # the reason does not fit its column: the row is marked all the same
            savepoint.rollback()
            connection.execute(self._failed(None), self._key(row))

    def _done(self) -> sa.Update | sa.Delete:
        if self._outbox.delete:
            return self._of_key(sa.delete(self._table))
        return self._of_key(sa.update(self._table)).values(self._marked(self._outbox.done))

    def _failed(self, reason: str | None) -> sa.Update:
        values = self._marked(self._outbox.failed)
        if self._outbox.reason is not None and reason is not None:
            values[self._outbox.reason] = _bound("set_reason", reason)
        return self._of_key(sa.update(self._table)).values(values)

    def _marked(self, status: Constant) -> dict[str, sa.ColumnElement[object]]:
        values: dict[str, sa.ColumnElement[object]] = {}
        if self._outbox.status is not None:
            values[self._outbox.status] = _bound("set_status", status)
        if self._outbox.done_at is not None:
            values[self._outbox.done_at] = sa.literal_column(self._database.dialect.now)
        return values

    def _key(self, row: Row) -> dict[str, object]:
        return {f"key{number}": row[name] for number, name in enumerate(self._outbox.key)}

    def _of_key(self, statement: U) -> U:
        key = [
            self._table.c[name] == sa.bindparam(f"key{number}", type_=NullType())
            for number, name in enumerate(self._outbox.key)
        ]
        return statement.where(*key)


def _bound(name: str, value: Constant) -> sa.BindParameter[object]:
    """Bound without a type of ours: the column's own is what it is compared with."""
    return sa.bindparam(name, value, type_=NullType(), unique=True)
