"""The ways to an FTP server are cut, the one of commands and the one of bytes: once and whole, or not at all."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.fault.uploads import deliver, persistently
from tests.unit.remote.folder import FtpRemote, good, order

from crossdock.connector import Done
from crossdock.errors import Retry
from crossdock.message import CHUNK, read_all
from crossdock.testing.servers.proftpd import ProftpdAddress
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.ftp.data import Data, Lines

SIZE = 3_000_000
WHOLE = hashlib.shake_256(b"an upload").digest(SIZE)


@dataclass
class Trap:
    """A payload; when so much of it has been sent, something happens, once."""

    at: int
    spring: Callable[[], None] | None
    readings: int = 0

    @property
    def size(self) -> int:
        return SIZE

    def chunks(self) -> Iterator[bytes]:
        self.readings += 1
        for start in range(0, SIZE, CHUNK // 4):
            if self.readings > 1 and self.spring is not None and start >= self.at:
                spring, self.spring = self.spring, None
                time.sleep(0.01)  # what was sent is on its way
                spring()
            yield WHOLE[start : start + CHUNK // 4]


@dataclass
class Ways:
    """A remote folder whose control connection and data connections all go over proxies."""

    remote: FtpRemote
    control: TcpProxy
    data: list[TcpProxy] = field(default_factory=list)

    def cut_data(self) -> None:
        self.data[-1].reset()

    def freeze_data(self) -> None:
        self.data[-1].black_hole()

    def close_data(self) -> None:
        while self.data:
            self.data.pop().close()


@pytest.fixture
def ways(proftpd: ProftpdAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ways]:
    remote = FtpRemote(proftpd, tmp_path)
    with TcpProxy(proftpd.port) as control:
        remote.reached["port"] = control.port
        ways, told = Ways(remote, control), Lines._told  # where a server says which port it waits at

        def over_proxy(self: Lines) -> tuple[str, int]:
            host, port = told(self)
            ways.close_data()
            ways.data.append(TcpProxy(port))
            return host, ways.data[-1].port

        monkeypatch.setattr(Lines, "_told", over_proxy)
        yield ways
        remote.close()
        ways.close_data()


@pytest.mark.parametrize("way", ["control", "data"])
@pytest.mark.parametrize("tenth", range(1, 11))
def test_cut_at_every_tenth_the_file_is_there_once_and_whole(ways: Ways, tenth: int, way: str) -> None:
    for number in range(2):
        at = SIZE * tenth // 10 - (SIZE // 20 if tenth == 10 else 0)
        trap = Trap(at, ways.control.reset if way == "control" else ways.cut_data)
        done = deliver(ways.remote, order(number, trap))
        assert isinstance(done, Done), done
        assert trap.spring is None, "nothing was cut"
    assert ways.remote.names() == ["ORD0.txt", "ORD1.txt"]
    assert all((ways.remote.path / name).read_bytes() == WHOLE for name in ways.remote.names())


def test_an_upload_that_was_cut_goes_on_where_it_was(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossdock.connector.remote.sink.STEP_BACK", 100_000)
    sink = ways.remote.sink()
    parcel = order(1, Trap(2_500_000, ways.cut_data))
    (first,) = sink.stage([parcel])
    assert isinstance(first, Retry)
    (part,) = ways.remote.path.iterdir()
    there = part.stat()
    assert there.st_size > 500_000
    (staged,) = good(sink.stage([parcel]))
    assert part.stat().st_ino == there.st_ino
    assert isinstance(sink.finish([staged])[0], Done)
    assert (ways.remote.path / "ORD1.txt").read_bytes() == WHOLE


@pytest.mark.parametrize("when", ["before", "after"])
def test_cut_before_or_after_the_rename_it_is_one_file(ways: Ways, when: str) -> None:
    ways.remote.reached["stall"] = "500ms"
    sink = ways.remote.sink()
    (staged,) = good(sink.stage([order(1, WHOLE[:5000])]))
    if when == "before":
        ways.control.reset()
    else:
        ways.control.drop_replies()
    assert isinstance(sink.finish([staged])[0], Retry | Done)
    ways.control.heal()
    (done,) = persistently(lambda: ways.remote.sink().finish([staged]))
    assert isinstance(done, Done)
    assert ways.remote.names() == ["ORD1.txt"]


def test_renamed_and_taken_at_once_and_the_connection_lost_it_is_not_sent_again(ways: Ways) -> None:
    sink = ways.remote.sink()
    (staged,) = good(sink.stage([order(1)]))
    assert isinstance(sink.finish([staged])[0], Done)
    (ways.remote.path / "ORD1.txt").unlink()  # the partner's poller, before we noted that it is done
    ways.control.reset()
    (done,) = persistently(lambda: ways.remote.sink().finish([staged]))
    assert isinstance(done, Done)
    assert ways.remote.names() == []


@pytest.mark.parametrize("way", ["control", "data"])
def test_a_frozen_way_is_given_up_in_time_and_the_upload_goes_on_later(ways: Ways, way: str) -> None:
    ways.remote.reached["stall"] = "700ms"
    sink = ways.remote.sink()
    freeze = ways.control.black_hole if way == "control" else ways.freeze_data
    begun = time.monotonic()
    (first,) = sink.stage([order(1, Trap(SIZE // 2, freeze))])
    assert isinstance(first, Retry)
    assert time.monotonic() - begun < 10
    ways.control.heal()
    (staged,) = good(persistently(lambda: sink.stage([order(1, WHOLE)])))  # type: ignore[arg-type]  # a stage gives no Done
    assert isinstance(sink.finish([staged])[0], Done)
    assert (ways.remote.path / "ORD1.txt").read_bytes() == WHOLE


@pytest.mark.parametrize("way", ["control", "data"])
def test_a_download_that_is_cut_goes_on_and_is_whole(ways: Ways, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = ways.remote
    remote.drop("big.edi", WHOLE)
    source = remote.source()
    assert remote.poll(source) == []
    pieces, receive = [0], Data.receive

    def receive_and_cut(self: Data) -> bytes:
        pieces[0] += 1
        if pieces[0] == 12:  # in the middle of the file, after its listing
            ways.cut_data() if way == "data" else ways.control.reset()
        return receive(self)

    monkeypatch.setattr(Data, "receive", receive_and_cut)
    remote.seconds += 2
    with pytest.raises(Retry):
        list(source.poll())
    remote.seconds += 2
    assert [read_all(one.payload) for one in remote.ready(source)] == [WHOLE]
