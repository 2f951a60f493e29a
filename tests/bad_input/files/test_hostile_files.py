"""A watched folder is somebody else's: odd names, odd kinds of files, odd sizes and times."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.file_connector.conftest import Inbox

from crossdock.connector import Verdict
from crossdock.message import read_all

NAMES = {
    "backslash": b"a\\b",
    "dots and a backslash": b"x\\..\\y",
    "newline": b"a\nb.edi",
    "escape": b"\x1b[2J.edi",
    "option": b"-rf",
    "command": b"$(id).edi",
    "quotes": b"'\"`;|&.edi",
    "percent": b"%2e%2e%2fx",
    "glob": b"[a]*?.edi",
    "braces": b"{number}.edi",
    "long": b"x" * 255,
    "long with an ending": b"x" * 251 + b".edi",
    "right to left": "\u202egpj.exe".encode(),
    "hebrew": "הזמנה.edi".encode(),
    "device": b"CON",
    "device with an ending": b"nul.edi",
    "no utf-8": b"\xff\xfe.edi",
    "half a character": b"caf\xc3",
    "space at the end": b"a ",
    "dot at the end": b"a.",
    "separator": b"a|1|2|x",
}


@pytest.fixture
def inbox(tmp_path: Path) -> Callable[..., Inbox]:
    return lambda **options: Inbox(tmp_path, **options)


def drop(box: Inbox, raw: bytes, data: bytes = b"ISA") -> None:
    (box.path / os.fsdecode(raw)).write_bytes(data)


def codes(box: Inbox) -> list[str]:
    return [finding.code for finding in box.source.notices.findings]


@pytest.mark.parametrize("raw", NAMES.values(), ids=NAMES.keys())
def test_a_file_with_a_hostile_name_is_taken_and_archived_under_that_name(
    inbox: Callable[..., Inbox], raw: bytes
) -> None:
    box = inbox()
    drop(box, raw)
    (arrival,) = box.take()
    assert os.listdir(os.fsencode(box.path)) == [b"archive"]  # noqa: PTH208 - names as bytes
    assert os.listdir(os.fsencode(box.path / "archive")) == [raw]  # noqa: PTH208
    for text in (arrival.identity, *arrival.headers.values()):
        assert text.encode().decode() == text
        assert not any(character < " " or character in "\x7f\u202e" for character in text)


@pytest.mark.parametrize("raw", NAMES.values(), ids=NAMES.keys())
def test_a_file_with_a_hostile_name_is_refused_with_a_report(inbox: Callable[..., Inbox], raw: bytes) -> None:
    box = inbox(max_size="1B")
    drop(box, raw)
    box.take(Verdict.REFUSED)
    found = os.listdir(os.fsencode(box.path / "rejects"))  # noqa: PTH208 - names as bytes
    assert len(found) == 2
    assert max(len(name) for name in found) <= 255
    (report,) = [name for name in found if name.endswith(b".report.txt")]
    assert b"K202" in (box.path / "rejects" / os.fsdecode(report)).read_bytes()


def test_a_name_may_be_archived_twice_even_at_its_greatest_length(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    for data in (b"1", b"2", b"3"):
        drop(box, b"x" * 251 + b".edi", data)
        box.take()
    assert len(list((box.path / "archive").iterdir())) == 3


def test_twins_in_case_and_normal_form_are_files_of_their_own(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    for name in ("é.edi", "e\u0301.edi", "A.edi", "a.edi"):
        drop(box, name.encode())
    arrivals = box.take()
    assert len({arrival.identity for arrival in arrivals}) == 4
    assert len(list((box.path / "archive").iterdir())) == 4


def test_hidden_and_unfinished_files_are_never_taken(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    for name in (".hidden", "..double", "a.part", "a.PART", ".a.part"):
        drop(box, name.encode())
    assert box.take() == []


def test_an_empty_file_is_refused_with_its_reason_and_not_lost(inbox: Callable[..., Inbox]) -> None:
    box = inbox(ready="rename")
    drop(box, b"a.edi", b"")
    (arrival,) = box.take(Verdict.REFUSED)
    assert [finding.code for finding in arrival.findings] == ["K201"]
    assert read_all(arrival.payload) == b""
    assert len(box.names()) == 2


def test_links_fifos_and_sockets_are_counted_told_once_and_never_opened(
    inbox: Callable[..., Inbox], tmp_path: Path
) -> None:
    box = inbox(recursive=True)
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.edi").write_bytes(b"not for partners")
    (box.path / "link.edi").symlink_to(secret / "key.edi")
    (box.path / "folder").symlink_to(secret)
    (box.path / "dangling").symlink_to("nowhere")
    (box.path / "loop").symlink_to("loop")
    os.mkfifo(box.path / "fifo.edi")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(box.path / "socket.edi"))
        drop(box, b"good.edi")
        assert [arrival.headers["file.name"] for arrival in box.take()] == ["good.edi"]
        box.poll()
    assert codes(box) == ["K203"] * 6
    assert box.source.notices.counts["K203"] == 18
    assert (secret / "key.edi").exists()


def test_a_device_is_never_opened(inbox: Callable[..., Inbox]) -> None:
    box = inbox(path="/dev", match=["zero", "full"])
    assert box.ready() == []
    assert codes(box) == ["K203", "K203"]


def test_a_file_that_becomes_a_link_between_the_look_and_the_reading_is_not_followed(
    inbox: Callable[..., Inbox], tmp_path: Path
) -> None:
    box = inbox()
    (tmp_path / "secret").write_bytes(b"ISA")
    path = box.drop("a.edi", b"ISA")
    other = box.drop("b.edi", b"ISA")
    box.poll()
    box.seconds += 1
    arrivals = iter(box.source.poll())
    next(arrivals)
    other.unlink()
    other.symlink_to(tmp_path / "secret")
    assert list(arrivals) == []
    assert path.exists()


def test_a_file_that_becomes_a_fifo_does_not_stop_the_poll(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    box.drop("a.edi")
    other = box.drop("b.edi")
    box.poll()
    box.seconds += 1
    arrivals = iter(box.source.poll())
    next(arrivals)
    other.unlink()
    os.mkfifo(other)
    assert list(arrivals) == []


def test_a_sub_folder_that_becomes_a_link_is_not_followed(inbox: Callable[..., Inbox], tmp_path: Path) -> None:
    box = inbox(recursive=True)
    box.drop("a.edi")
    box.drop("sub/a.edi")
    secret = tmp_path / "secret"
    secret.mkdir()
    box.poll()
    box.seconds += 1
    arrivals = iter(box.source.poll())
    next(arrivals)
    (box.path / "sub").rename(secret / "sub")
    (box.path / "sub").symlink_to(secret / "sub")
    assert list(arrivals) == []


def test_a_file_whose_size_lies_is_passed_over_and_never_read_half(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    path = box.drop("a.edi", b"x" * 1000)
    (arrival,) = box.ready()
    os.truncate(path, 400)
    fresh = box.another()
    assert list(fresh.poll()) == []
    assert arrival.payload.size == 1000
    assert read_all(arrival.payload) == b"x" * 1000  # few bytes, held since they were hashed


def test_ten_gigabytes_are_refused_without_being_read(inbox: Callable[..., Inbox]) -> None:
    box = inbox()
    path = box.drop("a.edi", b"")
    os.truncate(path, 10 * 1000**3)
    (arrival,) = box.take(Verdict.REFUSED)
    assert [finding.code for finding in arrival.findings] == ["K202"]
    assert len(box.names()) == 2


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "1970-01-01T00:00:00.000+00:00"),
        (4102444800, "2100-01-01T00:00:00.000+00:00"),
        (-86400, "1969-12-31T00:00:00.000+00:00"),
    ],
)
@pytest.mark.parametrize("order", ["name", "time"])
def test_a_time_in_another_century_is_a_time(inbox: Callable[..., Inbox], seconds: int, told: str, order: str) -> None:
    box = inbox(order=order)
    os.utime(box.drop("a.edi"), (seconds, seconds))
    (arrival,) = box.take()
    assert arrival.headers["file.modified"] == told
    assert box.names() == ["archive/a.edi"]
