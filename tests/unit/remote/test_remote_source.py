"""What a source on a server, ProFTPD or OpenSSH's, takes, when, and what becomes of it there."""

from __future__ import annotations

from tests.unit.remote.folder import Remote

from crossdock.connector import Verdict
from crossdock.message import read_all


def test_a_growing_file_is_not_taken_before_it_has_stopped(remote: Remote) -> None:
    path = remote.drop("a.edi", b"one")
    source = remote.source()
    assert remote.poll(source) == []
    path.write_bytes(b"one two")
    assert remote.poll(source) == []
    assert not source.quiet()
    assert [read_all(one.payload) for one in remote.poll(source)] == [b"one two"]


def test_what_is_listed_again_is_the_same_arrival_and_tomorrows_file_another(remote: Remote) -> None:
    path = remote.drop("a.edi", b"one")
    source = remote.source()
    (first,) = remote.ready(source)
    (again,) = remote.ready(source)
    path.write_bytes(b"two")
    (tomorrow,) = remote.ready(source)
    assert first.identity == again.identity != tomorrow.identity


def test_a_file_that_vanishes_is_nobodys_trouble(remote: Remote) -> None:
    path = remote.drop("a.edi")
    remote.drop("b.edi")
    source = remote.source()
    assert remote.poll(source) == []
    listed = source.poll
    path.unlink()
    remote.seconds += 2
    assert [one.headers["file.name"] for one in listed()] == ["b.edi"]


def test_a_newer_file_of_the_same_name_is_not_moved_away_with_the_old_one(remote: Remote) -> None:
    path = remote.drop("a.edi", b"one")
    source = remote.source()
    (arrival,) = remote.ready(source)
    path.write_bytes(b"another")
    source.settle(arrival, Verdict.ACCEPTED)
    assert remote.names() == ["a.edi"]
    assert [read_all(one.payload) for one in remote.take(source)] == [b"another"]


def test_links_that_lead_out_and_folders_are_never_opened(remote: Remote) -> None:
    (remote.path / "link.edi").symlink_to("/etc/passwd")
    (remote.path / "folder.edi").mkdir()
    remote.drop("a.edi")
    source = remote.source()
    assert [one.headers["file.name"] for one in remote.take(source)] == ["a.edi"]


def test_what_is_left_is_taken_once_also_after_a_restart(remote: Remote) -> None:
    path = remote.drop("a.edi", b"one")
    assert len(remote.take(remote.source(after="leave"))) == 1
    again = remote.source(after="leave")
    assert [remote.poll(again) for _ in range(3)] == [[], [], []]
    path.write_bytes(b"changed")
    assert [read_all(one.payload) for one in remote.take(again)] == [b"changed"]
    assert remote.names() == ["a.edi"]


def test_a_refused_file_that_is_left_is_refused_once(remote: Remote) -> None:
    remote.drop("a.edi", b"x" * 100)
    source = remote.source(after="leave", max_size="50B")
    assert len(remote.take(source, Verdict.REFUSED)) == 1
    assert remote.take(remote.source(after="leave", max_size="50B")) == []
    assert remote.names() == ["a.edi"]


def test_a_marker_says_when_and_goes_with_its_file(remote: Remote) -> None:
    remote.drop("a.edi", b"one")
    source = remote.source(ready={"marker": ".done"})
    assert remote.take(source) == []
    remote.drop("a.edi.done", b"")
    assert [one.headers["file.name"] for one in remote.take(source)] == ["a.edi"]
    assert remote.names() == ["archive/a.edi", "archive/a.edi.done"]


def test_a_file_that_is_renamed_into_place_is_taken_at_once(remote: Remote) -> None:
    path = remote.drop("a.edi.writing", b"one")
    source = remote.source(ready={"rename": ".writing"})
    assert remote.poll(source) == []
    path.rename(remote.path / "a.edi")
    assert len(remote.poll(source)) == 1


def test_a_name_that_is_taken_in_the_archive_is_numbered(remote: Remote) -> None:
    source = remote.source()
    for data in (b"one", b"two", b"three"):
        remote.drop("a.edi", data)
        assert len(remote.take(source)) == 1
    assert len([name for name in remote.names() if name.startswith("archive/a.")]) == 3


def test_a_competing_poller_that_was_faster_is_no_trouble(remote: Remote) -> None:
    remote.drop("a.edi")
    one, other = remote.source(), remote.source()
    (first,), (second,) = remote.ready(one), remote.ready(other)
    assert first.identity == second.identity
    one.settle(first, Verdict.ACCEPTED)
    other.settle(second, Verdict.DUPLICATE)
    assert remote.names() == ["archive/a.edi"]
    assert other.notices.findings == ()


def test_after_a_crash_between_fetch_and_settle_it_is_the_same_arrival(remote: Remote) -> None:
    remote.drop("big.edi", b"x" * 2_000_000)
    (before,) = remote.ready(remote.source())
    (after,) = remote.ready(remote.source())
    assert after.identity == before.identity
    assert read_all(after.payload) == b"x" * 2_000_000


def test_the_spool_is_empty_when_all_is_durable(remote: Remote) -> None:
    remote.drop("big.edi", b"x" * 2_000_000)
    source = remote.source()
    assert len(remote.take(source)) == 1
    source.close()
    assert [path for path in (remote.root / ".crossdock").rglob("*") if path.is_file()] == []
