"""The way to an SFTP server is cut, its disk is full, partners take files at once: once and whole, or not at all."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fault.uploads import deliver, persistently
from tests.unit.remote.folder import SftpRemote, good, order

from crossdock.connector import Done
from crossdock.connector.remote.sink import RemoteSink
from crossdock.errors import Retry
from crossdock.message import CHUNK, read_all
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.sshd import SshdAddress

SIZE = 3_000_000
WHOLE = hashlib.shake_256(b"an upload").digest(SIZE)


@dataclass
class Trap:
    """A payload; when a tenth of it has been read, something happens, once."""

    at: int
    spring: Callable[[], None] | None
    size: int = SIZE
    readings: int = 0

    def chunks(self) -> Iterator[bytes]:
        self.readings += 1
        for start in range(0, self.size, CHUNK // 4):
            if self.readings > 1 and self.spring is not None and start >= self.at:
                spring, self.spring = self.spring, None
                time.sleep(0.01)  # what was sent is on its way
                spring()
            yield WHOLE[start : start + CHUNK // 4]


@pytest.fixture
def cut(sshd: SshdAddress, tmp_path: Path) -> Iterator[tuple[SftpRemote, TcpProxy]]:
    remote = SftpRemote(sshd, tmp_path)
    with TcpProxy(sshd.port) as proxy:
        remote.reached["port"] = proxy.port
        yield remote, proxy
        remote.close()


@pytest.mark.parametrize("tenth", range(1, 11))
def test_cut_at_every_tenth_five_times_over_the_file_is_there_once_and_whole(
    cut: tuple[SftpRemote, TcpProxy], tenth: int
) -> None:
    remote, proxy = cut
    for number in range(5):
        at = SIZE * tenth // 10 - (SIZE // 20 if tenth == 10 else 0)
        trap = Trap(at, proxy.reset)
        done = deliver(remote, order(number, trap))
        assert isinstance(done, Done), done
        assert trap.spring is None, "nothing was cut"
    assert remote.names() == [f"ORD{number}.txt" for number in range(5)]
    assert all((remote.path / name).read_bytes() == WHOLE for name in remote.names())


def test_an_upload_that_was_cut_goes_on_where_it_was(
    cut: tuple[SftpRemote, TcpProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossdock.connector.remote.sink.STEP_BACK", 100_000)
    remote, proxy = cut
    sink = remote.sink()
    parcel = order(1, Trap(2_500_000, proxy.reset))
    (first,) = sink.stage([parcel])
    assert isinstance(first, Retry)
    (part,) = remote.path.iterdir()
    there = part.stat()
    assert there.st_size > 500_000
    (staged,) = good(sink.stage([parcel]))
    assert part.stat().st_ino == there.st_ino
    assert isinstance(sink.finish([staged])[0], Done)
    assert (remote.path / "ORD1.txt").read_bytes() == WHOLE


@pytest.mark.parametrize("when", ["before", "after"])
def test_cut_before_or_after_the_rename_it_is_one_file(cut: tuple[SftpRemote, TcpProxy], when: str) -> None:
    remote, proxy = cut
    sink = remote.sink()
    (staged,) = good(sink.stage([order(1, WHOLE[:5000])]))
    if when == "before":
        proxy.reset()
    else:
        proxy.drop_replies()
    first = sink.finish([staged])
    assert isinstance(first[0], Retry | Done)
    proxy.heal()
    (done,) = persistently(lambda: remote.sink().finish([staged]))
    assert isinstance(done, Done)
    assert remote.names() == ["ORD1.txt"]


def test_taken_at_once_and_the_reply_lost_it_is_not_sent_again(cut: tuple[SftpRemote, TcpProxy]) -> None:
    remote, proxy = cut
    sink: RemoteSink = remote.sink()
    (staged,) = good(sink.stage([order(1)]))
    proxy.drop_replies()
    assert isinstance(sink.finish([staged])[0], Retry)
    taken = remote.path / "ORD1.txt"
    if taken.exists():
        taken.unlink()  # the partner's poller
    proxy.heal()
    (done,) = persistently(lambda: remote.sink().finish([staged]))
    assert isinstance(done, Done)
    assert remote.names() in ([], ["ORD1.txt"])


def test_a_frozen_server_is_given_up_in_time_and_the_upload_goes_on_later(cut: tuple[SftpRemote, TcpProxy]) -> None:
    remote, proxy = cut
    remote.reached["stall"] = "500ms"
    sink = remote.sink()
    begun = time.monotonic()
    (first,) = sink.stage([order(1, Trap(SIZE // 2, proxy.black_hole))])
    assert isinstance(first, Retry)
    assert time.monotonic() - begun < 8
    proxy.heal()
    (staged,) = good(persistently(lambda: sink.stage([order(1, Trap(0, None))])))  # type: ignore[arg-type]  # a stage gives no Done
    assert isinstance(sink.finish([staged])[0], Done)
    assert (remote.path / "ORD1.txt").read_bytes() == WHOLE


@pytest.mark.parametrize("tenth", [1, 5, 9])
def test_a_download_that_is_cut_goes_on_and_is_whole(cut: tuple[SftpRemote, TcpProxy], tenth: int) -> None:
    remote, proxy = cut
    remote.drop("big.edi", WHOLE)
    source = remote.source()
    assert remote.poll(source) == []
    proxy.slow(bytes_a_second=20_000_000)
    remote.seconds += 2
    pause, parts = SIZE * tenth / 10 / 20_000_000, []
    for _ in range(6):
        try:
            parts = list(source.poll())
        except Retry:
            parts = []
        if parts:
            break
        time.sleep(pause / 100)
        proxy.reset()
        remote.seconds += 2
    assert [read_all(one.payload) for one in parts] == [WHOLE]


def test_after_a_cut_only_the_rest_is_fetched(cut: tuple[SftpRemote, TcpProxy]) -> None:
    remote, _ = cut
    remote.drop("big.edi", WHOLE)
    source = remote.source()
    assert remote.poll(source) == []
    (arrival,) = remote.poll(source)
    (copy,) = (path for path in (remote.root / ".crossdock" / "spool").rglob("*") if path.is_file())
    copy.write_bytes(WHOLE[:1_000_000])  # as a crash leaves it
    again = remote.source()
    assert remote.poll(again) == []
    (arrival,) = remote.poll(again)
    assert read_all(arrival.payload) == WHOLE
    assert copy.read_bytes() == WHOLE
