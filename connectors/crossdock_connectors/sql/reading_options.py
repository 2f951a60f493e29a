"""What a route may say about reading from a database: ``from: sql: {…}``."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from crossdock.connector.amounts import Seconds
from crossdock_connectors.sql.names import Column, Object
from crossdock_connectors.sql.options import DatabaseOptions, Options, PageSize
from crossdock_connectors.sql.statement import Statement, is_file, parameters_of

ColumnKind: TypeAlias = Literal["text", "integer", "decimal", "boolean", "json"]
Constant: TypeAlias = str | int | bool | None


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Columns: TypeAlias = Annotated[tuple[Column, ...], BeforeValidator(_listed)]


class Outbox(Options):
    """A table whose rows wait to be taken. A row is marked once it is safe here, and not before.

    A row waits while ``status`` is ``waiting``, or, without a status, while ``done_at`` is NULL. Once taken it gets
    ``status: done`` and the moment in ``done_at``, or is deleted (``delete: true``); what is refused gets ``failed`` and
    the reason in ``reason``. With ``claimed_at`` rows are claimed first, so that several pollers, other programs among
    them, never take the same row at one time; a claim older than ``stale`` is taken over. The rows come in the order of
    ``key``, or ``order``.
    """

    table: Object
    key: Columns = Field(default=("id",), min_length=1)
    order: Columns = ()
    status: Column | None = None
    waiting: Constant = "waiting"
    claimed: Constant = "claimed"
    done: Constant = "done"
    failed: Constant = "failed"
    claimed_at: Column | None = None
    stale: Seconds = 300.0
    done_at: Column | None = None
    reason: Column | None = None
    delete: bool = False

    @model_validator(mode="after")
    def _can_be_marked(self) -> Outbox:
        if self.status is None and self.done_at is None:
            raise ValueError("an outbox has a 'status' or a 'done_at' column that says which rows wait")
        if self.claimed_at is not None and self.status is None:
            raise ValueError("claims need a 'status' column")
        if self.status is not None and len({self.waiting, self.claimed, self.done, self.failed}) < 4:  # noqa: PLR2004 - these
            raise ValueError("'waiting', 'claimed', 'done' and 'failed' must be four different values")
        return self


class SourceOptions(DatabaseOptions):
    """Rows of a database as messages: each row a JSON document, or, with ``payload``, the content of that column.

    * ``statement`` with ``watermark``: what is beyond the last row taken, by columns that only grow; the last one must
      be unique, such as ``[updated_at, id]``. What may commit late is waited for (``lag``), or looked for again
      (``overlap``: a duration, or a number of a numeric column).
    * ``outbox``: rows of a table that are marked once they are taken.
    * ``statement`` or ``procedure`` with ``key``: everything at each poll; a row is taken once for each ``key``.

    ``with`` adds lists to each row: a statement whose ``:name`` are columns of the row. ``columns`` says what a column is
    where the driver does not tell: the booleans of MariaDB and SQLite, the JSON of MariaDB. ``page`` rows are read at a time.
    """

    statement: Statement | None = None
    procedure: Object | None = None
    outbox: Outbox | None = None
    watermark: Columns = ()
    key: Columns = ()
    lag: Seconds = 0.0
    overlap: Annotated[int, Field(ge=0)] | Seconds = 0
    with_: dict[Column, Statement] = Field(default_factory=dict, alias="with")
    columns: dict[str, ColumnKind] = Field(default_factory=dict)
    payload: Column | None = None
    content_type: str = "application/json"
    page: PageSize = 500
    every: Annotated[Seconds, Field(ge=0.01)] = 5.0

    @model_validator(mode="after")
    def _one_kind(self) -> SourceOptions:
        if [self.statement, self.procedure, self.outbox].count(None) != 2:  # noqa: PLR2004 - all but one of three
            raise ValueError("a source reads exactly one of: statement, procedure, outbox")
        if self.outbox is not None and (self.watermark or self.key):
            raise ValueError("an outbox has its own key, and needs no watermark")
        if self.outbox is None and not self.watermark and not self.key:
            raise ValueError("say how a row is known: 'watermark: [updated_at, id]', or 'key: id'")
        if self.procedure is not None and self.watermark:
            raise ValueError("a procedure has no watermark; say 'key'")
        if (self.lag or self.overlap) and not self.watermark:
            raise ValueError("'lag' and 'overlap' go with a watermark")
        return self

    @model_validator(mode="after")
    def _nothing_to_bind(self) -> SourceOptions:
        wanted = parameters_of(self.statement) if self.statement is not None and not is_file(self.statement) else ()
        if wanted:
            raise ValueError(f"the statement of a source has the parameter :{wanted[0]}, which nothing gives a value")
        return self
