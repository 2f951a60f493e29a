"""Opening a connection: with time limits everywhere, and only to a server that keeps what it acknowledges."""

from __future__ import annotations

import time
from typing import TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

from crossdock.errors import Halt, Retry
from crossdock.postgres.address import Address
from crossdock.postgres.failures import refusal, translated

RV = TypeVar("RV")

OLDEST_SERVER = 130000  # as PQserverVersion counts: the oldest release line that still got fixes in 2025

STATEMENT_SECONDS = 60  # far above any statement of ours
LOCK_SECONDS = 20  # far above any transaction of ours; longer means that its client hangs …
IDLE_SECONDS = 15  # … and this ends the transaction of a client that does (a frozen worker)

PATIENCE = STATEMENT_SECONDS + 15.0  # then a server that says nothing, not even that it took too long, is gone

#: Statements of the engine go for rows by their keys. Which index to use must not depend on what autovacuum saw last
#: (a fresh or a suddenly full table was read from end to end for each batch, measured), and is planned once.
_STEADY = "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS t(name, value)"
_PLANS = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}
#: Before questions about everything: the planner is free again.
ASK_EVERYTHING = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _PLANS if name.startswith("enable"))


class Connection(psycopg.Connection[TupleRow]):
    """A connection that does not wait for ever: a frozen server still answers at TCP's level.

    ``patience`` are the seconds that one answer may take; None for questions that take as long as they take.
    """

    patience: float | None = PATIENCE

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Run a piece of the protocol. Raises ``psycopg.OperationalError`` and ends the connection at the deadline."""
        bounded = self._bounded(gen)
        return super().wait(bounded, interval) if timeout is None else super().wait(bounded, interval, timeout)

    def _bounded(self, gen: PQGen[RV]) -> PQGen[RV]:
        end = None if self.patience is None else time.monotonic() + self.patience
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and end is not None and time.monotonic() > end:
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the server does not answer")
                wanted = gen.send(ready)
        except StopIteration as stop:
            result: RV = stop.value
            return result


_SETTINGS = (
    "SELECT set_config('search_path', %s, false), set_config('statement_timeout', %s, false),"
    " set_config('lock_timeout', %s, false), set_config('idle_in_transaction_session_timeout', %s, false),"
    " set_config('client_min_messages', 'warning', false), set_config('timezone', 'UTC', false)"
)
_FACTS = (
    "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('server_encoding'),"
    " current_setting('server_version_num')::int, pg_is_in_recovery()"
)


def connect(address: Address) -> Connection:
    """A connection in autocommit mode whose ``search_path`` is the schema of the address.

    Raises ``Retry`` when the server is away, ``Halt`` when it refuses us or cannot be trusted.
    """
    try:
        connection = Connection.connect(address.conninfo, autocommit=True, prepare_threshold=1)
    except psycopg.OperationalError as error:
        raise refusal(error, address) from error
    try:
        with translated(address):
            _prepare(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: Connection, address: Address) -> None:
    limits = (STATEMENT_SECONDS, LOCK_SECONDS, IDLE_SECONDS)
    connection.execute("SET client_encoding TO 'UTF8'")
    connection.execute(_SETTINGS, (address.schema, *(f"{seconds}s" for seconds in limits)))
    connection.execute(_STEADY, (list(_PLANS), list(_PLANS.values())))
    check(connection, address)


def check(connection: Connection, address: Address) -> None:
    """Raises for a server that would lose or garble what it acknowledged, or that takes no writes now."""
    row = connection.execute(_FACTS).fetchone()
    if row is None:
        raise Retry("E731", f"PostgreSQL {address} did not answer")
    fsync, full_page_writes, encoding, version, standby = row
    if version < OLDEST_SERVER:
        raise Halt("E730", f"PostgreSQL {address} is too old ({version // 10000})", hint="13 or newer")
    if "off" in (fsync, full_page_writes):
        name = "fsync" if fsync == "off" else "full_page_writes"
        raise Halt("E730", f"PostgreSQL {address} runs with {name}=off and can lose what it acknowledged")
    if encoding != "UTF8":
        raise Halt("E730", f"database {address} is in {encoding}", hint="CREATE DATABASE … ENCODING 'UTF8'")
    if standby:
        raise Retry("E732", f"PostgreSQL {address} is a standby", hint="target_session_attrs=read-write in the URL")
