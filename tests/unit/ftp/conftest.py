"""A folder on ProFTPD, and the connector on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import pytest

from crossdock.connector import Arrival, Done, NotesInMemory, Parcel, Staged, Surroundings, Verdict
from crossdock.connector.remote.sink import RemoteSink
from crossdock.connector.remote.source import RemoteSource
from crossdock.errors import CrossdockError
from crossdock.message import Inline, Payload
from crossdock.testing.servers.proftpd import ProftpdAddress
from crossdock_connectors.ftp import SinkOptions, SourceOptions
from crossdock_connectors.ftp.shared import sessions_of

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


class Remote:
    """A folder of a server, seen from both sides. ``reached`` is how the connector gets there."""

    def __init__(self, server: ProftpdAddress, root: Path) -> None:
        self.server = server
        self.root = root
        self.place = server.fresh()
        self.path = self.place.local
        self.reached: dict[str, object] = {"connect": "5s", "stall": "3s"}
        self.notes = NotesInMemory()
        self.seconds = 0.0
        self._opened: list[RemoteSource | RemoteSink] = []

    def around(self) -> Surroundings:
        return Surroundings(root=self.root, name="orders/ftp", now=lambda: NOW, notes=self.notes)

    def source(self, **more: object) -> RemoteSource:
        given = self.server.options(path=self.place.remote, stable_for="1s") | self.reached | more
        options = SourceOptions.model_validate(given)
        around, clock = self.around(), lambda: self.seconds
        self._opened.append(
            source := RemoteSource(options, around, sessions_of(options, self.root), options.endpoint, clock)
        )
        return source

    def sink(self, **more: object) -> RemoteSink:
        given = self.server.options(path=self.place.remote, name="ORD{number}.txt") | self.reached | more
        options = SinkOptions.model_validate(given)
        self._opened.append(
            sink := RemoteSink(options, self.around(), sessions_of(options, self.root), options.endpoint)
        )
        return sink

    def drop(self, name: str, data: bytes = b"ISA*00") -> Path:
        """A file as the partner puts it there."""
        path = self.path / name
        made = [folder for folder in path.parents if not folder.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        for one in (*made, path):
            self.give(one)
        return path

    def give(self, path: Path) -> None:
        """To the user the connector is there."""
        owner = self.path.stat()
        os.chown(path, owner.st_uid, owner.st_gid)

    def poll(self, source: RemoteSource, after: float = 2.0) -> list[Arrival]:
        """What a poll brings, ``after`` seconds since the last one."""
        self.seconds += after
        return list(source.poll())

    def ready(self, source: RemoteSource) -> list[Arrival]:
        """What is there now and does not change."""
        return self.poll(source) or self.poll(source)

    def take(self, source: RemoteSource, verdict: Verdict = Verdict.ACCEPTED) -> list[Arrival]:
        """What is there now, settled."""
        arrivals = self.ready(source)
        for arrival in arrivals:
            if verdict is Verdict.ACCEPTED:
                self.notes.write(dict(arrival.notes))
            source.settle(arrival, verdict)
        return arrivals

    def names(self) -> list[str]:
        """Every file below the folder."""
        return sorted(str(path.relative_to(self.path)) for path in self.path.rglob("*") if not path.is_dir())

    def close(self) -> None:
        for one in self._opened:
            one.close()


def order(number: int, payload: bytes | Payload = b"HDR\n", *, report: str | None = None) -> Parcel:
    """The parcel of one order."""
    return Parcel(
        key=str(uuid5(NAMESPACE_OID, repr(number))),
        message="019a9f3c-5c00-7000-8000-000000000001",
        payload=Inline(payload) if isinstance(payload, bytes) else payload,
        document={"number": number},
        report=report,
    )


def good(outcomes: Sequence[Staged | CrossdockError]) -> list[Staged]:
    staged = []
    for one in outcomes:
        assert isinstance(one, Staged), one
        staged.append(one)
    return staged


def delivered(sink: RemoteSink, *parcels: Parcel) -> Sequence[Done | CrossdockError]:
    return sink.finish(good(sink.stage(parcels)))


@pytest.fixture
def remote(proftpd: ProftpdAddress, tmp_path: Path) -> Iterator[Remote]:
    remote = Remote(proftpd, tmp_path)
    yield remote
    remote.close()


@pytest.fixture
def remotes(proftpd: ProftpdAddress, tmp_path: Path) -> Iterator[Callable[[], Remote]]:
    made: list[Remote] = []

    def another() -> Remote:
        made.append(Remote(proftpd, tmp_path))
        return made[-1]

    yield another
    for one in made:
        one.close()
