"""``sql``: tables of other systems: PostgreSQL, MariaDB and SQLite; others as far as SQLAlchemy goes (extra ``sql``).

```yaml
from:
  sql:
    url: "${secret:erp_db}"
    statement: SELECT id, number, updated_at FROM orders
    watermark: [updated_at, id]
    with: {lines: "SELECT sku, quantity FROM order_lines WHERE order_id = :id ORDER BY position"}
to:
  - sql:
      url: "${secret:shop_db}"
      do:
        - upsert: orders
          key: [number]
          columns: {number: number, customer: "customer.name?", total: {path: total, as: decimal}}
        - insert: order_lines
          each: lines
          columns: {order_number: $root.number, sku: sku, quantity: quantity}
```

Values are always bound, never written into a statement; names of tables and columns stand in the route alone, and are
quoted. A statement is written here, or in a file of the project (``statement: sql/orders.sql``). The driver of
PostgreSQL comes with the extra ``postgres``, that of MariaDB with ``mariadb``.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.connector import (
    Call,
    CallKind,
    Connector,
    Effect,
    Parcel,
    Sink,
    SinkKind,
    Source,
    SourceKind,
    Surroundings,
)
from crossdock.errors import Finding
from crossdock_connectors.sql.extras import missing
from crossdock_connectors.sql.options import DatabaseOptions
from crossdock_connectors.sql.reading_options import SourceOptions
from crossdock_connectors.sql.writing_options import CallOptions, SinkOptions

__all__ = ["CONNECTOR", "CallOptions", "SinkOptions", "SourceOptions"]


def _source(options: SourceOptions, surroundings: Surroundings) -> Source:
    try:
        from crossdock_connectors.sql.source import opened  # noqa: PLC0415 - an extra: imported where it is used
    except ModuleNotFoundError as error:
        raise missing(error.name or "sqlalchemy") from error
    return opened(options, surroundings)


def _sink(options: SinkOptions, surroundings: Surroundings) -> Sink:
    try:
        from crossdock_connectors.sql.sink import SqlSink  # noqa: PLC0415 - an extra: imported where it is used
    except ModuleNotFoundError as error:
        raise missing(error.name or "sqlalchemy") from error
    return SqlSink(options, surroundings)


def _call(options: CallOptions, surroundings: Surroundings) -> Call:
    try:
        from crossdock_connectors.sql.call import SqlCall  # noqa: PLC0415 - an extra: imported where it is used
    except ModuleNotFoundError as error:
        raise missing(error.name or "sqlalchemy") from error
    return SqlCall(options, surroundings)


def _probe(options: DatabaseOptions, surroundings: Surroundings) -> Iterable[Finding]:
    try:
        from crossdock_connectors.sql.probing import findings  # noqa: PLC0415 - an extra: imported where it is used
    except ModuleNotFoundError as error:
        raise missing(error.name or "sqlalchemy") from error
    return findings(options, surroundings)


def _target(options: SinkOptions, parcel: Parcel) -> str:
    """The tables, or what else, that would be changed."""
    return ", ".join(one.table or one.procedure or "statement" for one in options.do)


CONNECTOR = Connector(
    name="sql",
    about="Databases: takes rows by watermark or outbox, writes documents exactly once, answers lookups (extra sql).",
    source=SourceKind(options=SourceOptions, open=_source, probe=_probe),
    sink=SinkKind(
        options=SinkOptions, open=_sink, effect=lambda options: Effect.TRANSACTIONAL, target=_target, probe=_probe
    ),
    call=CallKind(options=CallOptions, open=_call, target=lambda options, parcel: options.statement, probe=_probe),
)
