"""The versions of a journal in PostgreSQL. See ``crossdock.journal.versions``."""

from __future__ import annotations

from crossdock.errors import Halt
from crossdock.journal.postgres import schema
from crossdock.postgres.address import address_of
from crossdock.postgres.connection import connect
from crossdock.postgres.failures import translated


class PostgresVersions:
    """``Versions`` of the schema that ``url`` names."""

    def __init__(self, url: str) -> None:
        self._address = address_of(url)
        self._connection = connect(self._address)

    def version(self) -> int:
        """See ``Versions``."""
        with translated(self._address):
            return schema.version(self._connection)

    def steps(self) -> tuple[str, ...]:
        """See ``Versions``."""
        return tuple(migration.about for migration in schema.MIGRATIONS)

    def migrate(self, to: int) -> None:
        """See ``Versions``."""
        if not 1 <= to <= len(schema.MIGRATIONS):
            raise Halt("E741", f"there is no schema version {to}", hint=f"1 to {len(schema.MIGRATIONS)}")
        schema.migrate(self._connection, self._address, to)

    def close(self) -> None:
        """See ``Versions``."""
        self._connection.close()
