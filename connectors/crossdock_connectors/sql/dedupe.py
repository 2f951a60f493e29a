"""The table of what was delivered, in the target database: the proof that an effect happened, committed with it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name

from crossdock.connector import Parcel
from crossdock.errors import CrossdockError, Halt, Reject
from crossdock_connectors.sql.changes import quoted
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.names import split

#: The only thing that can be wrong here is its table; MariaDB calls a missing one forbidden to those without rights.
_ABSENT = ("K812", "K813")
_PIECE = 500  # keys asked for at a time; SQLite takes 999 parameters at least
_OLD = 1000  # rows forgotten at a time

#: MariaDB: whether the engine of a table has transactions at all (MyISAM and Aria have none).
_ENGINE = sa.text(
    "SELECT e.ENGINE, e.TRANSACTIONS FROM information_schema.TABLES t JOIN information_schema.ENGINES e"
    " ON e.ENGINE = t.ENGINE WHERE t.TABLE_SCHEMA = COALESCE(:schema, DATABASE()) AND t.TABLE_NAME = :name"
)


class Delivered:
    """One such table."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        schema, own = split(name)
        self._table = sa.table(
            quoted_name(own, quote=True),
            sa.column(quoted_name("key", quote=True), sa.String),
            sa.column("message", sa.String),
            sa.column(quoted_name("at", quote=True), sa.BigInteger),
            schema=None if schema is None else quoted_name(schema, quote=True),
        )
        self._shown = quoted(name, database)

    @property
    def ddl(self) -> str:
        """The statement that makes it."""
        return self._database.dialect.ddl.format(table=self._shown)

    def ensure(self) -> None:
        """See that it is there, or make it. Raises ``Halt`` K832 with the statement for an administrator."""
        if self._exists():
            return
        try:
            with self._database.transaction() as connection:
                connection.execute(sa.text(self.ddl))
        except (Halt, Reject) as error:
            if self._exists():  # somebody else made it at the same moment
                return
            told = f"{self._database.where}: the table {self._name} is missing, and cannot be made: {error.message}"
            rights = "and grant SELECT, INSERT, DELETE on it"
            raise Halt("K832", told, hint=f"let an administrator run: {self.ddl}; {rights}") from error

    def _exists(self) -> bool:
        try:
            with self._database.transaction() as connection:
                connection.execute(sa.select(self._table.c.key).where(sa.false()).select_from(self._table)).close()
        except Halt as error:
            if error.code in _ABSENT:
                return False
            raise
        return True

    def known(self, connection: sa.Connection, keys: Sequence[str]) -> frozenset[str]:
        """Those of some keys that were delivered."""
        found: set[str] = set()
        for start in range(0, len(keys), _PIECE):
            some = keys[start : start + _PIECE]
            rows = connection.execute(sa.select(self._table.c.key).where(self._table.c.key.in_(some)))
            found.update(str(row[0]) for row in rows)
        return frozenset(found)

    def add(self, connection: sa.Connection, parcel: Parcel, milliseconds: int) -> bool:
        """Say that it is delivered with this transaction; False where another one has said so in between."""
        values = {"key": parcel.key, "message": parcel.message, "at": milliseconds}
        try:
            with self._database.translating():
                connection.execute(sa.insert(self._table).values(values))
        except Reject as error:
            if error.code == "K820":
                return False
            raise
        return True

    def forget(self, before: int) -> None:
        """Remove rows older than a moment (milliseconds), some at a time; a failure leaves them for the next time."""
        oldest = sa.select(self._table.c.key).where(self._table.c.at < before).limit(_OLD)
        try:
            with self._database.transaction() as connection:
                keys = [str(row[0]) for row in connection.execute(oldest)]
                if keys:
                    connection.execute(sa.delete(self._table).where(self._table.c.key.in_(keys)))
        except CrossdockError:
            return  # it is asked again within the hour; what it costs is room

    def see_transactions(self, connection: sa.Connection, tables: Sequence[tuple[str | None, str]]) -> None:
        """Refuse tables that cannot undo. Raises ``Halt`` K840."""
        for schema, name in tables:
            row = connection.execute(_ENGINE, {"schema": schema, "name": name}).first()
            if row is not None and row[1] != "YES":
                told = f"{self._database.where}: the table {name} is kept by {row[0]}, which has no transactions"
                raise Halt("K840", told, hint=f"ALTER TABLE {name} ENGINE=InnoDB")
