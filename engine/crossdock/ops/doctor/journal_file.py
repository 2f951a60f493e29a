"""A journal in a file: its disk, its flushes, its file system, and whether it is whole."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from crossdock.errors import CrossdockError, Finding
from crossdock.journal.sqlite.schema import MIGRATIONS
from crossdock.journal.sqlite.session import check_version
from crossdock.ops.doctor.examination import Patient, UnseenError, error, note, warning
from crossdock.runtime.filesystems import NETWORK, VOLATILE, filesystem_of

SLOW_FLUSH = 0.020  # seconds: with more, one worker commits fewer than 50 times a second
INSTANT_FLUSH = 0.00002  # seconds: no disk is that fast, something answers before it is done
FLUSHES = 7
LARGEST_CHECKED = 500_000_000  # bytes of a journal that is read whole for a look
LARGE_WAL = 256_000_000
LOCK_PATIENCE = 2000  # milliseconds


def library(patient: Patient) -> Iterator[Finding]:
    """The SQLite that comes with apsw."""
    try:
        check_version(apsw.sqlite_lib_version())
    except CrossdockError as refused:
        yield error("H120", refused.message, refused.hint)


def disk(patient: Patient) -> Iterator[Finding]:
    """Where the journal lies: may it be written there, is there room, is it kept."""
    file = _file(patient)
    folder = _nearest(file.parent)
    if not os.access(folder, os.W_OK | os.X_OK):
        yield error("H121", f"nothing can be written to {folder}", "let the user that crossdock runs as write there")
        return
    kind = filesystem_of(folder)
    if kind in NETWORK:
        hint = "put the journal on a local disk, or use journal: postgresql://…"
        yield error("H122", f"the journal lies on a network file system ({kind}), where SQLite loses data", hint)
    elif kind in VOLATILE:
        yield warning("H123", f"the journal lies in memory ({kind}): it is gone with the next boot", "use a disk")
    yield from _room(patient.loaded().project.settings.limits.disk_free, folder)


def _room(wanted: int, folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    hint = "make room, or limits: {disk_free: …}; retention: {messages: …} decides how much is kept"
    if free < wanted:
        text = f"{free / 1e6:.0f} MB are left on the journal's disk: sources are not asked below {wanted / 1e6:.0f} MB"
        yield error("H124", text, hint)
    elif free < 2 * wanted:
        yield warning("H124", f"only {free / 1e6:.0f} MB are left on the journal's disk", hint)


def flushes(patient: Patient) -> Iterator[Finding]:
    """How long the disk takes to keep something, and whether it can be believed."""
    file = _file(patient)
    if not os.access(_nearest(file.parent), os.W_OK):
        raise UnseenError("nothing can be written there")
    folder = _nearest(file.parent)
    took = _flush_seconds(folder)
    if took > SLOW_FLUSH:
        text = f"a flush takes {took * 1000:.0f} ms: a worker commits at most {1 / took:.0f} times a second"
        yield warning("H125", text, "a disk with a protected write cache (SSD, or a controller with a battery)")
    elif took < INSTANT_FLUSH and filesystem_of(folder) not in VOLATILE:
        text = f"a flush takes {took * 1e6:.0f} µs: no disk is so fast, so what is flushed may not be kept"
        yield warning("H126", text, "look for a mount option, hypervisor setting or library that ignores flushes")


def _flush_seconds(folder: Path) -> float:
    """The median of some flushes of one block."""
    path = folder / f".flush-{os.getpid()}"
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        return statistics.median(_flush(handle) for _ in range(FLUSHES))
    finally:
        os.close(handle)
        path.unlink(missing_ok=True)


def _flush(handle: int) -> float:
    os.pwrite(handle, os.urandom(4096), 0)
    begun = time.perf_counter()
    os.fdatasync(handle)
    return time.perf_counter() - begun


def content(patient: Patient) -> Iterator[Finding]:
    """Whether the file can be read, written, and is whole."""
    file = _file(patient)
    if not file.is_file():
        yield note("H127", "there is no journal yet", "'crossdock run' makes it", str(file))
        return
    try:
        with closing(_opened(file)) as connection:
            yield from _inside(connection, file)
    except apsw.BusyError:
        yield error("H128", "the journal is locked by another program", f"fuser {file} shows which", str(file))
    except (apsw.CorruptError, apsw.NotADBError) as refused:
        yield _damaged(str(refused), file)
    except apsw.Error as refused:
        yield error("H130", f"the journal cannot be opened: {refused}", "is it writable, and its folder?", str(file))
    wal = file.with_name(f"{file.name}-wal")
    if wal.is_file() and wal.stat().st_size > LARGE_WAL:
        text = f"{wal.name} has {wal.stat().st_size / 1e6:.0f} MB: a program reads the journal and does not stop"
        yield warning("H131", text, f"fuser {file} shows which", str(wal))


def _opened(file: Path) -> apsw.Connection:
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(LOCK_PATIENCE)
    return connection


def _inside(connection: apsw.Connection, file: Path) -> Iterator[Finding]:
    version = int(connection.pragma("user_version"))
    if version > len(MIGRATIONS):
        text = f"the journal has schema {version}, this crossdock knows {len(MIGRATIONS)}"
        yield error("H132", text, "use the crossdock that wrote it, or a newer one", str(file))
    elif version < len(MIGRATIONS):
        yield note("H133", f"the journal has schema {version}: the next run brings it to {len(MIGRATIONS)}", None)
    if file.stat().st_size <= LARGEST_CHECKED:
        for (said,) in connection.execute("PRAGMA quick_check(3)"):
            if said != "ok":
                yield _damaged(str(said), file)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")


def _damaged(said: str, file: Path) -> Finding:
    hint = "stop crossdock, move its folder aside and keep it, and load the last backup: crossdock restore FILE"
    return error("H129", f"the journal is damaged: {said}", hint, str(file))


def reserve(patient: Patient) -> Iterator[Finding]:
    """Whether there is a reserve for a full disk."""
    _file(patient)
    kept = patient.loaded().reserve()
    if kept is not None and kept.size and kept.path.is_file() and kept.spent():
        yield error("H134", "the disk was full: the reserve is used up, nothing is let in", "make room", str(kept.path))


def _file(patient: Patient) -> Path:
    file = patient.loaded().journal_file()
    if file is None:
        raise UnseenError("a server keeps the journal")
    return file


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(one for one in (folder, *folder.parents) if one.is_dir())
