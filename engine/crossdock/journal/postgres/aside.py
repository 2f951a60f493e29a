"""Reading payloads beside the session, whose connection belongs to one thread.

A destination reads what it sends while its worker's thread goes on with the journal. So who reads in another thread
borrows a connection of its own: opened when it is first needed, kept for the next one, and never more of them open
than threads that read at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import psycopg
from psycopg.rows import TupleRow

from crossdock.errors import Retry
from crossdock.postgres.address import Address
from crossdock.postgres.connection import Connection, connect
from crossdock.postgres.failures import meaning

KEPT = 1  # connections that are kept while nobody reads


class Aside:
    """Connections for reading. Safe in any thread."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._closed = False

    def rows(self, sql: str, values: Sequence[object]) -> list[TupleRow]:
        """Every row of a query; asked again once where a connection that was kept is broken. Raises ``Retry``."""
        kept = self._taken()
        if kept is not None:
            try:
                return self._asked(kept, sql, values)
            except psycopg.OperationalError:
                pass  # it broke while nobody used it, or the server is away: a new one tells
        try:
            return self._asked(connect(self._address), sql, values)
        except psycopg.Error as error:
            known = meaning(error, self._address)
            if known is not None:
                raise known from error
            raise Retry("E731", f"PostgreSQL {self._address} is away: {error}") from error

    def close(self) -> None:
        """Close what is kept; what is borrowed is closed when it is given back."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for connection in idle:
            connection.close()

    def _asked(self, connection: Connection, sql: str, values: Sequence[object]) -> list[TupleRow]:
        try:
            found = connection.execute(sql, values).fetchall()
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return found

    def _taken(self) -> Connection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < KEPT:
                self._idle.append(connection)
                return
        connection.close()
