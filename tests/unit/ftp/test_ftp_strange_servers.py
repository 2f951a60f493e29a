"""Servers as partners have them: what they cannot do, they are not asked to; what they get wrong harms nobody."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.remote.folder import FtpRemote, delivered, good, order

from crossdock.connector import Done
from crossdock.errors import Halt, Hold, Reject, Retry
from crossdock.message import read_all
from crossdock.testing.servers.proftpd import FtpPlace
from crossdock.testing.servers.strange_ftp import Quirks, StrangeFtp


class Strange:
    """A strange server in the place of ProFTPD."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = StrangeFtp(folder)

    def fresh(self) -> FtpPlace:
        (self.folder / "out").mkdir(parents=True)
        return FtpPlace(self.folder / "out", "/out")

    def options(self, **more: object) -> dict[str, object]:
        return self.server.options(**more)


@pytest.fixture
def strange(tmp_path: Path) -> Iterator[FtpRemote]:
    server = Strange(tmp_path / "server")
    remote = FtpRemote(server, tmp_path)  # type: ignore[arg-type]  # it has what FtpRemote needs
    yield remote
    remote.close()
    server.server.close()


def server_of(remote: FtpRemote) -> StrangeFtp:
    assert isinstance(remote.server, Strange)
    return remote.server.server


def quirks(remote: FtpRemote) -> Quirks:
    return server_of(remote).quirks


@pytest.mark.parametrize("style", ["unix", "dos"])
@pytest.mark.parametrize("knows", ["nothing", "sizes", "sizes and times"])
def test_without_facts_files_come_and_go(strange: FtpRemote, style: str, knows: str) -> None:
    quirks(strange).style, quirks(strange).sizes, quirks(strange).times = style, "sizes" in knows, "times" in knows
    strange.drop("a b.edi", b"one")
    strange.drop("sub/c.edi", b"two")
    taken = strange.take(strange.source(recursive=True))
    assert [read_all(one.payload) for one in taken] == [b"one", b"two"]
    assert strange.names() == ["archive/a b.edi", "archive/sub/c.edi"]
    assert isinstance(delivered(strange.sink(), order(1))[0], Done)
    assert (strange.path / "ORD1.txt").read_bytes() == b"HDR\n"


def test_times_of_listings_are_never_believed(strange: FtpRemote) -> None:
    strange.drop("a.edi", b"one")
    (without,) = strange.ready(strange.source())
    assert "file.modified" not in without.headers
    quirks(strange).times = True
    strange.close()
    (told,) = strange.ready(strange.source(user="globex", keepalive="16s"))
    assert told.headers["file.modified"].startswith("2026-")


def test_each_file_is_asked_for_its_time_once_while_it_stays_the_same(strange: FtpRemote) -> None:
    quirks(strange).times = True
    for name in ("a.edi", "b.edi"):
        strange.drop(name)
    source = strange.source(stable_for="1h")
    for _ in range(4):
        assert strange.poll(source) == []
    assert sum(line.startswith("MDTM") for line in server_of(strange).said) == 2


def test_a_file_that_changes_within_its_minute_is_noticed_when_it_is_fetched(strange: FtpRemote) -> None:
    quirks(strange).times = quirks(strange).sizes = True
    path = strange.drop("a.edi", b"one")
    source = strange.source()
    assert strange.poll(source) == []
    path.write_bytes(b"two")
    os.utime(path, (2_000_000_000, 2_000_000_000))
    assert strange.poll(source) == []
    assert source.notices.counts["K616"] == 1
    assert [read_all(one.payload) for one in strange.ready(source)] == [b"two"]


def test_a_listing_in_an_unknown_style_is_told_with_its_line(strange: FtpRemote) -> None:
    quirks(strange).style = "vms"
    strange.drop("a.edi")
    with pytest.raises(Retry) as told:
        strange.ready(strange.source())
    assert told.value.code == "K665"
    assert "line 1: A.EDI;1" in told.value.message


def test_a_line_that_nobody_understands_is_passed_over_and_told(strange: FtpRemote) -> None:
    quirks(strange).lines = ("b.edi", "-rw-r--r-- 1 a b lots Nov 20 12:30 c.edi")
    strange.drop("a.edi")
    source = strange.source()
    assert [one.headers["file.name"] for one in strange.take(source)] == ["a.edi"]
    assert {one.code for one in source.notices.findings} == {"K665"}
    assert "entry 2" in str(source.notices.findings[0])


