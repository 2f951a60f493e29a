"""A folder on a server, and the connector on it."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import NAMESPACE_OID, uuid5

from crossdock.connector import Arrival, Done, NotesInMemory, Parcel, Staged, Surroundings, Verdict
from crossdock.connector.remote.sink import RemoteSink
from crossdock.connector.remote.source import RemoteSource
from crossdock.errors import CrossdockError
from crossdock.message import Inline, Payload
from crossdock.testing.servers.proftpd import ProftpdAddress
from crossdock.testing.servers.sshd import SshdAddress
from crossdock_connectors import ftp, sftp
from crossdock_connectors.ftp.shared import sessions_of as ftp_sessions_of
from crossdock_connectors.sftp.shared import sessions_of as sftp_sessions_of

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


class Place(Protocol):
    """Where a folder lies on this machine, and how a client calls it."""

    @property
    def local(self) -> Path: ...

    @property
    def remote(self) -> str: ...


class Host(Protocol):
    """A server with room for another folder."""

    def fresh(self) -> Place: ...

    def options(self, **more: object) -> dict[str, object]: ...


class Remote(ABC):
    """A folder of a server, seen from both sides. ``reached`` is how the connector gets there."""

    def __init__(self, server: Host, root: Path) -> None:
        self.root = root
        self.place = server.fresh()
        self.path = self.place.local
        self.reached: dict[str, object] = {"connect": "5s", "stall": "3s"}
        self.notes = NotesInMemory()
        self.seconds = 0.0
        self._host = server
        self._opened: list[RemoteSource | RemoteSink] = []

    @abstractmethod
    def opened_source(self, options: dict[str, object]) -> RemoteSource:
        """A source with these options."""

    @abstractmethod
    def opened_sink(self, options: dict[str, object]) -> RemoteSink:
        """A sink with these options."""

    def around(self) -> Surroundings:
        return Surroundings(root=self.root, name="orders/remote", now=lambda: NOW, notes=self.notes)

    def clock(self) -> float:
        return self.seconds

    def source(self, **more: object) -> RemoteSource:
        given = self._host.options(path=self.place.remote, stable_for="1s") | self.reached | more
        self._opened.append(source := self.opened_source(given))
        return source

    def sink(self, **more: object) -> RemoteSink:
        given = self._host.options(path=self.place.remote, name="ORD{number}.txt") | self.reached | more
        self._opened.append(sink := self.opened_sink(given))
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


class FtpRemote(Remote):
    """A folder of ProFTPD, or of what stands in its place."""

    def __init__(self, server: ProftpdAddress, root: Path) -> None:
        super().__init__(server, root)
        self.server = server

    def opened_source(self, options: dict[str, object]) -> RemoteSource:
        given = ftp.SourceOptions.model_validate(options)
        sessions = ftp_sessions_of(given, self.root)
        return RemoteSource(given, self.around(), sessions, given.endpoint, self.clock)

    def opened_sink(self, options: dict[str, object]) -> RemoteSink:
        given = ftp.SinkOptions.model_validate(options)
        return RemoteSink(given, self.around(), ftp_sessions_of(given, self.root), given.endpoint)


class SftpRemote(Remote):
    """A folder of OpenSSH's server, or of what stands in its place."""

    def __init__(self, server: SshdAddress, root: Path) -> None:
        super().__init__(server, root)
        self.server = server

    def opened_source(self, options: dict[str, object]) -> RemoteSource:
        given = sftp.SourceOptions.model_validate(options)
        return RemoteSource(given, self.around(), sftp_sessions_of(given), given.endpoint, self.clock)

    def opened_sink(self, options: dict[str, object]) -> RemoteSink:
        given = sftp.SinkOptions.model_validate(options)
        return RemoteSink(given, self.around(), sftp_sessions_of(given), given.endpoint)


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
