"""What a route may say about writing into a database: ``to: - sql: {…}``; and about asking it: ``call: sql: {…}``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from crossdock.connector.amounts import Seconds, lasting
from crossdock_connectors.sql.names import Column, Object
from crossdock_connectors.sql.options import DatabaseOptions, Options
from crossdock_connectors.sql.statement import Statement, is_file, parameters_of
from crossdock_connectors.sql.value import Bound, Path

_KINDS = ("insert", "upsert", "statement", "procedure")


class Change(Options):
    """One thing done in the database: ``insert`` or ``upsert`` into a table, a ``statement``, or a ``procedure``.

    ``columns`` maps each column to a value. ``upsert`` changes the row that has the same ``key`` columns, which needs a
    unique index over them. The ``:name`` of a statement is the value ``params`` gives it, or else the path of that name;
    a procedure gets ``params`` in the order they are written. ``each`` does it once for every element of a list, in
    which paths then start. ``rows`` says how many rows a statement must touch: another number rejects the document.
    """

    insert: Object | None = None
    upsert: Object | None = None
    statement: Statement | None = None
    procedure: Object | None = None
    columns: dict[Column, Bound] = Field(default_factory=dict)
    key: tuple[Column, ...] = ()
    params: dict[Column, Bound] = Field(default_factory=dict)
    each: Path | None = None
    rows: int | None = Field(default=None, ge=0)

    @property
    def table(self) -> str | None:
        """The table that is written, where the route names it."""
        return self.insert or self.upsert

    @model_validator(mode="after")
    def _one_kind(self) -> Change:
        chosen = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(chosen) != 1:
            raise ValueError(f"a change is exactly one of: {', '.join(_KINDS)}")
        if (self.table is None) == bool(self.columns):
            raise ValueError("'columns' says what an insert or upsert writes, and goes with these alone")
        if self.table is not None and self.params:
            raise ValueError("'params' are those of a statement or a procedure; a table has 'columns'")
        return self

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Change:
        if (self.upsert is None) == bool(self.key):
            raise ValueError("'key' names the columns an upsert knows its row by, and goes with 'upsert' alone")
        unknown = [name for name in self.key if name not in self.columns]
        if unknown:
            raise ValueError(f"the key '{unknown[0]}' is not among the columns")
        if self.rows is not None and self.statement is None:
            raise ValueError("'rows' goes with 'statement' alone")
        if self.statement is not None and not is_file(self.statement):
            _all_used(self.statement, self.params.keys())
        return self


def _all_used(statement: str, given: Iterable[str]) -> None:
    wanted = parameters_of(statement)
    surplus = [name for name in given if name not in wanted]
    if surplus:
        raise ValueError(f"the statement has no parameter :{surplus[0]}; it has {', '.join(wanted) or 'none'}")


def _listed(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class SinkOptions(DatabaseOptions):
    """A database that is written into, exactly once per message.

    ``do`` is one change, or a list of them made in one transaction. With them goes a row into the table ``delivered``,
    which crossdock makes where it may; the rows are kept for ``keep``, and a delivery repeated within that time has no
    second effect.
    """

    do: Annotated[tuple[Change, ...], BeforeValidator(_listed), Field(min_length=1)]
    delivered: Object = "crossdock_delivered"
    keep: Annotated[Seconds, lasting("1d", "36500d")] = 400 * 86400.0


class CallOptions(DatabaseOptions):
    """A database that is asked. It is read only: a statement that would change something is refused.

    ``:name`` in the ``statement`` is the value ``params`` gives it, or else the path of that name. ``result`` is the one
    row (``one``: several are an error), the ``first`` row, ``all`` rows as a list, or the one ``value`` of one row and
    column. Where no row is found the answer is ``null``, or with ``missing: reject`` the document is rejected.
    ``columns`` says what a column is where the driver does not tell.
    """

    statement: Statement
    params: dict[Column, Bound] = Field(default_factory=dict)
    result: Literal["one", "first", "all", "value"] = "one"
    missing: Literal["null", "reject"] = "null"
    columns: dict[str, Literal["text", "integer", "decimal", "boolean", "json"]] = Field(default_factory=dict)
    limit: int = Field(default=1000, ge=1, le=100_000)

    @model_validator(mode="after")
    def _every_parameter_is_there(self) -> CallOptions:
        if not is_file(self.statement):
            _all_used(self.statement, self.params.keys())
        return self
