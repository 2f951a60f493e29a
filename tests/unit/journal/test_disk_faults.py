"""A disk that is full, fails or is locked: said in our words, nothing half done, and well again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from crossdock.errors import Retry
from crossdock.journal.contract import Query, Result
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import arrival, delivered, id_of


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(tmp_path / "journal.db", ManualClock())) as journal:
        journal.accept([arrival(1)])
        yield journal


def _accept_is_refused(journal: SqliteJournal, code: str) -> None:
    with pytest.raises(Retry, match=code):
        journal.accept([arrival(2, body=b"x" * 60_000)])


def _is_well_again(journal: SqliteJournal) -> None:
    assert journal.message(id_of(2)) is None
    journal.accept([arrival(2, body=b"x" * 60_000)])
    works = journal.claim("orders", owner="host/1", limit=10, lease=60.0)
    assert journal.commit([Result(work=work, outcome=delivered()) for work in works]) == [True, True]
    assert journal.audit().balanced


def test_a_full_disk_refuses_and_recovers(journal: SqliteJournal) -> None:
    connection = journal._session.connection
    connection.pragma("max_page_count", connection.pragma("page_count"))
    _accept_is_refused(journal, "E714")
    connection.pragma("max_page_count", 1_000_000)
    _is_well_again(journal)


def test_a_journal_that_became_read_only_refuses_and_recovers(journal: SqliteJournal) -> None:
    journal._session.connection.pragma("query_only", 1)
    _accept_is_refused(journal, "E717")
    journal._session.connection.pragma("query_only", 0)
    _is_well_again(journal)


def test_a_journal_locked_by_another_program_refuses_and_recovers(journal: SqliteJournal, tmp_path: Path) -> None:
    patient = journal._session.connection
    patient.set_busy_handler(None)
    with closing(apsw.Connection(str(tmp_path / "journal.db"))) as other:
        other.execute("BEGIN IMMEDIATE")
        _accept_is_refused(journal, "E716")
        other.execute("ROLLBACK")
    _is_well_again(journal)


@dataclass(slots=True)
class _Trouble:
    """What goes wrong from now on: the name of a method of the file, or nothing."""

    method: str = ""


class _File(apsw.VFSFile):
    def __init__(self, trouble: _Trouble, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._trouble = trouble
        super().__init__("unix", name, flags)

    def _may_fail(self, method: str) -> None:
        if method == self._trouble.method:
            raise apsw.IOError(f"{method} failed")

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._may_fail("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        self._may_fail("sync")
        super().xSync(flags)


class _Disk(apsw.VFS):
    def __init__(self, trouble: _Trouble) -> None:
        self._trouble = trouble
        super().__init__("failing", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self._trouble, name, flags)


@pytest.mark.parametrize("method", ["write", "sync"])
def test_a_failing_disk_refuses_and_recovers(tmp_path: Path, method: str) -> None:
    trouble = _Trouble()
    disk = _Disk(trouble)
    try:
        with closing(SqliteJournal(tmp_path / "journal.db", ManualClock())) as journal:
            journal.accept([arrival(1)])
            trouble.method = method
            _accept_is_refused(journal, "E715")
            trouble.method = ""
            _is_well_again(journal)
    finally:
        disk.unregister()


def test_a_fault_while_settling_leaves_the_work_in_hand(journal: SqliteJournal) -> None:
    (work,) = journal.claim("orders", owner="host/1", limit=1, lease=60.0)
    journal._session.connection.pragma("query_only", 1)
    with pytest.raises(Retry, match="E717"):
        journal.commit([Result(work=work, outcome=delivered())])
    journal._session.connection.pragma("query_only", 0)
    assert journal.commit([Result(work=work, outcome=delivered())]) == [True]


def test_readers_do_not_wait_for_a_writer(journal: SqliteJournal, tmp_path: Path) -> None:
    journal._session.connection.set_busy_handler(None)
    with closing(apsw.Connection(str(tmp_path / "journal.db"))) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert len(list(journal.items(Query()))) == 1
        assert journal.ready() == ["orders"]
        other.execute("ROLLBACK")