def test_names_that_lead_elsewhere_are_never_touched(strange: FtpRemote) -> None:
    names = ("../up.edi", "/etc/passwd.edi", "a/b.edi", "..")
    quirks(strange).lines = tuple(f"-rw-r--r-- 1 a b 5 Nov 20 12:30 {name}" for name in names)
    strange.drop("c.edi")
    source = strange.source(recursive=True)
    assert [one.headers["file.path"] for one in strange.take(source)] == ["c.edi"]
    assert source.notices.counts["K612"] >= 3
    assert not any("passwd" in line or "up.edi" in line for line in server_of(strange).said)


def test_what_a_listing_calls_a_link_is_never_opened(strange: FtpRemote) -> None:
    (strange.path / "link.edi").symlink_to("/etc/passwd")
    source = strange.source()
    assert strange.take(source) == []
    assert source.notices.counts["K611"] >= 1


def test_the_address_that_a_server_names_for_transfers_is_not_believed(strange: FtpRemote) -> None:
    quirks(strange).address = "10.255.255.1"
    strange.drop("a.edi", b"one")
    assert [read_all(one.payload) for one in strange.take(strange.source())] == [b"one"]


def test_a_port_of_somebodys_service_is_never_a_data_connection(strange: FtpRemote) -> None:
    quirks(strange).replies = {"PASV": "227 Entering Passive Mode (127,0,0,1,0,25)."}
    strange.drop("a.edi")
    with pytest.raises(Retry, match="port 25"):
        strange.ready(strange.source())


def test_the_server_may_connect_to_us(strange: FtpRemote) -> None:
    strange.drop("a.edi", b"one")
    assert [read_all(one.payload) for one in strange.take(strange.source(active=True))] == [b"one"]
    assert isinstance(delivered(strange.sink(active=True), order(1))[0], Done)
    assert not any(line.startswith("PASV") for line in server_of(strange).said)


def test_names_are_written_in_the_character_set_of_the_server(strange: FtpRemote) -> None:
    quirks(strange).charset = "latin-1"
    strange.drop("Köln.edi", b"one")
    source = strange.source(encoding="latin-1")
    assert [one.headers["file.name"] for one in strange.take(source)] == ["Köln.edi"]
    assert strange.names() == ["archive/Köln.edi"]
    sink = strange.sink(encoding="latin-1", name="{$header.city}.txt")
    refused, fine = sink.stage(
        [replace(order(1), headers={"city": "大阪"}), replace(order(2), headers={"city": "Düren"})]
    )
    assert isinstance(refused, Reject)
    assert refused.code == "K670"
    assert isinstance(sink.finish(good([fine]))[0], Done)
    assert (strange.path / "Düren.txt").exists()


@pytest.mark.parametrize("confirms", [True, False])
def test_a_download_that_ends_short_is_never_taken_for_whole(strange: FtpRemote, confirms: bool) -> None:  # noqa: FBT001 - a case
    quirks(strange).cuts, quirks(strange).confirms = 2, confirms
    strange.drop("a.edi", b"whole")
    source = strange.source()
    assert strange.poll(source) == []
    if confirms:
        assert strange.poll(source) == []
        assert source.notices.counts["K616"] == 1
    else:
        with pytest.raises(Retry, match="426"):
            strange.poll(source)
    quirks(strange).cuts = None
    assert [read_all(one.payload) for one in strange.ready(source)] == [b"whole"]


def test_an_upload_that_is_not_confirmed_was_not_delivered(strange: FtpRemote) -> None:
    sink = strange.sink()
    quirks(strange).replies = {"STOR": "426 it was cut"}
    (failed,) = sink.stage([order(1)])
    assert isinstance(failed, Retry)
    quirks(strange).replies = {}
    assert isinstance(delivered(sink, order(1))[0], Done)
    assert strange.names() == ["ORD1.txt"]


def test_a_full_disk_is_tried_again_and_then_whole(strange: FtpRemote) -> None:
    quirks(strange).room = 100_000
    sink = strange.sink()
    parcel = order(1, b"x" * 3_000_000)
    (full,) = sink.stage([parcel])
    assert isinstance(full, Retry)
    assert full.code == "K604"
    quirks(strange).room = None
    assert isinstance(delivered(sink, parcel)[0], Done)
    assert (strange.path / "ORD1.txt").read_bytes() == b"x" * 3_000_000
    assert strange.names() == ["ORD1.txt"]


def test_a_server_that_would_overwrite_is_not_asked_to(strange: FtpRemote) -> None:
    sink = strange.sink()
    staged = good(sink.stage([order(1)]))
    strange.drop("ORD1.txt", b"theirs")
    (held,) = sink.finish(staged)
    assert isinstance(held, Hold)
    assert (strange.path / "ORD1.txt").read_bytes() == b"theirs"


