"""Changes as statements: made once when the sink is opened, then run with the values of each document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import quoted_name

from crossdock.errors import Finding, Halt, Reject
from crossdock_connectors.sql.binding import Plain, bound
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.names import split
from crossdock_connectors.sql.statement import text_of, values_for
from crossdock_connectors.sql.value import Scope, Value, items_of
from crossdock_connectors.sql.writing_options import Change

Executable: TypeAlias = "sa.Insert | sa.TextClause"

_PACKET = 4096  # bytes of a statement beside its values
_PROCEDURES = ("postgresql", "mariadb")
MANY = 4  # rows that are worth the savepoint they are written together in


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change, ready to run. ``values`` belong to the bound parameters of ``statement``."""

    change: Change
    statement: Executable
    values: Mapping[str, Value]

    def run(self, database: Database, connection: sa.Connection, scope: Scope) -> None:
        """Do it, for each element where it says so. Raises our errors; a ``Reject`` names the element."""
        scopes = list(self._scopes(scope))
        given = [self._given(one, database) for one in scopes]
        if len(given) >= MANY and self.change.table is not None and self._together(database, connection, given):
            return
        for one, values in zip(scopes, given, strict=True):
            try:
                with database.translating():
                    self._execute(connection, values)
            except Reject as refused:
                raise _located(refused, self.change, one) from refused

    def _given(self, scope: Scope, database: Database) -> dict[str, Plain]:
        given = {name: bound(value, scope, database.family) for name, value in self.values.items()}
        _fits(given, database)
        return given

    def _together(self, database: Database, connection: sa.Connection, given: Sequence[Mapping[str, Plain]]) -> bool:
        """All rows at once; False where one of them is refused, and nobody can say which."""
        savepoint = connection.begin_nested()
        try:
            with database.translating():
                connection.execute(self.statement, [dict(one) for one in given]).close()
                savepoint.commit()
        except Reject:
            savepoint.rollback()
            return False
        return True

    def _scopes(self, scope: Scope) -> Iterator[Scope]:
        if self.change.each is None:
            yield scope
            return
        for index, item in enumerate(items_of(self.change.each, scope)):
            yield replace(scope, item=item, index=index)

    def _execute(self, connection: sa.Connection, given: Mapping[str, Plain]) -> None:
        result = connection.execute(self.statement, dict(given))
        touched = result.rowcount
        drain(connection, result)
        if self.change.rows is not None and touched != self.change.rows:
            told = f"the statement touched {touched} rows, and {self.change.rows} are expected"
            raise Reject.of([Finding(code="K831", message=told, hint="look whether what it refers to exists")])


def drain(connection: sa.Connection, result: sa.CursorResult[tuple[object, ...]]) -> None:
    """Read a result to its end: a procedure may fail after the first rows it returns, and nobody else would hear."""
    cursor = result.cursor
    following = getattr(cursor, "nextset", None)
    if following is not None and connection.dialect.name in ("mysql", "mariadb"):
        module = connection.dialect.loaded_dbapi
        try:
            while following():
                pass  # what it returns is nobody's business here
        except module.Error as error:
            raise DBAPIError.instance(None, None, error, module.Error) from error
    result.close()


def prepared(change: Change, database: Database) -> Prepared:
    """A change for a database. Raises ``Halt`` where the database has no such thing."""
    if change.statement is not None:
        text = text_of(change.statement, database.root)
        return Prepared(change, sa.text(text), values_for(text, change.params))
    if change.procedure is not None:
        names = {f"p{number}": value for number, value in enumerate(change.params.values())}
        return Prepared(change, call_of(change.procedure, tuple(names), database), names)
    names = {f"p{number}": value for number, value in enumerate(change.columns.values())}
    return Prepared(change, _into(change, dict(zip(change.columns, names, strict=True)), database), names)


def call_of(procedure: str, parameters: Sequence[str], database: Database) -> sa.TextClause:
    """``CALL procedure(…)``. Raises ``Halt`` K837 where there are no procedures."""
    if database.family not in _PROCEDURES:
        raise Halt("K837", f"{database.where} has no procedures that can be called so", hint="use 'statement'")
    return sa.text(f"CALL {quoted(procedure, database)}({', '.join(f':{name}' for name in parameters)})")


def quoted(name: str, database: Database) -> str:
    """A table or procedure, quoted as its database wants it."""
    return ".".join(database.quote(part) for part in name.split("."))


def table_of(name: str, columns: Sequence[str]) -> sa.TableClause:
    """A table with some of its columns; every name exactly as it is written."""
    schema, own = split(name)
    named = None if schema is None else quoted_name(schema, quote=True)
    clauses: list[sa.ColumnClause[object]] = [sa.column(quoted_name(column, quote=True)) for column in columns]
    return sa.table(quoted_name(own, quote=True), *clauses, schema=named)


def _into(change: Change, names: Mapping[str, str], database: Database) -> sa.Insert:
    table = table_of(change.table or "", tuple(names))
    values: dict[str, sa.BindParameter[object]] = {column: sa.bindparam(name) for column, name in names.items()}
    if change.upsert is None:
        return sa.insert(table).values(values)
    others = [column for column in names if column not in change.key]
    if database.family == "mariadb":
        insert = mysql.insert(table).values(values)
        return insert.on_duplicate_key_update({column: insert.inserted[column] for column in others or change.key})
    if database.family not in ("postgresql", "sqlite"):
        raise Halt("K837", f"{database.where}: 'upsert' is not known there", hint="use 'statement' with its own MERGE")
    merge = postgresql.insert(table) if database.family == "postgresql" else sqlite.insert(table)
    merge = merge.values(values)
    key = [table.c[column] for column in change.key]
    if not others:
        return merge.on_conflict_do_nothing(index_elements=key)
    return merge.on_conflict_do_update(index_elements=key, set_={name: merge.excluded[name] for name in others})


def _fits(given: Mapping[str, Plain], database: Database) -> None:
    if database.largest is None:
        return
    size = sum(
        len(value.encode() if isinstance(value, str) else value)
        for value in given.values()
        if isinstance(value, str | bytes)
    )
    if size + _PACKET > database.largest:
        told = f"{database.where}: the values have {size} bytes, and the server takes {database.largest} (max_allowed_packet)"
        raise Reject.of([Finding(code="K824", message=told)])


def _located(refused: Reject, change: Change, scope: Scope) -> Reject:
    """The refusal with the change it belongs to, and the element."""
    kind = next(kind for kind in ("insert", "upsert", "statement", "procedure") if getattr(change, kind) is not None)
    what = f"{kind} {change.table or change.procedure or ''}".strip()
    pointer = None if scope.index is None else f"/{(change.each or '').replace('.', '/')}/{scope.index}"
    findings = [replace(one, place=replace(one.place, element=what, pointer=pointer)) for one in refused.findings]
    return Reject.of(findings)
