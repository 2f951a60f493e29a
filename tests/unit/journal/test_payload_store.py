"""Large payloads: durable before anything refers to them, kept once, gone when nothing refers to them any more."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crossdock.delivery.states import Event
from crossdock.errors import Retry
from crossdock.journal.contract import Fate, Outcome, Result
from crossdock.journal.payloads import INLINE_LIMIT, PayloadStore
from crossdock.journal.sqlite import retention
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.message import Inline, read_all
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import arrival, id_of, message

BODY = b"0123456789abcdef" * 5000
KEY = hashlib.sha256(BODY).hexdigest()
DAY = 86400.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(tmp_path / "journal.db", clock)) as journal:
        yield journal


@pytest.fixture
def store(tmp_path: Path) -> PayloadStore:
    return PayloadStore(tmp_path / "payloads", lambda name: None)


def _files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "payloads").rglob("*") if path.is_file())


@pytest.mark.parametrize(("size", "stored"), [(0, False), (INLINE_LIMIT, False), (INLINE_LIMIT + 1, True)])
def test_only_what_is_too_large_for_a_row_becomes_a_file(store: PayloadStore, size: int, *, stored: bool) -> None:
    kept = store.keep(Inline(b"x" * size))
    assert (kept.key is not None, kept.inline is None) == (stored, stored)
    assert (kept.size, kept.sha256) == (size, hashlib.sha256(b"x" * size).digest())


def test_the_same_bytes_are_kept_once(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.accept([arrival(1, body=BODY), arrival(2, body=BODY)])
    assert _files(tmp_path) == [KEY]


def test_a_payload_that_is_stored_already_is_not_copied(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.accept([arrival(1, body=BODY)])
    found = journal.message(id_of(1))
    assert found is not None
    journal.accept([replace(arrival(2), message=replace(message(2), body=found.body))])
    assert _files(tmp_path) == [KEY]
    again = journal.message(id_of(2))
    assert again is not None
    assert read_all(again.body) == BODY


def test_a_source_that_fails_leaves_no_file(store: PayloadStore, tmp_path: Path) -> None:
    with pytest.raises(Retry, match="E799"):
        store.keep(_Failing())
    assert _files(tmp_path) == []


class _Failing:
    """A payload whose source goes away."""

    size = 1_000_000

    def chunks(self) -> Iterator[bytes]:
        yield b"x" * 300_000
        raise Retry("E799", "the source is gone")


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "payloads").write_text("in the way")
    with pytest.raises(Retry, match="E702"):
        PayloadStore(tmp_path / "payloads", lambda name: None).keep(Inline(BODY))


def test_a_payload_that_cannot_be_read_says_so(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.accept([arrival(1, body=BODY)])
    shutil.rmtree(tmp_path / "payloads")
    found = journal.message(id_of(1))
    assert found is not None
    with pytest.raises(Retry, match="E701"):
        read_all(found.body)


@pytest.mark.parametrize("damage", ["missing", "cut off"])
def test_a_lost_payload_is_found_by_the_audit(journal: SqliteJournal, tmp_path: Path, damage: str) -> None:
    journal.accept([arrival(1, body=BODY)])
    path = tmp_path / "payloads" / KEY[:2] / KEY
    if damage == "missing":
        path.unlink()
    else:
        os.truncate(path, 100)
    (found,) = journal.audit().damage
    assert (found.what, found.message) == ("stored payload is missing or cut off", id_of(1))


def test_a_forgotten_message_takes_its_payload_with_it(
    journal: SqliteJournal, clock: ManualClock, tmp_path: Path
) -> None:
    journal.accept([arrival(1, body=BODY)])
    _settle_all(journal)
    clock.advance(31 * DAY)
    journal.purge(messages_before=clock.now() - DAY, limit=10)
    assert _files(tmp_path) == []


def test_a_payload_stays_while_another_message_has_it(
    journal: SqliteJournal, clock: ManualClock, tmp_path: Path
) -> None:
    journal.accept([arrival(1, body=BODY)])
    _settle_all(journal)
    clock.advance(31 * DAY)
    journal.accept([arrival(2, body=BODY)])
    assert journal.purge(messages_before=clock.now() - DAY, limit=10) == 1
    assert _files(tmp_path) == [KEY]
    assert journal.audit().balanced


def test_a_payload_that_retention_removed_meanwhile_is_not_referred_to(tmp_path: Path, clock: ManualClock) -> None:
    """The file was there already when it was kept again; before the row came, retention forgot its last message."""
    path = tmp_path / "journal.db"
    with closing(SqliteJournal(path, clock)) as cleaner, closing(SqliteJournal(path, clock)) as intake:
        cleaner.accept([arrival(1, body=BODY)])
        _settle_all(cleaner)
        clock.advance(31 * DAY)
        entry = replace(arrival(2), message=replace(message(2), body=_Purging(cleaner, clock)))
        with pytest.raises(Retry, match="E703"):
            intake.accept([arrival(3, body=BODY), entry])
        assert intake.accept([arrival(3, body=BODY)]) == [id_of(3)]
        assert intake.audit().balanced


class _Purging:
    """Small bytes; while they are read, retention runs."""

    size = 1

    def __init__(self, journal: SqliteJournal, clock: ManualClock) -> None:
        self._journal = journal
        self._clock = clock

    def chunks(self) -> Iterator[bytes]:
        self._journal.purge(messages_before=self._clock.now() - DAY, limit=10)
        yield b"x"


def test_what_crashes_left_behind_is_swept_after_a_while(
    journal: SqliteJournal, clock: ManualClock, store: PayloadStore, tmp_path: Path
) -> None:
    journal.accept([arrival(1, body=BODY)])
    store.keep(Inline(BODY[::-1]))
    (tmp_path / "payloads" / "incoming-0123456789abcdef.tmp").write_bytes(b"half")
    left = {*_files(tmp_path)} - {KEY}
    _written(tmp_path, clock.now())
    journal.purge(messages_before=0.0, limit=10)
    assert left < {*_files(tmp_path)}
    clock.advance(retention.LEFT_BEHIND + retention.SWEEP_EVERY)
    journal.purge(messages_before=0.0, limit=10)
    assert _files(tmp_path) == [KEY]
    assert journal.audit().balanced


def test_very_much_that_was_left_behind_is_swept_in_short_transactions(
    clock: ManualClock, store: PayloadStore, tmp_path: Path
) -> None:
    passed: list[str] = []
    with closing(SqliteJournal(tmp_path / "journal.db", clock, passed.append)) as journal:
        for number in range(retention.DROP_STEP * 2 + 1):
            store.keep(Inline(BODY + number.to_bytes(2, "big")))
        _written(tmp_path, clock.now())
        clock.advance(retention.LEFT_BEHIND + 1.0)
        journal.purge(messages_before=0.0, limit=10)
        assert _files(tmp_path) == []
        assert passed.count("drop.before_commit") == 3
        clock.advance(retention.SWEEP_EVERY)
        journal.purge(messages_before=0.0, limit=10)
        assert passed.count("drop.before_commit") == 3  # nothing to remove takes no lock


def _written(tmp_path: Path, at: float) -> None:
    for path in (tmp_path / "payloads").rglob("*"):
        os.utime(path, (at, at))


def _settle_all(journal: SqliteJournal) -> None:
    works = journal.claim("orders", owner="host/1", limit=10, lease=60.0)
    journal.commit([Result(work=work, outcome=Outcome(fate=Fate(event=Event.DELIVER))) for work in works])
