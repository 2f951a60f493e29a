"""One connection to one database: opened when it is needed, looked after, and its failures told in our words.

A connector's object is called from one thread at a time, so it has one connection and no pool. It is opened anew after
a failure that cut it, and asked whether it lives when it has rested.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, ResourceClosedError
from sqlalchemy.pool import ConnectionPoolEntry

from crossdock.connector import Surroundings
from crossdock_connectors.sql.dialect import Dialect, dialect_of, family_of
from crossdock_connectors.sql.extras import missing
from crossdock_connectors.sql.faults import refusal, translated
from crossdock_connectors.sql.opening import GRACE, STEPS, engine_of, session, url_of
from crossdock_connectors.sql.options import DatabaseOptions
from crossdock_connectors.sql.watch import Watch, cut_socket

LONGEST_REST = 5.0  # seconds a connection may lie unused before it is asked whether it lives


class Database:
    """``writes`` says whether its transactions may change something; ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        options: DatabaseOptions,
        surroundings: Surroundings,
        *,
        writes: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.root: Path = surroundings.root
        self.family = family_of(options.scheme)
        self.dialect: Dialect = dialect_of(self.family)
        self.uncertain = False  # whether the last transaction failed while it was being committed
        self.largest: int | None = None  # bytes of one statement, where the server has such a limit
        self._options = options
        self._writes = writes
        self._clock = clock
        url = url_of(options)
        self.where = url.set(query={}).render_as_string(hide_password=True)
        self._engine = engine_of(
            url, self.family, options, writes=writes, root=surroundings.root, name=surroundings.name
        )
        sa.event.listen(self._engine, "connect", self._set_up)
        sa.event.listen(self._engine, "begin", self._begin)
        sa.event.listen(self._engine, "before_cursor_execute", self._statement_begins)
        self._connection: sa.Connection | None = None
        self._socket: int | None = None
        self._watch: Watch | None = None
        self._used = 0.0
        self._deadline = 0.0

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One transaction, committed at the end. Raises our errors.

        After one of them nothing of it is in the database, unless it came at the commit: then it is ``uncertain``.
        """
        self.uncertain = False
        connection = self._ready()
        try:
            with self._watched(), self.translating():
                connection.begin()
                yield connection
                self.uncertain = True
                connection.commit()
                self.uncertain = False
        except BaseException:
            self._leave(connection)
            raise
        self._used = self._clock()

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Failures of statements as ours."""
        try:
            yield
        except DBAPIError as error:
            raise translated(error, self.where) from error

    def quote(self, name: str) -> str:
        """A name as an identifier of this database."""
        return self._engine.dialect.identifier_preparer.quote_identifier(name)

    def close(self) -> None:
        """Say goodbye."""
        self._drop()
        self._engine.dispose()

    # --- the connection ---

    def _ready(self) -> sa.Connection:
        connection = self._connection
        if connection is not None and self._clock() - self._used > LONGEST_REST and not self._lives(connection):
            self._drop()
            connection = None
        if connection is None:
            connection = self._connection = self._connect()
        return connection

    def _connect(self) -> sa.Connection:
        self._socket = None
        try:
            with self._watched():
                return self._engine.connect()
        except DBAPIError as error:
            raise refusal(error, self.where) from error
        except ModuleNotFoundError as error:
            raise missing(error.name or "") from error

    def _lives(self, connection: sa.Connection) -> bool:
        try:
            with self._watched():
                connection.exec_driver_sql("SELECT 1").close()
                connection.rollback()
        except DBAPIError:
            return False
        return True

    def _leave(self, connection: sa.Connection) -> None:
        """After a failure: undo, or drop a connection that cannot even do that."""
        try:
            with self._watched():
                connection.rollback()
        except DBAPIError:
            self._drop()
        if connection.invalidated:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(DBAPIError, ResourceClosedError):
            connection.invalidate()
        with suppress(DBAPIError, ResourceClosedError):
            connection.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """SQLite has no server, and PyMySQL limits its own reads: their sockets are not known here."""
        self._deadline = self._clock() + self._options.timeout
        if self.family != "postgresql":
            yield
            return
        with Watch(self._options.timeout + GRACE, self._cut) as self._watch:
            yield

    def _cut(self) -> None:
        if self._socket is not None:
            cut_socket(self._socket)

    # --- what SQLAlchemy tells ---

    def _set_up(self, driver: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        self._socket = driver.fileno() if self.family == "postgresql" else None
        cursor = driver.cursor()
        mariadb = True
        if self.family == "mariadb":
            cursor.execute("SELECT VERSION(), @@max_allowed_packet")
            version, largest = cursor.fetchone() or ("", 0)
            mariadb, self.largest = "mariadb" in str(version).lower(), int(str(largest))
        for statement in session(self.family, self._options.timeout, writes=self._writes, mariadb=mariadb):
            cursor.execute(statement)
        cursor.close()
        if self.family == "sqlite":
            assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - of that family
            driver.set_progress_handler(self._is_late, STEPS)
        else:
            driver.commit()

    def _is_late(self) -> int:
        return self._clock() > self._deadline

    def _begin(self, connection: sa.Connection) -> None:
        if (
            self.family == "sqlite"
        ):  # its module begins none by itself here; a writer that begins as one never deadlocks
            connection.exec_driver_sql("BEGIN IMMEDIATE" if self._writes else "BEGIN")

    def _statement_begins(self, connection: sa.Connection, *details: object) -> None:
        self._deadline = self._clock() + self._options.timeout
        if self._watch is not None:
            self._watch.touch()
