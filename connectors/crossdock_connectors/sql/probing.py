"""Whether a database lets us in and has what a route names, by reading alone: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import sqlalchemy as sa

from crossdock.connector import Surroundings
from crossdock.errors import Finding, Halt
from crossdock_connectors.sql.changes import table_of
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.options import DatabaseOptions
from crossdock_connectors.sql.reading_options import SourceOptions
from crossdock_connectors.sql.statement import text_of
from crossdock_connectors.sql.writing_options import CallOptions, SinkOptions

_FORBIDDEN = "K813"  # who may only write may not look, and that is all right


def findings(options: DatabaseOptions, around: Surroundings) -> Iterator[Finding]:
    """What is wrong; raises what keeps us out."""
    with closing(Database(options, around, writes=False)) as database:
        with database.transaction():
            pass
        for table, columns in _tables(options):
            yield from _looked(database, table, columns)
        for statement in _statements(options):
            text_of(statement, around.root)


def _tables(options: DatabaseOptions) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(options, SourceOptions) and options.outbox is not None:
        outbox = options.outbox
        named = (outbox.status, outbox.claimed_at, outbox.done_at, outbox.reason)
        yield outbox.table, (*outbox.key, *(name for name in named if name))
    if isinstance(options, SinkOptions):
        yield from ((change.table, tuple(change.columns)) for change in options.do if change.table)


def _statements(options: DatabaseOptions) -> Iterator[str]:
    if isinstance(options, SourceOptions):
        yield from (one for one in (options.statement, *options.with_.values()) if one)
    if isinstance(options, SinkOptions):
        yield from (change.statement for change in options.do if change.statement)
    if isinstance(options, CallOptions):
        yield options.statement


def _looked(database: Database, table: str, columns: tuple[str, ...]) -> Iterator[Finding]:
    clause = table_of(table, columns)
    try:
        with database.transaction() as connection:
            connection.execute(sa.select(*clause.c).where(sa.false())).close()
    except Halt as error:
        if error.code != _FORBIDDEN:
            yield Finding(code=error.code, message=error.message, hint=error.hint)