@pytest.mark.parametrize("overwrites", [True, False])
def test_replacing_works_whether_a_server_renames_over_or_not(strange: FtpRemote, overwrites: bool) -> None:  # noqa: FBT001 - a case
    quirks(strange).overwrites = overwrites
    strange.drop("ORD1.txt", b"old")
    assert isinstance(delivered(strange.sink(exists="replace"), order(1, b"new"))[0], Done)
    assert (strange.path / "ORD1.txt").read_bytes() == b"new"
    assert strange.names() == ["ORD1.txt"]


def test_where_renaming_is_refused_the_upload_waits(strange: FtpRemote) -> None:
    (staged,) = good(strange.sink().stage([order(1)]))
    quirks(strange).replies = {"RNTO": "532 not for you"}
    (held,) = strange.sink().finish([staged])
    assert isinstance(held, Hold)
    assert held.code == "K632"
    quirks(strange).replies = {}
    assert isinstance(strange.sink().finish([staged])[0], Done)


def test_a_server_that_shows_no_hidden_files_proves_nothing_and_is_told(strange: FtpRemote) -> None:
    quirks(strange).hides = "always"
    (told,) = strange.sink().stage([order(1)])
    assert isinstance(told, Retry)
    assert told.code == "K668"
    quirks(strange).hides = "dashed"
    strange.close()
    assert isinstance(delivered(strange.sink(keepalive="16s"), order(1))[0], Done)


def test_where_an_upload_cannot_go_on_it_begins_anew(strange: FtpRemote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossdock.connector.remote.sink.STEP_BACK", 10)
    quirks(strange).sizes, quirks(strange).restarts = True, False
    sink, parcel = strange.sink(), order(1, b"0123456789" * 100)
    good(sink.stage([parcel]))
    (part,) = strange.path.iterdir()
    part.write_bytes(part.read_bytes()[:500])
    (anew,) = sink.stage([parcel])
    assert isinstance(anew, Retry)
    assert isinstance(delivered(sink, parcel)[0], Done)
    assert (strange.path / "ORD1.txt").read_bytes() == b"0123456789" * 100


def test_too_many_connections_pass_and_a_wrong_password_does_not(strange: FtpRemote) -> None:
    quirks(strange).sessions = 0
    with pytest.raises(Retry) as told:
        strange.ready(strange.source())
    assert told.value.code == "K667"
    quirks(strange).sessions = None
    quirks(strange).replies = {"PASS": "530 Sorry, the maximum number of clients (2) are already connected"}
    with pytest.raises(Retry) as again:
        strange.ready(strange.source())
    assert again.value.code == "K667"
    quirks(strange).replies = {}
    with pytest.raises(Halt) as wrong:
        strange.ready(strange.source(password="a wrong secret"))  # noqa: S106 - of a test
    assert wrong.value.code == "K664"
    assert "a wrong secret" not in repr(wrong.value)


@pytest.mark.parametrize("command", ["USER", "LIST", "RETR"])
def test_a_server_that_hangs_is_left_in_time(strange: FtpRemote, command: str) -> None:
    strange.reached |= {"stall": "300ms", "connect": "300ms"}
    strange.drop("a.edi")
    source = strange.source()
    quirks(strange).hangs = command
    begun = time.monotonic()
    with pytest.raises(Retry):
        strange.ready(source)
    assert time.monotonic() - begun < 5


def test_one_connection_is_used_again_and_a_dead_one_is_not(strange: FtpRemote) -> None:
    source, sink = strange.source(keepalive="100ms", match="*.edi"), strange.sink(keepalive="100ms")
    for number in range(3):
        strange.drop(f"{number}.edi")
        assert len(strange.take(source)) == 1
        delivered(sink, order(number))
    assert server_of(strange).logins == 1
    time.sleep(0.15)
    quirks(strange).replies = {"NOOP": "421 good bye"}
    strange.drop("last.edi")
    assert len(strange.take(source)) == 1
    assert server_of(strange).logins > 1


def test_line_breaks_of_names_never_reach_the_server(strange: FtpRemote) -> None:
    sink = strange.sink(name="{$header.city}.txt")
    (refused,) = sink.stage([replace(order(1), headers={"city": "a\r\nDELE b"})])
    assert isinstance(refused, Reject)
    assert not any(line.startswith("DELE") for line in server_of(strange).said)


def test_a_folder_that_was_missing_for_a_while_is_listed_with_hidden_files_later(strange: FtpRemote) -> None:
    quirks(strange).hides = "dashed"
    source, sink = strange.source(match="*.edi"), strange.sink()
    strange.path.rmdir()
    assert strange.poll(source) == []
    strange.path.mkdir()
    assert isinstance(delivered(sink, order(1))[0], Done)
    assert strange.names() == ["ORD1.txt"]
