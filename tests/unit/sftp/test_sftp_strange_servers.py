"""Servers as partners have them: what they cannot do, they are not asked to; what they get wrong harms nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.remote.folder import SftpRemote, delivered, good, order

from crossdock.connector import Done, Staged, Verdict
from crossdock.errors import Halt, Hold, Reject, Retry
from crossdock.message import read_all
from crossdock.testing.servers.sshd import SftpPlace
from crossdock.testing.servers.strange_sftp import Quirks, StrangeSftp


class Strange:
    """A strange server in the place of OpenSSH's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = StrangeSftp(folder)

    @property
    def quirks(self) -> Quirks:
        return self.server.quirks

    def fresh(self) -> SftpPlace:
        (self.folder / "out").mkdir(parents=True)
        return SftpPlace(self.folder / "out", "/out")

    def options(self, **more: object) -> dict[str, object]:
        return self.server.options(**more)


@pytest.fixture
def strange(tmp_path: Path) -> Iterator[SftpRemote]:
    server = Strange(tmp_path / "server")
    remote = SftpRemote(server, tmp_path)  # type: ignore[arg-type]  # it has what SftpRemote needs
    yield remote
    remote.close()
    server.server.close()


def quirks(remote: SftpRemote) -> Quirks:
    assert isinstance(remote.server, Strange)
    return remote.server.quirks


def test_without_any_extension_files_come_and_go(strange: SftpRemote) -> None:
    strange.drop("a.edi", b"one")
    assert [read_all(one.payload) for one in strange.take(strange.source())] == [b"one"]
    assert strange.names() == ["archive/a.edi"]
    assert isinstance(delivered(strange.sink(), order(1))[0], Done)
    assert (strange.path / "ORD1.txt").read_bytes() == b"HDR\n"


def test_a_server_without_stat_is_read_by_its_listings(strange: SftpRemote) -> None:
    quirks(strange).looks = False
    strange.drop("a.edi", b"one")
    assert [read_all(one.payload) for one in strange.take(strange.source())] == [b"one"]
    assert strange.names() == ["archive/a.edi"]
    assert isinstance(delivered(strange.sink(), order(1))[0], Done)
    (taken,) = strange.sink().stage([order(1)])
    assert isinstance(taken, Hold)


def test_what_a_server_tells_no_size_of_is_not_taken_by_guessing(strange: SftpRemote) -> None:
    quirks(strange).bare = True
    strange.drop("a.edi", b"one")
    source = strange.source()
    assert strange.take(source) == []
    assert [one.code for one in source.notices.findings] == ["K621"]
    taking = strange.source(ready="rename")
    assert [read_all(one.payload) for one in strange.take(taking)] == [b"one"]


def test_a_file_whose_size_is_a_lie_is_never_taken_and_holds_up_nobody(strange: SftpRemote) -> None:
    quirks(strange).lies = {"a.edi": 100, "b.edi": 1}
    for name in ("a.edi", "b.edi", "c.edi"):
        strange.drop(name, b"four")
    source = strange.source()
    assert [one.headers["file.name"] for one in strange.take(source)] == ["c.edi"]
    assert strange.poll(source) == strange.poll(source) == []
    assert {one.code for one in source.notices.findings} == {"K616"}
    assert strange.names() == ["a.edi", "archive/c.edi", "b.edi"]


def test_names_that_lead_elsewhere_are_never_touched(strange: SftpRemote) -> None:
    quirks(strange).more = ["../up.edi", "/etc/passwd.edi", "a/b.edi", "..", "", "nul\0.edi"]
    strange.drop("c.edi")
    source = strange.source(recursive=True)
    assert [one.headers["file.path"] for one in strange.take(source)] == ["c.edi"]
    assert source.notices.counts["K612"] > 3


def test_a_server_that_lists_whole_paths_is_understood(strange: SftpRemote) -> None:
    quirks(strange).whole_paths = True
    strange.drop("a.edi")
    assert [one.headers["file.path"] for one in strange.take(strange.source())] == ["a.edi"]


def test_names_with_backslashes_and_drives_are_only_names(strange: SftpRemote) -> None:
    strange.drop("C:\\orders\\a.edi")
    (arrival,) = strange.take(strange.source())
    assert arrival.headers["file.name"] == "C:\\\\orders\\\\a.edi"
    assert strange.names() == ["archive/C:\\orders\\a.edi"]


def test_answers_shorter_than_asked_for_make_no_half_file(strange: SftpRemote) -> None:
    quirks(strange).reads = 1000
    whole = bytes(range(256)) * 100
    strange.drop("a.edi", whole)
    assert [read_all(one.payload) for one in strange.take(strange.source())] == [whole]


@pytest.mark.parametrize("after", ["archive", "delete"])
def test_a_file_that_cannot_be_moved_away_is_taken_once_and_told_once(strange: SftpRemote, after: str) -> None:
    quirks(strange).renames, quirks(strange).removes = "refused", False
    for name in ("a.edi", "b.edi"):
        strange.drop(name)
    source = strange.source(after=after)
    assert len(strange.take(source)) == 2
    assert [strange.poll(source) for _ in range(5)] == [[]] * 5
    assert [one.code for one in source.notices.findings] == ["K617", "K617"]
    assert source.notices.counts["K617"] > 2  # each had more than one turn
    quirks(strange).renames, quirks(strange).removes = "yes", True
    strange.poll(source, after=100)
    assert [name for name in strange.names() if not name.startswith("archive/")] == []


