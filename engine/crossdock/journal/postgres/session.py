"""One connection to the journal in PostgreSQL, with its transactions.

A transaction is a function that may run more than once: it runs again when the connection broke before its commit,
and when it lost against another one (deadlock, a key taken meanwhile). A commit whose answer was lost is the one
moment at which nobody knows. So every transaction also writes its number into a row of its session, and the next
connection asks that row. Asking locks it, which waits for the old transaction if the server still works on it; a
status asked by transaction id could belong to a transaction of another time line, after a failover or a crash.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias, TypeVar, cast

import psycopg
from psycopg.rows import TupleRow

from crossdock.errors import Retry
from crossdock.journal.contract import Clock
from crossdock.journal.postgres import schema
from crossdock.journal.postgres.aside import Aside
from crossdock.journal.postgres.payloads import PayloadTable
from crossdock.postgres.address import Address, address_of
from crossdock.postgres.connection import ASK_EVERYTHING, PATIENCE, Connection, connect
from crossdock.postgres.failures import LOST, meaning, translated

Value: TypeAlias = "None | bool | int | float | bytes | str | list[int] | list[str] | list[bytes]"
Values: TypeAlias = Sequence[Value]
T = TypeVar("T")

TRIES = 10  # of a transaction that others keep winning against
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 5.0  # seconds between tries to connect
DOUBT_SECONDS = 10.0  # to find out what became of a commit, before the caller is told to come again

#: Answers whether the commit happened, and waits for it if it is still under way.
_ASK = "SELECT last FROM writer WHERE name = %s FOR UPDATE"
_MARK = (
    "INSERT INTO writer(name, last, at) VALUES (%s, %s, clock())"
    " ON CONFLICT (name) DO UPDATE SET last = excluded.last, at = excluded.at"
)


class Beaten(Exception):
    """Another transaction came first; this one begins anew. Never leaves this package."""


class _Broken(Exception):
    """The connection broke before the commit: nothing happened. Never leaves this file."""


class Session:
    """A connection, made again when it breaks, with what every part of the journal needs. Used by one thread."""

    def __init__(self, url: str, clock: Clock, reach: Callable[[str], None]) -> None:
        self.clock = clock
        self.reach = reach
        self.address: Address = address_of(url)
        self.name = uuid.uuid4().hex
        self.queues: dict[str, int] = {}
        self.sweep_due = 0.0
        self.payloads = PayloadTable(self)
        self._aside = Aside(self.address)
        self._serial = 0
        self._pause = SHORTEST_PAUSE
        self._not_before = -1.0
        self._connection: Connection | None = None
        try:
            schema.migrate(self.connected(), self.address)
        except BaseException:
            self._lose()
            raise

    def connected(self) -> Connection:
        """The connection. Raises ``Retry`` while the server is away, without asking it too often."""
        if self._connection is None:
            if self.clock.boot() < self._not_before:
                raise Retry("E731", f"PostgreSQL {self.address} is away", after=self._pause)
            try:
                self._connection = connect(self.address)
            except Retry:
                self._not_before = self.clock.boot() + self._pause
                self._pause = min(LONGEST_PAUSE, self._pause * 2)
                raise
            self._pause = SHORTEST_PAUSE
            self.queues.clear()  # a server that was restored has other numbers
        return self._connection

    # Reading

    def rows(self, sql: str, values: Values = ()) -> list[TupleRow]:
        """Every row of a query; asked again once when the connection turns out to be broken."""
        try:
            return self._rows(sql, values)
        except _Broken:
            pass
        try:
            return self._rows(sql, values)
        except _Broken as error:
            raise Retry("E731", f"PostgreSQL {self.address} is away") from error

    def beside(self, sql: str, values: Values) -> list[TupleRow]:
        """Every row of a query, asked over another connection: in any thread, whatever this one is doing."""
        return self._aside.rows(sql, values)

    def value(self, sql: str, values: Values = ()) -> Value:
        """The first column of the first row, or None."""
        rows = self.rows(sql, values)
        return cast(Value, rows[0][0]) if rows else None

    def _rows(self, sql: str, values: Values) -> list[TupleRow]:
        connection = self.connected()
        try:
            return connection.execute(sql, values).fetchall()
        except psycopg.Error as error:
            raise self._failed(error) from error

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Reads inside see one state of the journal, however long they take."""
        with translated(self.address):
            connection = self.connected()
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", prepare=False)
            connection.patience = None
            try:
                connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
                connection.execute(ASK_EVERYTHING)
                yield connection
            finally:
                connection.patience = PATIENCE
                with suppress(psycopg.Error):
                    connection.execute("ROLLBACK", prepare=False)
                self._look(connection)

    # Writing

    def run(self, name: str, body: Callable[[Connection], T], *, flushed: bool = True) -> T:
        """What ``body`` gives, in a transaction that is committed when this returns.

        Not ``flushed``: a crash of the *server* may undo it, a crash of anything else may not.
        """
        cut = False
        for _ in range(TRIES):
            try:
                return self._once(name, body, flushed=flushed)
            except Beaten:
                continue
            except _Broken as error:
                if cut:
                    raise Retry("E731", f"PostgreSQL {self.address} is away: {error}") from error
                cut = True
        raise Retry("E733", f"PostgreSQL {self.address}: others kept winning against {name}")

    def _once(self, name: str, body: Callable[[Connection], T], *, flushed: bool) -> T:
        connection = self.connected()
        self._serial += 1
        with self._undone(connection):
            with connection.pipeline():
                connection.execute("BEGIN")
                connection.execute(f"SET LOCAL synchronous_commit = {'on' if flushed else 'off'}")
                connection.execute(_MARK, (self.name, self._serial))
            found = body(connection)
            self.reach(f"{name}.before_commit")
        self._commit(connection)
        self.reach(f"{name}.after_commit")
        return found

    @contextmanager
    def _undone(self, connection: Connection) -> Iterator[None]:
        """Whatever is raised inside, the transaction did not happen."""
        try:
            yield
        except psycopg.Error as error:
            self._roll_back(connection)
            raise self._failed(error) from error
        except BaseException:
            self._roll_back(connection)
            raise

    def _roll_back(self, connection: Connection) -> None:
        self.queues.clear()
        with suppress(psycopg.Error):
            connection.execute("ROLLBACK", prepare=False)
        self._look(connection)

    def _commit(self, connection: Connection) -> None:
        try:
            connection.execute("COMMIT", prepare=False)
        except psycopg.Error as error:
            self._look(connection)
            if self._connection is not None:  # refused, not lost: PostgreSQL has rolled back
                self._roll_back(connection)
                raise self._failed(error) from error
            self._settle(error)

    def _settle(self, error: psycopg.Error) -> None:
        """The connection broke at COMMIT: find out. Raises when it did not happen, or nobody answers."""
        end = self.clock.boot() + DOUBT_SECONDS
        while True:
            try:
                found = self.connected().execute(_ASK, (self.name,)).fetchone()
            except (psycopg.Error, Retry) as still:
                self._lose()
                if self.clock.boot() >= end:
                    raise Retry("E736", f"PostgreSQL {self.address} broke off at a commit: {still}") from error
                time.sleep(SHORTEST_PAUSE)
                continue
            if found is None or found[0] != self._serial:
                raise _Broken from error
            return

    def _failed(self, error: psycopg.Error) -> Exception:
        """What to raise for a statement that failed."""
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._lose()
            return _Broken(str(error))
        if error.sqlstate in LOST:
            return Beaten()
        return meaning(error, self.address) or error

    def _look(self, connection: Connection) -> None:
        if connection.closed or connection.broken:
            self._lose()

    def _lose(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def queue(self, name: str) -> int:
        """The number of a queue, made when first asked for. Inside a transaction."""
        number = self.queues.get(name)
        if number is None:
            number = self.queues[name] = self._number(name)
        return number

    def _number(self, name: str) -> int:
        connection = self.connected()
        found = connection.execute("SELECT number FROM queue WHERE name = %s", (name,)).fetchone()
        if found is None:
            connection.execute("INSERT INTO queue(name) VALUES (%s) ON CONFLICT DO NOTHING", (name,))
            found = connection.execute("SELECT number FROM queue WHERE name = %s", (name,)).fetchone()
        if found is None:
            raise Beaten
        return cast(int, found[0])

    def known_queue(self, name: str) -> int | None:
        """The number of a queue, None where there is none."""
        if name not in self.queues:
            found = self.rows("SELECT number FROM queue WHERE name = %s", (name,))
            if not found:
                return None
            self.queues[name] = cast(int, found[0][0])
        return self.queues[name]

    def close(self) -> None:
        """Close the connection; its tallies go where everybody's are."""
        self._aside.close()
        if self._connection is not None and not self._connection.closed:
            with suppress(Retry):
                self.run("close", lambda connection: schema.fold(connection, self.name), flushed=False)
        self._lose()
