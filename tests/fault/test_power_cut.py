"""An acknowledged message survives a power cut at any moment, and the journal is whole after every one.

The same must fail with ``synchronous=NORMAL``, and with payload stores that forget a flush: else the simulated disk
would prove nothing.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from crossdock.journal import payloads
from crossdock.journal.contract import Child, Post, Result, Sent, Work
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.message import Inline, Message
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import arrival, delivered, part
from crossdock.testing.power_cut import Disk, Record, moments, recorded

ROUNDS = 15  # of arrivals and work
CHECKPOINT_PAGES = 25  # so that a short record has many checkpoints


@dataclass(slots=True)
class Verdict:
    """What a number of cuts came to: in how many something was lost, and what was wrong with the journal."""

    lost: int = 0
    wrong: list[str] = field(default_factory=list)


def _work(record: Record, synchronous: str) -> None:
    """Intake and a worker, each with its connection; what they are told is safe is written down."""
    choice = random.Random(1)  # noqa: S311 - chance that can be repeated
    clock, path = ManualClock(), record.root / "journal.db"
    numbers = iter(range(1, 10_000))
    with closing(_open(path, clock, synchronous)) as intake, closing(_open(path, clock, synchronous)) as worker:
        for _ in range(ROUNDS):
            entries = [arrival(next(numbers), body=_body(choice)) for _ in range(choice.randint(1, 3))]
            intake.accept(entries)
            _acknowledge(record, (entry.message for entry in entries))
            works = worker.claim("orders", owner="host/1", limit=3, lease=60.0)
            results = [_result(work, choice) for work in works]
            worker.commit(results)
            _acknowledge(record, (message for result in results for message in result.made()))


def _open(path: Path, clock: ManualClock, synchronous: str) -> SqliteJournal:
    journal = SqliteJournal(path, clock, synchronous=synchronous)
    journal._session.connection.wal_autocheckpoint(CHECKPOINT_PAGES)
    return journal


def _body(choice: random.Random) -> bytes:
    size = choice.choice((100, 1500, 5000)) if choice.random() < 0.95 else payloads.INLINE_LIMIT + 5000
    return choice.randbytes(size)


def _result(work: Work, choice: random.Random) -> Result:
    parts = [replace(part(work.message, number), body=Inline(_body(choice))) for number in range(1, 4)]
    also = [Sent(message=part(parts[0], 0), posts=(Post(queue="erp"),))]
    children = tuple(Child(message=one, outcome=delivered(keys=["PO"])) for one in parts)
    return Result(work=work, children=children, progress=3, outcome=delivered(Post(queue="erp"), also=also))


def _acknowledge(record: Record, messages: Iterator[Message]) -> None:
    for message in messages:
        record.acknowledge(message.id, message.body.size)


def _verdict(record: Record, folder: Path, cuts: int) -> Verdict:
    """Cut the power at so many moments and look at what is left."""
    folder.mkdir()
    verdict, disk = Verdict(), Disk(record)
    choice = random.Random(2)  # noqa: S311 - chance that can be repeated
    for moment in moments(record.events, cuts, choice):
        disk.play(moment)
        with closing(SqliteJournal(disk.after_cut(folder, choice), ManualClock(), synchronous="OFF")) as journal:
            verdict.lost += _loses(journal, disk.promised)
            audit = journal.audit()
            if not audit.balanced or journal._session.value("PRAGMA integrity_check") != "ok":
                verdict.wrong.append(f"cut at {moment}: {audit}")
    return verdict


def _loses(journal: SqliteJournal, promised: dict[str, int]) -> bool:
    rows = journal._session.rows("SELECT id, size, stored FROM message")
    missing = journal._session.payloads.missing
    kept = {id: size for id, size, stored in rows if not stored or not missing(str(stored), int(str(size)))}
    return not promised.items() <= kept.items()


def test_nothing_acknowledged_is_lost_and_the_journal_is_whole(tmp_path: Path) -> None:
    with recorded(_folder(tmp_path)) as record:
        _work(record, "FULL")
    verdict = _verdict(record, tmp_path / "after", cuts=2000)
    assert (verdict.lost, verdict.wrong) == (0, [])


def test_with_synchronous_normal_messages_are_lost_and_the_journal_is_whole(tmp_path: Path) -> None:
    with recorded(_folder(tmp_path)) as record:
        _work(record, "NORMAL")
    verdict = _verdict(record, tmp_path / "after", cuts=300)
    assert verdict.lost > 30
    assert verdict.wrong == []


def test_a_payload_store_that_does_not_flush_folders_loses_payloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "flush_folder", lambda folder: None)
    with recorded(_folder(tmp_path)) as record:
        _work(record, "FULL")
    assert _verdict(record, tmp_path / "after", cuts=30).lost > 0


def test_a_payload_store_that_does_not_flush_files_loses_payloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(_folder(tmp_path)) as record:
        flush = os.fsync
        monkeypatch.setattr(os, "fsync", lambda handle: flush(handle) if _is_folder(handle) else None)
        _work(record, "FULL")
        monkeypatch.undo()
    assert _verdict(record, tmp_path / "after", cuts=30).lost > 0


def _is_folder(handle: int) -> bool:
    return Path(f"/proc/self/fd/{handle}").is_dir()


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "before"
    folder.mkdir()
    return folder
