"""Every journal passes the same suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.journal.memory import MemoryJournal
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite import Bench, JournalSuite, OneMachine


class TestSqliteJournal(JournalSuite, OneMachine):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> Bench:
        clock, path = ManualClock(), tmp_path / "journal.db"
        journal = SqliteJournal(path, clock)
        connection = journal._session.connection

        def lose_work(row: int) -> None:
            connection.execute("DELETE FROM work WHERE row = ?", (row,))

        def lose_message(id: str) -> None:
            connection.execute("DELETE FROM message WHERE id = ?", (id,))

        return Bench(clock, journal, lambda: SqliteJournal(path, clock), lose_work, lose_message)


class TestMemoryJournal(JournalSuite, OneMachine):
    @pytest.fixture
    def bench(self) -> Bench:
        clock = ManualClock()
        journal = MemoryJournal(clock)
        tables = journal._tables
        return Bench(clock, journal, lambda: journal, tables.work.__delitem__, tables.messages.__delitem__)
