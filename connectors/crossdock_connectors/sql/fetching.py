"""Rows of a result, by the names of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import sqlalchemy as sa

from crossdock.errors import Halt
from crossdock_connectors.sql.changes import drain
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.rows import without_zero_dates

#: DATE, DATETIME, TIMESTAMP, and their newer forms ("Client/Server Protocol", column types).
_DATES = frozenset({7, 10, 12, 14, 17, 18})


def fetched(
    database: Database, result: sa.CursorResult[tuple[object, ...]], limit: int | None = None
) -> Sequence[Mapping[str, object]]:
    """At most ``limit`` rows. Raises ``Halt`` K835 where two columns have one name, or there are no rows to have."""
    if not result.returns_rows:
        raise Halt("K835", f"{database.where}: the statement returns no rows", hint="a source or lookup needs a SELECT")
    names = list(result.keys())
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise Halt("K835", f"{database.where}: two columns are called '{double}'", hint="name them apart: … AS other")
    dates = _dates(database, result)
    rows = [dict(zip(names, row, strict=True)) for row in islice(result, limit)]
    drain(result.connection, result)
    return [dict(without_zero_dates(row, dates)) for row in rows] if dates else rows


def _dates(database: Database, result: sa.CursorResult[tuple[object, ...]]) -> frozenset[str]:
    if database.family != "mariadb" or result.cursor is None:
        return frozenset()
    return frozenset(str(column[0]) for column in result.cursor.description or () if column[1] in _DATES)
