"""The version of a journal's schema: looked at without changing it, up, down, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from crossdock.errors import Halt
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.journal.sqlite.schema import MIGRATIONS
from crossdock.journal.sqlite.versions import SqliteVersions
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.populated import populate

NEWEST = len(MIGRATIONS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def versions(path: Path) -> Iterator[SqliteVersions]:
    with closing(SqliteVersions(path)) as versions:
        yield versions


def test_a_journal_that_is_not_there_has_version_0_and_asking_does_not_make_it(
    versions: SqliteVersions, path: Path
) -> None:
    assert versions.version() == 0
    assert not path.parent.exists()


def test_every_step_says_what_it_brought(versions: SqliteVersions) -> None:
    assert len(versions.steps()) == NEWEST
    assert all(versions.steps())


def test_asking_changes_nothing(versions: SqliteVersions, path: Path) -> None:
    versions.migrate(1)
    assert versions.version() == 1
    with closing(SqliteVersions(path)) as again:
        assert again.version() == 1


def test_down_and_up_again_keeps_every_message_and_every_state(path: Path) -> None:
    clock = ManualClock()
    with closing(SqliteJournal(path, clock)) as journal:
        populate(journal, clock)
        before = journal.audit()
    with closing(SqliteVersions(path)) as versions:
        versions.migrate(1)
        versions.migrate(NEWEST)
    with closing(SqliteJournal(path, clock)) as journal:
        assert journal.audit() == before
        assert before.balanced


@pytest.mark.parametrize("to", [0, -1, NEWEST + 1])
def test_there_is_no_such_version(versions: SqliteVersions, to: int) -> None:
    versions.migrate(NEWEST)
    with pytest.raises(Halt, match="E741"):
        versions.migrate(to)
    assert versions.version() == NEWEST


def test_a_newer_journal_is_shown_and_left_alone(versions: SqliteVersions, path: Path) -> None:
    versions.migrate(NEWEST)
    with closing(apsw.Connection(str(path))) as connection:
        connection.pragma("user_version", NEWEST + 1)
    assert versions.version() == NEWEST + 1
    with pytest.raises(Halt, match="E711"):
        versions.migrate(NEWEST)
    assert versions.version() == NEWEST + 1
