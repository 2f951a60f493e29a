"""When a file is complete: never read half, never too early, told to be watched while it grows."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.file_connector.conftest import Inbox

from crossdock.connector import Verdict
from crossdock.errors import Retry
from crossdock.message import read_all


def names(inbox: Inbox, after: float = 1.0) -> list[str]:
    return [arrival.headers["file.name"] for arrival in inbox.poll(after)]


def test_a_file_is_taken_when_two_polls_a_second_apart_saw_the_same(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    assert names(box) == []
    assert names(box, 0.9) == []
    assert names(box, 0.1) == ["a.edi"]


def test_even_without_a_time_to_wait_a_file_is_seen_twice(inbox: Callable[..., Inbox]) -> None:
    box = inbox(stable_for="0s")
    box.drop("a.edi")
    assert [names(box, 0), names(box, 0)] == [[], ["a.edi"]]


def test_a_file_that_changed_between_two_polls_waits_even_then(inbox: Callable[..., Inbox]) -> None:
    box = inbox(stable_for="0s")
    box.drop("a.edi", b"ISA")
    assert names(box, 0) == []
    box.drop("a.edi", b"ISA*00")
    assert [names(box, 0), names(box, 0)] == [[], ["a.edi"]]


def test_a_growing_file_waits_until_it_stops(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    path = box.drop("a.edi", b"ISA")
    for _ in range(5):
        assert names(box) == []
        with path.open("ab") as file:
            file.write(b"*00")
    assert names(box) == []
    assert names(box) == ["a.edi"]


def test_a_file_whose_writer_sets_the_time_back_still_counts_as_changed(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    path = box.drop("a.edi", b"ISA*00")
    before = path.stat()
    box.poll()
    path.write_bytes(b"ISA*01")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert names(box) == []


def test_the_source_is_not_quiet_while_a_file_grows(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.poll()
    assert box.source.quiet()
    box.drop("a.edi")
    box.poll()
    assert not box.source.quiet()
    for arrival in box.poll():
        box.source.settle(arrival, Verdict.ACCEPTED)
    box.poll()
    assert box.source.quiet()


def test_a_file_that_changes_between_the_look_and_the_reading_waits(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    first, second = box.drop("a.edi"), box.drop("b.edi")
    box.poll()
    box.seconds += 1
    arrivals = iter(box.source.poll())
    assert next(arrivals).headers["file.name"] == first.name
    second.write_bytes(b"more than before")
    assert list(arrivals) == []
    assert not box.source.quiet()


def test_a_large_file_that_changes_after_it_was_hashed_is_not_accepted(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    path = box.drop("a.edi", b"1" * 600_000)
    (arrival,) = box.ready()
    path.write_bytes(b"2" * 600_000)
    with pytest.raises(Retry, match="K204"):
        read_all(arrival.payload)


def test_a_large_file_that_grows_while_it_is_read_is_not_accepted(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    path = box.drop("a.edi", b"1" * 600_000)
    (arrival,) = box.ready()
    chunks = arrival.payload.chunks()
    next(chunks)
    with path.open("ab") as file:
        file.write(b"2")
    with pytest.raises(Retry, match="K204"):
        list(chunks)


def test_a_payload_can_be_read_again_and_again(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    data = bytes(range(256)) * 4000
    box.drop("a.edi", data)
    (arrival,) = box.ready()
    assert (arrival.payload.size, read_all(arrival.payload), read_all(arrival.payload)) == (len(data), data, data)


def test_a_file_with_a_temporary_name_is_never_taken(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    for name in ("a.edi.part", "b.tmp", "c.TMP", ".hidden.edi", ".d.edi.swp"):
        box.drop(name)
    assert box.ready() == []
    assert box.source.quiet()


def test_where_partners_rename_a_file_is_complete_at_once(inbox: Callable[..., Inbox]) -> None:
    box = inbox(ready={"rename": ".writing"})
    box.drop("a.edi.writing")
    assert names(box) == []
    (box.path / "a.edi.writing").rename(box.path / "a.edi")
    assert names(box) == ["a.edi"]


def test_with_a_marker_a_file_is_complete_when_the_marker_lies_there(inbox: Callable[..., Inbox]) -> None:
    box = inbox(ready={"marker": ".done"})
    box.drop("a.edi")
    assert names(box) == []
    box.drop("a.edi.done", b"")
    assert names(box) == ["a.edi"]


def test_a_marker_is_archived_with_its_file_and_never_delivered(inbox: Callable[..., Inbox]) -> None:
    box = inbox(ready={"marker": ".done"})
    box.drop("a.edi")
    box.drop("a.edi.done", b"")
    assert [arrival.headers["file.name"] for arrival in box.take()] == ["a.edi"]
    assert box.names() == ["archive/a.edi", "archive/a.edi.done"]
    assert box.poll() == []


def test_a_marker_is_deleted_with_its_file(inbox: Callable[..., Inbox]) -> None:
    box = inbox(ready={"marker": ".done"}, after="delete")
    box.drop("a.edi")
    box.drop("a.edi.done", b"")
    box.take()
    assert box.names() == []


def test_an_old_marker_does_not_announce_a_newer_file_that_is_still_written(inbox: Callable[..., Inbox]) -> None:
    box = inbox(ready={"marker": ".done"})
    box.drop("a.edi.done", b"")
    os.utime(box.path / "a.edi.done")
    _later_than(box.path / "a.edi.done", box.drop("a.edi", b"half"))
    assert names(box) == []
    (box.path / "a.edi").write_bytes(b"half and the rest")
    assert names(box) == []
    assert names(box) == ["a.edi"]


def test_a_marker_without_a_file_is_told_once(inbox: Callable[..., Inbox]) -> None:
    box = inbox(ready={"marker": ".done"})
    box.drop("a.edi.done", b"")
    box.poll()
    box.poll()
    assert [finding.code for finding in box.source.notices.findings] == ["K207"]
    assert box.source.notices.counts["K207"] == 2


def test_an_empty_file_is_watched_ten_times_longer_because_most_are_about_to_be_written(
    inbox: Callable[..., Inbox],
) -> None:
    box = inbox()
    box.drop("a.edi", b"")
    box.poll()
    assert names(box, 9.9) == []
    assert names(box, 0.1) == ["a.edi"]


def _later_than(marker: Path, path: Path) -> None:
    """The kernel's clock ticks every few milliseconds: write again until the file is the later one."""
    while path.stat().st_ctime_ns <= marker.stat().st_ctime_ns:
        path.write_bytes(path.read_bytes())
