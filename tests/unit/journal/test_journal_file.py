"""The journal's file: who may read it, how it is flushed, what happens when it is new, newer, or broken."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import PIPE

import apsw
import pytest

from crossdock.errors import Halt
from crossdock.journal.sqlite import schema
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.journal.sqlite.session import check_version
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import arrival, id_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(path, ManualClock())) as journal:
        yield journal


def test_only_its_owner_can_read_the_journal(journal: SqliteJournal, path: Path) -> None:
    journal.accept([arrival(1, body=b"x" * 100_000)])
    for entry in (path, *path.parent.glob("journal.db-*"), *path.parent.glob("payloads/*/*")):
        assert stat.S_IMODE(entry.stat().st_mode) == 0o600, entry
    for folder in (path.parent, path.parent / "payloads"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder


def test_the_mode_of_the_process_does_not_open_the_journal_to_others(path: Path) -> None:
    before = os.umask(0)
    try:
        SqliteJournal(path, ManualClock()).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("pragma", "expected"), [("journal_mode", "wal"), ("synchronous", 2), ("mmap_size", 0)])
def test_every_commit_is_flushed_to_a_write_ahead_log(journal: SqliteJournal, pragma: str, expected: object) -> None:
    assert journal._session.connection.pragma(pragma) == expected


@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.51.2"])
def test_an_sqlite_that_can_corrupt_the_log_is_refused(version: str) -> None:
    with pytest.raises(Halt, match="E712"):
        check_version(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.52.0", "3.100.0", "4.0.0", apsw.sqlite_lib_version()])
def test_a_mended_sqlite_is_taken(version: str) -> None:
    check_version(version)


def test_a_journal_of_a_newer_crossdock_is_refused_and_left_alone(path: Path) -> None:
    SqliteJournal(path, ManualClock()).close()
    with closing(apsw.Connection(str(path))) as connection:
        connection.pragma("user_version", len(schema.MIGRATIONS) + 1)
    before = path.read_bytes()
    with pytest.raises(Halt, match="E711") as caught:
        SqliteJournal(path, ManualClock())
    assert str(len(schema.MIGRATIONS) + 1) in str(caught.value)
    assert path.read_bytes() == before


def test_opening_again_changes_nothing(path: Path) -> None:
    clock = ManualClock()
    with closing(SqliteJournal(path, clock)) as first:
        first.accept([arrival(1)])
    before = path.read_bytes()
    with closing(SqliteJournal(path, clock)) as again:
        assert again.message(id_of(1)) is not None
    assert path.read_bytes() == before


def test_a_later_migration_is_done_to_a_journal_with_messages(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SqliteJournal(path, ManualClock())) as first:
        first.accept([arrival(1)])
    up = "ALTER TABLE message ADD COLUMN colour TEXT; CREATE INDEX c ON message(colour);"
    later = (*schema.MIGRATIONS, schema.Migration("colours", up, ""))
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    with closing(SqliteJournal(path, ManualClock())) as again:
        assert again._session.value("SELECT count(colour IS NULL) FROM message") == 1
        assert again._session.value("PRAGMA user_version") == len(later)


def test_a_migration_that_fails_leaves_the_journal_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SqliteJournal(path, ManualClock())) as first:
        first.accept([arrival(1)])
    up = "ALTER TABLE message ADD COLUMN colour TEXT; CREATE TABLE message(x);"
    broken = (*schema.MIGRATIONS, schema.Migration("broken", up, ""))
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", broken)
        with pytest.raises(apsw.SQLError):
            SqliteJournal(path, ManualClock())
    with closing(SqliteJournal(path, ManualClock())) as again:
        assert again.message(id_of(1)) is not None
        assert again.audit().balanced


_OPEN_ALL = """
import sys
from pathlib import Path
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.testing.clock import ManualClock
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    journal = SqliteJournal(Path(sys.argv[1]) / f"{number}" / "journal.db", ManualClock())
    assert journal.audit().balanced
    journal.close()
"""


def test_processes_that_make_the_same_journal_at_once_make_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OPEN_ALL, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True, env=environment) for _ in range(3)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [_ended(process) for process in processes] == ["", "", ""]


def _ended(process: subprocess.Popen[str]) -> str:
    _, errors = process.communicate(timeout=60)
    return errors


def test_only_the_first_to_open_after_a_boot_voids_leases(path: Path) -> None:
    clock = ManualClock()
    with closing(SqliteJournal(path, clock)) as before:
        before.accept([arrival(1), arrival(2)])
        before.claim("orders", owner="host/1", limit=1, lease=60.0)
    clock.reboot()
    with closing(SqliteJournal(path, clock)) as first:
        first.claim("orders", owner="host/1", limit=1, lease=60.0)
        with closing(SqliteJournal(path, clock)) as second:
            assert second.give_back(crashed=True) == 1


@pytest.mark.parametrize("offset", [0, 20, 100, 4096, 8192])
def test_a_damaged_journal_stops_everything_and_says_so(path: Path, offset: int) -> None:
    with closing(SqliteJournal(path, ManualClock())) as whole:
        whole.accept([arrival(number, body=b"x" * 3000) for number in range(1, 60)])
    content = bytearray(path.read_bytes())
    content[offset : offset + 4096 * 8] = os.urandom(4096 * 8)
    path.write_bytes(content)
    with pytest.raises(Halt, match=r"E713|E718"):
        _use(path)


def _use(path: Path) -> None:
    with closing(SqliteJournal(path, ManualClock())) as journal:
        journal.accept([arrival(100)])
        for number in range(1, 60):
            assert journal.message(id_of(number))
        assert journal.audit().balanced


@pytest.mark.parametrize(
    "content", [b"this is no database at all, but a text that somebody put here" * 20, b"\0" * 4096]
)
def test_a_file_that_is_no_journal_is_not_taken_for_one(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(Halt, match=r"E713|E718"):
        SqliteJournal(path, ManualClock())
    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_journal_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(Halt, match="E713"):
        SqliteJournal(path, ManualClock())


def test_every_transaction_passes_a_fail_point_on_either_side_of_its_commit(path: Path) -> None:
    passed: list[str] = []
    with closing(SqliteJournal(path, ManualClock(), passed.append)) as journal:
        passed.clear()
        journal.accept([arrival(1)])
        journal.claim("orders", owner="host/1", limit=1, lease=60.0)
        journal.give_back(crashed=True)
    moves = ("accept", "claim", "give_back")
    assert passed == [f"{move}.{moment}" for move in moves for moment in ("before_commit", "after_commit")]