def test_where_deleting_is_allowed_and_renaming_not_files_are_deleted(strange: SftpRemote) -> None:
    quirks(strange).renames = "refused"
    strange.drop("a.edi")
    assert len(strange.take(strange.source(after="delete"))) == 1
    assert strange.names() == []


def test_where_renaming_is_refused_the_upload_waits_for_a_person(strange: SftpRemote) -> None:
    quirks(strange).renames = "refused"
    (staged,) = good(strange.sink().stage([order(1)]))
    (held,) = strange.sink().finish([staged])
    assert isinstance(held, Hold)
    assert held.code == "K632"
    quirks(strange).renames = "yes"
    assert isinstance(strange.sink().finish([staged])[0], Done)
    assert strange.names() == ["ORD1.txt"]


def test_a_server_that_would_overwrite_is_not_asked_to(strange: SftpRemote) -> None:
    quirks(strange).renames = "overwriting"
    sink = strange.sink()
    staged = good(sink.stage([order(1)]))
    strange.drop("ORD1.txt", b"theirs")
    (held,) = sink.finish(staged)
    assert isinstance(held, Hold)
    assert (strange.path / "ORD1.txt").read_bytes() == b"theirs"


@pytest.mark.parametrize("renames", ["yes", "overwriting"])
def test_replacing_works_where_no_server_renames_over(strange: SftpRemote, renames: str) -> None:
    quirks(strange).renames = renames
    strange.drop("ORD1.txt", b"old")
    assert isinstance(delivered(strange.sink(exists="replace"), order(1, b"new"))[0], Done)
    assert (strange.path / "ORD1.txt").read_bytes() == b"new"


def test_a_full_disk_is_tried_again_and_then_whole(strange: SftpRemote) -> None:
    quirks(strange).room = 100_000
    sink = strange.sink()
    parcel = order(1, b"x" * 300_000)
    (full,) = sink.stage([parcel])
    assert isinstance(full, Retry)
    assert full.code == "K604"
    assert not (strange.path / "ORD1.txt").exists()
    quirks(strange).room = None
    assert isinstance(delivered(sink, parcel)[0], Done)
    assert (strange.path / "ORD1.txt").read_bytes() == b"x" * 300_000
    assert strange.names() == ["ORD1.txt"]


def test_names_that_a_server_cannot_have_are_rejected_before_anything_is_sent(strange: SftpRemote) -> None:
    quirks(strange).ascii_only = True
    sink = strange.sink(name="{$key}-{$header.city}.txt", names="ascii")
    wrong = replace(order(1), headers={"city": "Köln"})
    right = replace(order(2), headers={"city": "Bonn"})
    outcomes = sink.stage([wrong, right])
    assert isinstance(outcomes[0], Reject)
    assert isinstance(outcomes[1], Staged)


def test_a_slow_listing_goes_on_where_the_last_poll_left_off(
    strange: SftpRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossdock.connector.remote.source.SLICE", -1.0)  # each poll is over as soon as it can be
    quirks(strange).extra = 1600
    strange.drop("a.edi", b"one")
    source = strange.source()
    polls = [strange.poll(source) for _ in range(2)]
    assert polls == [[], []]
    assert not source.quiet()
    monkeypatch.setattr("crossdock.connector.remote.source.SLICE", 10.0)
    assert strange.poll(source) == []  # the first listing ends here
    assert strange.poll(source)[0].headers["file.name"] == "a.edi"


def test_a_server_that_hangs_in_the_middle_of_a_file_is_left(strange: SftpRemote) -> None:
    strange.reached["stall"] = "300ms"
    strange.drop("a.edi")
    source = strange.source()
    assert strange.poll(source) == []
    quirks(strange).hangs = True
    begun = time.monotonic()
    with pytest.raises(Retry) as told:
        strange.poll(source)
    assert told.value.code == "K601"
    assert time.monotonic() - begun < 5


def test_one_connection_is_used_again_and_closed_after_its_rest(strange: SftpRemote) -> None:
    assert isinstance(strange.server, Strange)
    source, sink = strange.source(rest="300ms"), strange.sink(rest="300ms")
    for number in range(3):
        strange.drop(f"{number}.edi")
        strange.take(source)
        delivered(sink, order(number))
    assert strange.server.server.logins == 1
    end = time.monotonic() + 5
    while strange.server.server.open_sessions and time.monotonic() < end:
        time.sleep(0.05)
    assert strange.server.server.open_sessions == 0


def test_a_password_gets_in_and_a_wrong_one_shows_nowhere(strange: SftpRemote) -> None:
    with pytest.raises(Halt) as told:
        list(strange.source(password="a wrong secret").poll())  # noqa: S106 - of a test
    assert told.value.code == "K644"
    assert "a wrong secret" not in repr(told.value)


def test_a_refused_file_lies_in_the_rejects_with_its_report(strange: SftpRemote) -> None:
    strange.drop("a.edi", b"x" * 100)
    assert len(strange.take(strange.source(max_size="50B"), Verdict.REFUSED)) == 1
    report, file = sorted(name for name in strange.names())[::-1][:2]
    assert "K618" in (strange.path / report).read_text()
    assert file.startswith("rejects/a.")
