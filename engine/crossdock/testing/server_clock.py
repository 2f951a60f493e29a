"""The clock of a PostgreSQL journal under a test's control: time passes on the server when the test says so."""

from __future__ import annotations

from crossdock.postgres.address import address_of
from crossdock.postgres.connection import connect
from crossdock.testing.clock import ManualClock

_TAKE_OVER = (
    "CREATE TABLE IF NOT EXISTS manual(at double precision NOT NULL)",
    "CREATE OR REPLACE FUNCTION clock() RETURNS double precision LANGUAGE sql VOLATILE AS 'SELECT at FROM manual'",
)


class ServerClock(ManualClock):
    """A clock that the journal at ``url`` goes by, once ``take_over`` was called. Its tables must be there.

    ``set_wall`` and ``reboot`` befall the machine of the client; the server does not notice.
    """

    def take_over(self, url: str) -> None:
        """The journal's clock is this one from now on."""
        self._connection = connect(address_of(url))
        for statement in _TAKE_OVER:
            self._connection.execute(statement)
        self._connection.execute("INSERT INTO manual SELECT %s WHERE NOT EXISTS (SELECT 1 FROM manual)", (self.now(),))

    def advance(self, seconds: float) -> None:
        """Time passes, here and there."""
        super().advance(seconds)
        self._connection.execute("UPDATE manual SET at = at + %s", (seconds,))

    def begin_anew(self) -> None:
        """Back to where every clock of a test begins."""
        ManualClock.__init__(self)
        self._connection.execute("UPDATE manual SET at = %s", (self.now(),))

    def close(self) -> None:
        """Let go of the server."""
        self._connection.close()
