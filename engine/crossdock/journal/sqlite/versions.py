"""The versions of a journal in a file. See ``crossdock.journal.versions``."""

from __future__ import annotations

from pathlib import Path

import apsw

from crossdock.journal.sqlite.schema import MIGRATIONS, check_readable, migrate, version_of
from crossdock.journal.sqlite.session import check_version, connect, translated


class SqliteVersions:
    """``Versions`` of the file at ``path``; asking for the version of one that is not there does not make it."""

    def __init__(self, path: Path) -> None:
        check_version(apsw.sqlite_lib_version())
        self._path = path
        self._connection: apsw.Connection | None = None

    def version(self) -> int:
        """See ``Versions``."""
        if self._connection is None and not self._path.exists():
            return 0
        with translated():
            return version_of(self._connected())

    def steps(self) -> tuple[str, ...]:
        """See ``Versions``."""
        return tuple(migration.about for migration in MIGRATIONS)

    def migrate(self, to: int) -> None:
        """See ``Versions``."""
        with translated():
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE")
            try:
                check_readable(connection, self._path)
                migrate(connection, to)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """See ``Versions``."""
        if self._connection is not None:
            self._connection.close()

    def _connected(self) -> apsw.Connection:
        if self._connection is None:
            self._connection = connect(self._path, "FULL")
        return self._connection
