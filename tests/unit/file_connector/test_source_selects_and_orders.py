"""Which files are taken, and in which order."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.file_connector.conftest import Inbox, surroundings

from crossdock.connector import Verdict
from crossdock.message import read_all
from crossdock_connectors.file import FileSource, SourceOptions


def taken(box: Inbox) -> list[str]:
    return [arrival.headers["file.path"] for arrival in box.take()]


def test_a_pattern_leaves_other_files_alone(inbox: Callable[..., Inbox]) -> None:
    box = inbox(match=["*.edi", "*.x12"], ignore="test*")
    for name in ("a.edi", "b.x12", "c.txt", "test.edi", "EDI"):
        box.drop(name)
    assert taken(box) == ["a.edi", "b.x12"]
    assert box.names() == ["EDI", "archive/a.edi", "archive/b.x12", "c.txt", "test.edi"]


def test_one_pattern_needs_no_list(inbox: Callable[..., Inbox]) -> None:
    box = inbox(match="*.edi")
    box.drop("a.edi")
    assert taken(box) == ["a.edi"]


def test_an_empty_folder_brings_nothing(inbox: Callable[..., Inbox]) -> None:
    assert inbox().ready() == []


def test_a_missing_folder_brings_nothing_is_told_once_and_is_found_when_it_comes(tmp_path: Path) -> None:
    seconds = iter(range(100))
    source = FileSource(
        SourceOptions.model_validate({"path": "later"}), surroundings(tmp_path), clock=lambda: float(next(seconds))
    )
    assert [list(source.poll()), list(source.poll())] == [[], []]
    assert [finding.code for finding in source.notices.findings] == ["K206"]
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "a.edi").write_bytes(b"ISA")
    assert [len(list(source.poll())), len(list(source.poll()))] == [0, 1]
    assert source.notices.findings == ()


def test_a_trailing_slash_changes_nothing(inbox: Callable[..., Inbox]) -> None:
    box = inbox(path="inbox/")
    box.drop("a.edi")
    assert taken(box) == ["a.edi"]


def test_an_absolute_folder_is_watched_too(tmp_path: Path, inbox: Callable[..., Inbox]) -> None:
    box = inbox(path=str(tmp_path / "inbox"))
    box.drop("a.edi")
    assert taken(box) == ["a.edi"]


def test_sub_folders_are_left_alone_unless_asked_for(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("sub/a.edi")
    assert taken(box) == []


def test_sub_folders_are_read_when_asked_for_and_keep_their_place_in_the_archive(inbox: Callable[..., Inbox]) -> None:
    box = inbox(recursive=True)
    for name in ("b.edi", "acme/a.edi", "acme/2026/c.edi", ".hidden/d.edi"):
        box.drop(name)
    assert taken(box) == ["acme/2026/c.edi", "acme/a.edi", "b.edi"]
    assert box.names() == [".hidden/d.edi", "archive/acme/2026/c.edi", "archive/acme/a.edi", "archive/b.edi"]
    assert box.ready() == []


def test_a_pattern_with_a_slash_is_about_the_path(inbox: Callable[..., Inbox]) -> None:
    box = inbox(recursive=True, match="acme/*.edi")
    for name in ("acme/a.edi", "other/a.edi", "a.edi"):
        box.drop(name)
    assert taken(box) == ["acme/a.edi"]


def test_files_come_in_the_order_of_their_names(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    for name in ("c", "a", "b"):
        box.drop(name)
    assert taken(box) == ["a", "b", "c"]


def test_files_come_in_the_order_of_their_times_if_the_route_says_so(inbox: Callable[..., Inbox]) -> None:
    box = inbox(order="time")
    for age, name in enumerate(("a", "b", "c")):
        os.utime(box.drop(name), (1000 - age, 1000 - age))
    assert taken(box) == ["c", "b", "a"]


def test_a_limit_leaves_the_rest_to_the_next_poll(inbox: Callable[..., Inbox]) -> None:
    box = inbox(limit=2)
    for name in ("a", "b", "c"):
        box.drop(name)
    assert [taken(box), taken(box)] == [["a", "b"], ["c"]]


def test_names_with_spaces_and_letters_of_any_script_are_taken(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    for name in ("zwei Wörter.edi", "注文.edi", "הזמנה.edi"):
        box.drop(name)
    assert sorted(taken(box)) == sorted(["zwei Wörter.edi", "注文.edi", "הזמנה.edi"])


def test_headers_tell_name_size_time_and_hash(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    os.utime(box.drop("a.edi", b"ISA*00"), (1_700_000_000, 1_700_000_000))
    (arrival,) = box.ready()
    assert dict(arrival.headers) == {
        "file.name": "a.edi",
        "file.path": "a.edi",
        "file.size": "6",
        "file.modified": "2023-11-14T22:13:20.000+00:00",
        "file.sha256": hashlib.sha256(b"ISA*00").hexdigest(),
    }


def test_bytes_arrive_as_they_are(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    data = bytes(range(256)) * 400
    box.drop("a.bin", data)
    (arrival,) = box.ready()
    assert read_all(arrival.payload) == data


def test_a_file_of_the_same_name_tomorrow_is_a_new_arrival(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    identities = []
    for data in (b"one", b"two"):
        box.drop("stock.csv", data)
        identities += [arrival.identity for arrival in box.take()]
    assert len(set(identities)) == 2


def test_the_same_content_written_again_is_a_new_arrival(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    identities = []
    for time in (1000, 2000):
        os.utime(box.drop("stock.csv", b"one"), (time, time))
        identities += [arrival.identity for arrival in box.take()]
    assert len(set(identities)) == 2


def test_the_same_file_listed_again_is_the_same_arrival(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    (first,) = box.ready()
    (second,) = box.poll()
    assert first.identity == second.identity


def test_two_pollers_bring_the_same_arrival_and_move_the_file_once(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    other = box.another()
    for source in (box.source, other):
        list(source.poll())
    box.seconds += 1
    (mine,), (theirs,) = list(box.source.poll()), list(other.poll())
    assert mine.identity == theirs.identity
    box.source.settle(mine, Verdict.ACCEPTED)
    other.settle(theirs, Verdict.DUPLICATE)
    assert box.names() == ["archive/a.edi"]


def test_only_a_window_of_files_is_remembered_however_many_there_are(
    inbox: Callable[..., Inbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossdock_connectors.file.source.WINDOW", 50)
    box = inbox(limit=20, ready="rename")
    for number in range(500):
        box.drop(f"{number:03}.edi")
    first = box.poll()
    assert [arrival.headers["file.name"] for arrival in first] == [f"{number:03}.edi" for number in range(20)]
    stable = inbox(limit=20)
    stable.poll()
    assert len(stable.source._sightings._next) == 50
