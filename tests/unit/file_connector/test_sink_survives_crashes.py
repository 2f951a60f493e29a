"""A crash at any point, the folder as the crash left it, a new process: exactly one file, whole, once."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

import pytest
from tests.unit.file_connector.conftest import Outbox, order, surroundings

from crossdock.connector import Done, Staged
from crossdock.errors import Hold, Retry
from crossdock_connectors.file import FileSink, SinkOptions
from crossdock_connectors.file.folders import At
from crossdock_connectors.file.moving import Way, by_second_name, in_one_step, over_placeholder

DELIVERED = {"ORD1.txt": b"HDR\n"}


class Crash(BaseException):
    """The process is gone."""


def test_before_anything_was_written(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    box.deliver(order(1, attempt=2))
    assert box.files() == DELIVERED


def test_while_the_temporary_file_was_written(outbox: Callable[..., Outbox], monkeypatch: pytest.MonkeyPatch) -> None:
    box = outbox()
    with monkeypatch.context() as broken:
        broken.setattr(os, "write", _crash)
        with pytest.raises(Crash):
            box.stage(order(1))
    assert len(box.files()) == 1
    box.sink = box.another()
    box.deliver(order(1, attempt=2))
    assert box.files() == DELIVERED


def test_after_staging_and_before_the_proof_was_committed(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    box.stage(order(1))
    box.sink = box.another()
    box.deliver(order(1, attempt=2))
    assert box.files() == DELIVERED


def test_what_belongs_to_others_is_not_swept_away(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    box.stage(order(2))
    (box.path / ".partner.part").write_bytes(b"theirs")
    box.deliver(order(1, attempt=2))
    assert len(box.files()) == 3


def test_after_the_proof_was_committed_and_before_the_move(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    staged = box.stage(order(1))
    assert box.another().finish(staged) == [Done("out/ORD1.txt")]
    assert box.files() == DELIVERED


def test_after_the_move_and_before_it_was_committed(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    staged = box.stage(order(1))
    box.sink.finish(staged)
    assert box.another().finish(staged) == [Done("out/ORD1.txt")]
    assert box.files() == DELIVERED


def test_after_the_move_when_the_partner_has_taken_the_file_already(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    staged = box.stage(order(1))
    box.sink.finish(staged)
    (box.path / "ORD1.txt").unlink()
    assert box.another().finish(staged) == [Done("out/ORD1.txt")]
    assert box.files() == {}


def test_in_the_middle_of_a_batch_of_moves(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    staged = box.stage(*(order(number) for number in range(5)))
    moved: list[str] = []

    def dies_at_the_third(source: At, target: At) -> None:
        if len(moved) == 2:
            raise Crash
        moved.append(target.name)
        in_one_step(source, target)

    with pytest.raises(Crash):
        box.another([dies_at_the_third]).finish(staged)
    assert len([name for name in box.files() if name.startswith("ORD")]) == 2
    outcomes = box.another().finish(staged)
    assert outcomes == [Done(f"out/ORD{number}.txt") for number in range(5)]
    assert sorted(box.files()) == [f"ORD{number}.txt" for number in range(5)]


def test_between_the_second_name_and_the_removal_of_the_first(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    (staged,) = box.stage(order(1))
    (temporary,) = box.files()
    os.link(box.path / temporary, box.path / "ORD1.txt")
    assert box.another().finish([staged]) == [Done("out/ORD1.txt")]
    assert box.files() == DELIVERED


def test_between_the_report_and_its_file(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    staged = box.stage(order(1, report="why"))
    (report,) = [path for path in box.path.iterdir() if path.read_bytes() == b"why"]
    report.rename(box.path / "ORD1.txt.report.txt")
    box.another().finish(staged)
    assert box.files() == {"ORD1.txt": b"HDR\n", "ORD1.txt.report.txt": b"why"}


def test_a_worker_that_was_thought_dead_cannot_spoil_what_another_has_proven(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    stale = box.stage(order(1, b"stale but whole"))
    box.sink = box.another()
    fresh = box.stage(order(1, b"fresh", attempt=2))
    assert stale[0].proof != fresh[0].proof
    box.sink.finish(fresh)
    assert box.files() == {"ORD1.txt": b"fresh"}


def test_a_folder_that_is_not_mounted_is_not_taken_for_a_partner_who_was_fast(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    staged = box.stage(order(1))
    box.path.rename(box.root / "unmounted")
    (missing,) = box.another().finish(staged)
    box.path.mkdir()
    (another,) = box.another().finish(staged)
    assert isinstance(missing, Retry)
    assert isinstance(another, Retry)
    assert (missing.code, another.code) == ("K405", "K303")
    box.path.rmdir()
    (box.root / "unmounted").rename(box.path)
    assert box.another().finish(staged) == [Done("out/ORD1.txt")]


def test_a_temporary_file_that_lost_its_end_is_not_delivered(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    staged = box.stage(order(1))
    (temporary,) = box.files()
    os.truncate(box.path / temporary, 2)
    (outcome,) = box.another().finish(staged)
    assert isinstance(outcome, Retry)
    assert outcome.code == "K304"


def test_a_proof_that_nobody_can_read_is_for_a_person(outbox: Callable[..., Outbox]) -> None:
    for text in ("", "{}", "[]", '{"folder": "out"}'):
        (outcome,) = outbox().sink.finish([Staged(text)])
        assert isinstance(outcome, Hold)
        assert outcome.code == "K305"


def test_a_project_that_was_moved_finishes_what_it_had_staged(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    staged = box.stage(order(1))
    moved = box.root / "moved"
    moved.mkdir()
    box.path.rename(moved / "out")
    sink = FileSink(SinkOptions.model_validate({"path": "out"}), surroundings(moved))
    assert sink.finish(staged) == [Done("out/ORD1.txt")]


@pytest.mark.parametrize("full", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_gets_full_half_way_leaves_nothing_behind(
    outbox: Callable[..., Outbox], monkeypatch: pytest.MonkeyPatch, full: int
) -> None:
    box = outbox()
    with monkeypatch.context() as broken:
        broken.setattr(os, "write", _failing_after_half(full))
        outcomes = box.sink.stage([order(1, b"12345678"), order(2, b"12345678")])
    assert [getattr(outcome, "code", None) for outcome in outcomes] == ["K401", "K401"]
    assert all(isinstance(outcome, Retry) for outcome in outcomes)
    assert box.files() == {}
    assert box.deliver(order(1, attempt=2))[0] == Done("out/ORD1.txt")


def test_a_flush_that_fails_is_no_delivery(outbox: Callable[..., Outbox], monkeypatch: pytest.MonkeyPatch) -> None:
    box = outbox()
    box.path.mkdir()
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _failing(errno.EIO))
        (outcome,) = box.sink.stage([order(1)])
    assert isinstance(outcome, Retry)
    assert outcome.code == "K404"
    assert box.files() == {}


def test_a_flush_of_the_folder_that_fails_after_the_move_is_told_and_then_proven(
    outbox: Callable[..., Outbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = outbox()
    staged = box.stage(order(1))
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _failing(errno.EIO))
        (outcome,) = box.sink.finish(staged)
    assert isinstance(outcome, Retry)
    assert box.sink.finish(staged) == [Done("out/ORD1.txt")]
    assert box.files() == DELIVERED


def test_what_reads_back_differently_is_no_delivery(
    outbox: Callable[..., Outbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = outbox()
    with monkeypatch.context() as broken:
        broken.setattr(os, "write", lambda file, data: len(data))  # a disk that lies
        (outcome,) = box.sink.stage([order(1)])
    assert isinstance(outcome, Retry)
    assert outcome.code == "K302"
    assert box.files() == {}


@pytest.mark.parametrize("way", [in_one_step, by_second_name, over_placeholder])
def test_every_way_of_moving_moves_and_overwrites_nothing(outbox: Callable[..., Outbox], way: Way) -> None:
    box = outbox()
    box.sink = box.another([way])
    box.deliver(order(1))
    staged = box.stage(order(2, b"new"))
    (box.path / "ORD2.txt").write_bytes(b"old")
    (outcome,) = box.sink.finish(staged)
    assert isinstance(outcome, Hold)
    (box.path / "ORD2.txt").unlink()
    box.sink.finish(staged)
    assert box.files() == {"ORD1.txt": b"HDR\n", "ORD2.txt": b"new"}


def test_a_file_system_that_does_not_know_one_way_is_asked_for_the_next(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    box.sink = box.another([_unknown(errno.EINVAL), _unknown(errno.EPERM), over_placeholder])
    box.deliver(order(1))
    assert box.files() == DELIVERED


def test_a_placeholder_is_taken_away_when_the_move_fails(
    outbox: Callable[..., Outbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = outbox()
    staged = box.stage(order(1))
    with monkeypatch.context() as broken:
        broken.setattr(os, "rename", _failing(errno.EIO))
        (outcome,) = box.another([over_placeholder]).finish(staged)
    assert isinstance(outcome, Retry)
    assert "ORD1.txt" not in box.files()


def _crash(*_: object) -> int:
    raise Crash


def _failing(number: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def _failing_after_half(number: int) -> Callable[[int, memoryview], int]:
    really = os.write
    written: set[int] = set()

    def write(file: int, data: memoryview) -> int:
        if file in written:
            raise OSError(number, os.strerror(number))
        written.add(file)
        return really(file, data[: len(data) // 2])

    return write


def _unknown(number: int) -> Way:
    return lambda source, target: _failing(number)()
