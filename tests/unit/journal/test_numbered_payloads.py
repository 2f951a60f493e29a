"""Large payloads that are numbered: written inside the transaction, and not left behind when that is undone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crossdock.control import Numbering, Series
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import Bench, delivered
from crossdock.testing.journal_suite.numbering import LARGE, stamped


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock, path = ManualClock(), tmp_path / "journal.db"
    clock.set_wall(time.time() - clock.now())  # payload files have the times of the system
    with closing(SqliteJournal(path, clock)) as journal:
        yield Bench(clock, journal, lambda: SqliteJournal(path, clock), lambda row: None, lambda id: None)


def test_the_file_of_a_number_that_went_back_is_swept(bench: Bench, tmp_path: Path) -> None:
    bench.arrive(1)
    work = bench.take_one()
    written = iter([b"." * LARGE])  # the second of two fails when the first is on disk already
    numbering = Numbering(scopes=(Series(name="acme"),), write=lambda numbers: next(written))
    with pytest.raises(StopIteration):
        bench.commit(work, delivered(also=[stamped(work.message, place, numbering) for place in (0, 1)]))
    assert bench.journal.numbers() == []
    (left,) = _files(tmp_path)
    os.utime(left, (0, 0))
    bench.clock.advance(2 * 3600.0)
    bench.journal.purge(messages_before=0.0, limit=10)
    assert _files(tmp_path) == []


def test_the_file_of_a_payload_that_was_recorded_stays(bench: Bench, tmp_path: Path) -> None:
    bench.arrive(1)
    work = bench.take_one()
    numbering = Numbering(scopes=(Series(name="acme"),), write=lambda numbers: b"." * LARGE)
    assert bench.commit(work, delivered(also=[stamped(work.message, 0, numbering)]))
    (kept,) = _files(tmp_path)
    os.utime(kept, (0, 0))
    bench.clock.advance(2 * 3600.0)
    bench.journal.purge(messages_before=0.0, limit=10)
    assert _files(tmp_path) == [kept]


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / "payloads").rglob("*") if path.is_file()]
