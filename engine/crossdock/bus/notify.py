"""The bus of a PostgreSQL journal without a broker: LISTEN and NOTIFY on a connection of its own.

A notification says *look in the journal* and nothing else, so PostgreSQL keeps one however many were sent, and losing
all of them costs latency only. It is sent after the commit and not with it: a notification inside a transaction makes
every commit of the database wait for the one before it, flush included.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Sequence

from crossdock.bus.contract import Hint
from crossdock.postgres.address import address_of
from crossdock.postgres.connection import Connection, connect
from crossdock.postgres.failures import translated

SLICE = 0.1  # seconds between looks at ``interrupt``; a notification ends a wait at once


class NotifyBus:
    """Wakes whoever waits when another connection publishes. Nothing is connected before it is used."""

    def __init__(
        self,
        url: str,
        monotonic: Callable[[], float] = time.monotonic,
        readable: Callable[[int, float], None] | None = None,
    ) -> None:
        self._address = address_of(url)
        self._channel = f"crossdock_{self._address.schema}"[:63]
        self._monotonic = monotonic
        self._readable = readable or _until_readable
        self._connection: Connection | None = None

    def publish(self, hints: Sequence[Hint]) -> None:
        """See ``Bus``: one notification, however many hints."""
        if not hints:
            return
        try:
            with translated(self._address):
                self._connected().execute("SELECT pg_notify(%s, '')", (self._channel,))
        except BaseException:
            self.close()
            raise

    def wait(self, timeout: float, interrupt: Callable[[], bool]) -> Sequence[Hint]:
        """See ``Bus``; always *look in the journal*. Raises ``Retry`` when the server is away."""
        if self._connection is None:
            self._connected()  # what was published before we listened is in the journal: have a look
            return ()
        try:
            with translated(self._address):
                self._listen(self._connection, self._monotonic() + timeout, interrupt)
        except BaseException:
            self.close()
            raise
        return ()

    def _listen(self, connection: Connection, end: float, interrupt: Callable[[], bool]) -> None:
        while not self._told(connection) and not interrupt():
            left = end - self._monotonic()
            if left <= 0:
                return
            self._readable(connection.fileno(), min(SLICE, left))

    def _told(self, connection: Connection) -> bool:
        """Whether somebody else published since the last look. What we published ourselves wakes only others."""
        pids = {notification.pid for notification in connection.notifies(timeout=0)}
        return bool(pids - {connection.info.backend_pid})

    def _connected(self) -> Connection:
        if self._connection is None:
            connection = connect(self._address)
            with translated(self._address):
                connection.execute(f'LISTEN "{self._channel}"')
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """Release the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _until_readable(descriptor: int, seconds: float) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    poll.poll(seconds * 1000)
