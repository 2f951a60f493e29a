"""What becomes of a file once it is durable or refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.file_connector.conftest import Inbox, forbidden, surroundings

from crossdock.connector import Arrival, Verdict
from crossdock.errors import Halt
from crossdock_connectors.file import FileSource, SourceOptions, moving
from crossdock_connectors.file.folders import At


def settle(box: Inbox, arrival: Arrival, verdict: Verdict = Verdict.ACCEPTED) -> None:
    box.source.settle(arrival, verdict)


def test_an_accepted_file_goes_to_the_archive_in_the_folder(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    box.take()
    assert box.names() == ["archive/a.edi"]


def test_a_file_that_is_long_known_goes_there_too(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    box.take(Verdict.DUPLICATE)
    assert box.names() == ["archive/a.edi"]


def test_a_file_can_be_deleted(inbox: Callable[..., Inbox]) -> None:
    box = inbox(after="delete")
    box.drop("a.edi")
    box.take()
    assert box.names() == []


def test_a_file_can_be_moved_to_another_folder_which_is_made(inbox: Callable[..., Inbox]) -> None:
    box = inbox(after={"move": "done/orders"})
    box.drop("a.edi", b"ISA")
    box.take()
    assert (box.root / "done/orders/a.edi").read_bytes() == b"ISA"


def test_nothing_in_the_archive_is_ever_overwritten(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    for number in range(3):
        box.drop("stock.csv", b"%d" % number)
        box.take()
    archived = {(box.path / name).read_bytes() for name in box.names()}
    assert archived == {b"0", b"1", b"2"}
    assert "archive/stock.csv" in box.names()


def test_settling_again_after_a_crash_changes_nothing(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    (arrival,) = box.take()
    settle(box, arrival)
    box.another().settle(arrival, Verdict.DUPLICATE)
    assert box.names() == ["archive/a.edi"]


def test_after_a_crash_before_the_move_the_file_arrives_again_and_is_moved(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    (before,) = box.ready()
    box.source = box.another()
    (again,) = box.take(Verdict.DUPLICATE)
    assert again.identity == before.identity
    assert box.names() == ["archive/a.edi"]


def test_a_newer_file_of_the_same_name_is_not_put_away_with_the_old_one(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("stock.csv", b"old")
    (arrival,) = box.ready()
    box.drop("stock.csv", b"newer")
    settle(box, arrival)
    assert box.names() == ["stock.csv"]
    assert [one.payload.size for one in box.take()] == [5]


@pytest.mark.parametrize("after", ["archive", "delete"])
def test_a_file_that_was_replaced_by_one_of_the_same_size_stays(inbox: Callable[..., Inbox], after: str) -> None:
    box = inbox(after=after)
    path = box.drop("stock.csv", b"old")
    (arrival,) = box.ready()
    other = box.drop("elsewhere.part", b"new")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    settle(box, arrival)
    assert path.read_bytes() == b"new"


def test_a_newer_file_that_comes_between_the_look_and_the_move_is_put_back(
    inbox: Callable[..., Inbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = inbox()
    path = box.drop("stock.csv", b"old")
    (arrival,) = box.ready()
    really = moving.move
    newer = box.drop("newer.part", b"newer")

    def too_late(source: At, target: At) -> None:
        if newer.exists():
            newer.replace(path)
        really(source, target)

    monkeypatch.setattr(moving, "move", too_late)
    settle(box, arrival)
    assert path.read_bytes() == b"newer"
    assert box.names() == ["stock.csv"]


def test_a_file_that_somebody_took_meanwhile_is_no_problem(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    path = box.drop("a.edi")
    (arrival,) = box.ready()
    path.unlink()
    settle(box, arrival)
    assert box.source.notices.findings == ()


def test_a_file_that_vanishes_before_it_is_read_is_passed_over(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    path = box.drop("b.edi")
    box.drop("c.edi")
    box.poll()
    box.seconds += 1
    arrivals = iter(box.source.poll())
    names = [next(arrivals).headers["file.name"]]
    path.unlink()
    names += [arrival.headers["file.name"] for arrival in arrivals]
    assert names == ["a.edi", "c.edi"]


def test_a_refused_file_goes_to_the_rejects_with_a_report_beside_it(inbox: Callable[..., Inbox]) -> None:
    box = inbox(rejects="bad", max_size="10B")
    box.drop("a.edi", b"far too large")
    (arrival,) = box.take(Verdict.REFUSED)
    report, file = sorted((box.root / "bad").iterdir(), key=lambda path: len(path.name), reverse=True)
    assert [finding.code for finding in arrival.findings] == ["K202"]
    assert (file.suffix, file.read_bytes(), report.name) == (".edi", b"far too large", f"{file.name}.report.txt")
    assert "K202: the file has 13 bytes, more than the 10 this route takes" in report.read_text()
    assert box.names() == []


def test_a_refused_file_stays_near_where_no_folder_is_named(inbox: Callable[..., Inbox]) -> None:
    box = inbox(max_size="1B")
    box.drop("a.edi")
    box.take(Verdict.REFUSED)
    assert [name.partition("/")[0] for name in box.names()] == ["rejects", "rejects"]


def test_refusing_again_after_a_crash_between_report_and_move_leaves_one_of_each(inbox: Callable[..., Inbox]) -> None:
    box = inbox(max_size="1B")
    path = box.drop("a.edi")
    (arrival,) = box.take(Verdict.REFUSED)
    (moved,) = [name for name in box.names() if not name.endswith(".txt")]
    (box.path / moved).rename(path)  # as if only the report had been written
    (again,) = box.take(Verdict.REFUSED)
    assert again.identity == arrival.identity
    assert len(box.names()) == 2


def test_what_a_source_fills_itself_is_never_read(inbox: Callable[..., Inbox]) -> None:
    box = inbox(recursive=True, max_size="5B")
    box.drop("small.edi", b"1")
    box.drop("large.edi", b"1234567")
    for arrival in box.ready():
        settle(box, arrival, Verdict.REFUSED if arrival.findings else Verdict.ACCEPTED)
    assert box.ready() == []


def test_a_target_that_turns_out_to_be_the_watched_folder_stops_the_route(inbox: Callable[..., Inbox]) -> None:
    box = inbox(after={"move": "done"})
    (box.root / "done").symlink_to("inbox")
    box.drop("a.edi")
    (arrival,) = box.ready()
    with pytest.raises(Halt, match="K209"):
        settle(box, arrival)
    assert box.names() == ["a.edi"]


def test_an_archive_that_was_exchanged_for_a_link_is_not_followed(inbox: Callable[..., Inbox]) -> None:
    box = inbox(match="*.edi")
    secret = box.root / "elsewhere"
    secret.mkdir()
    (box.path / "archive").symlink_to(secret)
    box.drop("a.edi")
    box.take()
    assert list(secret.iterdir()) == []
    assert [finding.code for finding in box.source.notices.findings] == ["K205"]


def test_a_file_that_cannot_be_moved_is_told_once_and_stands_in_nobodys_way(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    (box.path / "archive").write_bytes(b"a file where the folder should be")
    box.drop("archive.ignored.part")
    box.drop("a.edi")
    box.poll()
    assert [one.headers["file.name"] for one in box.take()] == ["a.edi", "archive"]
    box.drop("b.edi")
    assert [one.headers["file.name"] for one in box.take()] == ["b.edi"]
    assert sorted(str(finding.place) for finding in box.source.notices.findings) == ["a.edi", "archive", "b.edi"]
    assert box.source.quiet()


def test_unmovable_files_each_get_a_turn_and_are_moved_when_they_can_be(inbox: Callable[..., Inbox]) -> None:
    box = inbox(match="*.edi")
    (box.path / "archive").write_bytes(b"in the way")
    for name in ("a.edi", "b.edi", "c.edi"):
        box.drop(name)
    box.take()
    box.poll(100)
    (box.path / "archive").unlink()
    assert box.poll(0.5) == []
    assert "archive/a.edi" not in box.names()
    box.poll(100)
    assert box.names() == ["archive/a.edi", "archive/b.edi", "archive/c.edi"]
    assert box.source.notices.findings == ()


def test_a_file_without_permission_is_told_once_and_tried_again_later(public_path: Path) -> None:
    box = Inbox(public_path, match="*.edi")
    (box.path / "archive").mkdir(mode=0o777)
    (box.path / "archive").chmod(0o777)
    path = box.drop("a.edi")
    box.drop("b.edi")
    path.chmod(0)
    with forbidden(box.path, 0o755):
        taken = [one.headers["file.name"] for one in box.ready()]
        assert taken == ["b.edi"]
        assert [finding.code for finding in box.source.notices.findings] == ["K208"]
        assert box.source.notices.counts["K208"] == 1
        box.poll(0.5)
        assert box.source.notices.counts["K208"] == 1
    path.chmod(0o644)
    assert "a.edi" in [one.headers["file.name"] for one in [*box.poll(100), *box.poll()]]


def test_a_folder_in_which_nothing_may_be_moved_loses_nothing(public_path: Path) -> None:
    box = Inbox(public_path)
    box.drop("a.edi")
    with forbidden(box.path, 0o555):
        box.take()
        assert box.names() == ["a.edi"]
        assert [finding.code for finding in box.source.notices.findings] == ["K205"]
    box.path.chmod(0o755)
    box.poll(100)
    assert box.names() == ["archive/a.edi"]


def test_a_move_to_another_file_system_is_a_whole_copy_and_then_a_removal(
    inbox: Callable[..., Inbox], tmp_path: Path
) -> None:
    other = Path("/dev/shm") / f"crossdock-{os.getpid()}"  # noqa: S108 - another file system, where there is one
    target = other if Path("/dev/shm").is_dir() else tmp_path / "other"  # noqa: S108
    box = inbox(after={"move": str(target)})
    data = bytes(range(256)) * 5000
    os.utime(box.drop("a.edi", data), (1000, 1000))
    try:
        box.take()
        assert box.names() == []
        assert [path.name for path in target.iterdir()] == ["a.edi"]
        assert (target / "a.edi").read_bytes() == data
        assert (target / "a.edi").stat().st_mtime == 1000
    finally:
        for path in target.iterdir():
            path.unlink()
        target.rmdir()


def test_a_hundred_moves_are_flushed_once_for_all(inbox: Callable[..., Inbox], monkeypatch: pytest.MonkeyPatch) -> None:
    box = inbox()
    for number in range(100):
        box.drop(f"{number}.edi")
    arrivals = box.ready()
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    for arrival in arrivals:
        settle(box, arrival)
    box.source.close()
    assert len(flushed) <= 4
    assert box.source._settler._touched == set()


def test_closing_twice_and_without_a_poll_is_harmless(tmp_path: Path) -> None:
    source = FileSource(SourceOptions.model_validate({"path": "nowhere"}), surroundings(tmp_path))
    source.close()
    source.close()
