"""One connection to the journal file, opened safely, with its transactions.

WAL with ``synchronous=FULL``: an acknowledged commit survives a power cut (NORMAL lost some in two of three simulated
cuts). No memory map, mode 0600, local disk only. SQLite itself must carry the WAL-reset fix of 3.51.3, which is why
the journal uses apsw, whose wheel brings its own.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, cast

import apsw

from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.journal.contract import Clock
from crossdock.journal.payloads import PayloadStore, flush_folder
from crossdock.journal.sqlite import schema

OLDEST_SQLITE = (3, 51, 3)  # older ones can corrupt a WAL that two processes write (sqlite.org, release notes)
#: Of the system's refusals to open a file, those that pass by themselves.
_DAMAGED = (
    "stop crossdock, move the journal's folder aside and keep it, and load the last backup: crossdock restore FILE"
)
_PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EAGAIN})
BUSY_SECONDS = 30.0  # far above any transaction of ours; longer means something else holds the file
CACHE_KIB = 8 * 1024
CHECKPOINT_PAGES = 4000  # 16 MB of WAL: fewer checkpoints, each of them a flush of the main file

Value: TypeAlias = "None | int | float | bytes | str"
Row: TypeAlias = tuple[Value, ...]


class Session:
    """A connection with what every part of the journal needs: clock, payload store, fail points."""

    def __init__(self, path: Path, clock: Clock, reach: Callable[[str], None], *, synchronous: str) -> None:
        check_version(apsw.sqlite_lib_version())
        self.clock = clock
        self.reach = reach
        self.path = path
        self.payloads = PayloadStore(path.with_name("payloads"), reach)
        self.queues: dict[str, int] = {}
        self.sweep_due = 0.0
        self._synchronous = synchronous
        self.connection = connect(path, synchronous)
        self._migrate()
        self._void_leases_of_earlier_boot()

    def rows(self, sql: str, bindings: Row = ()) -> list[Row]:
        """Every row of a query."""
        with translated():
            return self.connection.execute(sql, bindings).fetchall()

    def value(self, sql: str, bindings: Row = ()) -> Value:
        """The first column of the first row, or None."""
        with translated():
            row = self.connection.execute(sql, bindings).fetchone()
        return row[0] if row else None

    @contextmanager
    def unflushed(self, name: str) -> Iterator[apsw.Connection]:
        """A transaction that a power cut may undo: it only says who works on what, and nobody works after a cut.

        It survives the end of any process, and the next flushed commit flushes it as well.
        """
        self.connection.execute("PRAGMA synchronous = NORMAL")
        try:
            with self.transaction(name) as connection:
                yield connection
        finally:
            self.connection.execute(f"PRAGMA synchronous = {self._synchronous}")

    @contextmanager
    def transaction(self, name: str) -> Iterator[apsw.Connection]:
        """One flushed transaction, with a fail point on either side of its commit."""
        with translated():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.reach(f"{name}.before_commit")
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                self.queues.clear()
                raise
        self.reach(f"{name}.after_commit")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads inside see one state of the journal."""
        with translated():
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                self.connection.execute("COMMIT")

    def queue(self, name: str) -> int:
        """The number of a queue, made when first asked for. Inside a transaction."""
        number = self.queues.get(name)
        if number is None:
            self.connection.execute("INSERT OR IGNORE INTO queue(name) VALUES (?)", (name,))
            number = self.queues[name] = cast(int, self.value("SELECT number FROM queue WHERE name = ?", (name,)))
        return number

    def token(self) -> int:
        """A lease token nobody had before. Inside a transaction."""
        self.connection.execute("UPDATE fact SET value = value + 1 WHERE name = 'token'")
        return int(str(self.value("SELECT value FROM fact WHERE name = 'token'")))

    def changed(self) -> int:
        """A number that differs after another connection committed: what an idle worker watches."""
        return cast(int, self.value("PRAGMA data_version"))

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _migrate(self) -> None:
        with translated():
            schema.check_readable(self.connection, self.path)
            if schema.version_of(self.connection) == schema.newest():
                return
        with self.transaction("migrate") as connection:  # another process may have been faster
            schema.migrate(connection, schema.newest())

    def _void_leases_of_earlier_boot(self) -> None:
        boot = self.clock.boot_id()
        if self.value("SELECT value FROM fact WHERE name = 'boot'") == boot:
            return
        with self.transaction("boot") as connection:
            connection.execute("UPDATE fact SET value = ?1 WHERE name = 'boot' AND value <> ?1", (boot,))
            if connection.changes():  # else another process was faster, and may hold leases of this boot already
                connection.execute("UPDATE lease SET until = 0")
                connection.execute("DELETE FROM register")


def check_version(version: str) -> None:
    """Raises ``Halt`` for an SQLite that two processes cannot safely share a journal with."""
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        raise Halt("E712", f"SQLite {version} can corrupt a shared WAL", hint="upgrade apsw")


def connect(path: Path, synchronous: str) -> apsw.Connection:
    """A connection to the file, made if it is not there, as every reader and writer must have it."""
    try:
        if not path.exists():
            _create(path)
        connection = apsw.Connection(str(path))
        connection.set_busy_handler(_patience())
        _write_ahead(connection)
    except (apsw.Error, OSError) as error:
        raise _unopened(path, error) from error
    connection.pragma("synchronous", synchronous)
    connection.pragma("mmap_size", 0)
    connection.pragma("cache_size", -CACHE_KIB)
    connection.wal_autocheckpoint(CHECKPOINT_PAGES)
    return connection


def _unopened(path: Path, error: Exception) -> CrossdockError:
    """A full disk, a lock or too many open files pass; anything else is for a person to mend."""
    passing = isinstance(error, (apsw.BusyError, apsw.FullError, apsw.IOError, apsw.NoMemError))
    passing |= isinstance(error, apsw.CantOpenError) and path.is_file() and os.access(path, os.R_OK | os.W_OK)
    passing |= isinstance(error, OSError) and error.errno in _PASSING
    kind = Retry if passing else Halt
    hint = _DAMAGED if isinstance(error, (apsw.CorruptError, apsw.NotADBError)) else None
    return kind("E713", f"journal {path} cannot be opened: {error}", hint=hint)


def _write_ahead(connection: apsw.Connection) -> None:
    """Switch to WAL. SQLite calls no busy handler when two processes do so at once, or one does while one closes."""
    wait, times = _patience(), 0
    while True:
        try:
            connection.pragma("journal_mode", "wal")
        except apsw.BusyError:
            times += 1
            if not wait(times):
                raise
        else:
            return


def _create(path: Path) -> None:
    """An empty file only its owner can read, whose name is on disk before anything is written to it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    flush_folder(path.parent)
    flush_folder(path.parent.parent)


def _patience() -> Callable[[int], bool]:
    """A busy handler that waits in short steps: transactions here last a millisecond or two."""
    step = 0.0005

    def wait(times: int) -> bool:
        time.sleep(step)
        return times * step < BUSY_SECONDS

    return wait


#: What SQLite's failures mean to the engine: (codes, error code, what it says).
_TRANSIENT = (
    (apsw.FullError, "E714", "the disk of the journal is full"),
    (apsw.IOError, "E715", "the disk of the journal failed"),
    (apsw.BusyError, "E716", "the journal is locked by another program"),
    (apsw.ReadOnlyError, "E717", "the journal cannot be written"),
)


@contextmanager
def translated() -> Iterator[None]:
    """SQLite's exceptions as ours, once."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise Halt("E718", f"the journal file is damaged: {error}", hint=_DAMAGED) from error
    except tuple(kind for kind, _, _ in _TRANSIENT) as error:
        code, says = next((code, says) for kind, code, says in _TRANSIENT if isinstance(error, kind))
        raise Retry(code, f"{says}: {error}") from error
