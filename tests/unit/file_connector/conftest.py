"""A project in a temporary folder with an inbox and an outbox, and a clock that only moves when it is told to."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import pytest

from crossdock.connector import Arrival, Done, Parcel, Staged, Surroundings, Verdict
from crossdock.errors import CrossdockError
from crossdock.message import Document, Inline
from crossdock_connectors.file import FileSink, FileSource, SinkOptions, SourceOptions
from crossdock_connectors.file.moving import WAYS, Way

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
NOBODY = 65534  # a user without rights; who runs the tests may be root, whom no permission stops


def surroundings(root: Path) -> Surroundings:
    return Surroundings(root=root, name="orders-in/file", now=lambda: NOW)


class Inbox:
    """A watched folder ``inbox`` and the source that watches it."""

    def __init__(self, root: Path, **options: object) -> None:
        self.root = root
        self.path = root / "inbox"
        self.path.mkdir(exist_ok=True)
        self.options = SourceOptions.model_validate({"path": "inbox", **options})
        self.seconds = 0.0
        self.source = self.another()

    def another(self) -> FileSource:
        """A second source on the same folder: after a crash, or in another process."""
        return FileSource(self.options, surroundings(self.root), clock=lambda: self.seconds)

    def drop(self, name: str, data: bytes = b"ISA*00") -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def poll(self, after: float = 1.0) -> list[Arrival]:
        """What a poll brings, ``after`` seconds since the last one."""
        self.seconds += after
        return list(self.source.poll())

    def ready(self) -> list[Arrival]:
        """What is there now and does not change."""
        return self.poll() or self.poll()

    def take(self, verdict: Verdict = Verdict.ACCEPTED) -> list[Arrival]:
        """What is there now, settled."""
        arrivals = self.ready()
        for arrival in arrivals:
            self.source.settle(arrival, verdict)
        return arrivals

    def names(self) -> list[str]:
        """Every file below the folder."""
        return sorted(str(path.relative_to(self.path)) for path in self.path.rglob("*") if not path.is_dir())


class Outbox:
    """A folder ``out`` and the sink that fills it."""

    def __init__(self, root: Path, **options: object) -> None:
        self.root = root
        self.path = root / "out"
        self.options = SinkOptions.model_validate({"path": "out", "name": "ORD{number}.txt", **options})
        self.sink = self.another()

    def another(self, ways: Sequence[Way] = WAYS) -> FileSink:
        """The sink of a process that starts anew."""
        return FileSink(self.options, surroundings(self.root), ways)

    def stage(self, *parcels: Parcel) -> Sequence[Staged]:
        return [good(outcome) for outcome in self.sink.stage(parcels)]

    def deliver(self, *parcels: Parcel) -> Sequence[Done | CrossdockError]:
        return self.sink.finish(self.stage(*parcels))

    def files(self) -> dict[str, bytes]:
        """Every file with its content, hidden ones too."""
        found = (path for path in self.path.rglob("*") if path.is_file())
        return {str(path.relative_to(self.path)): path.read_bytes() for path in found}


def good(outcome: Staged | CrossdockError) -> Staged:
    if isinstance(outcome, CrossdockError):
        raise outcome
    return outcome


def order(number: Document, data: bytes = b"HDR\n", *, attempt: int = 1, report: str | None = None) -> Parcel:
    """The parcel of one order."""
    return Parcel(
        key=str(uuid5(NAMESPACE_OID, repr(number))),
        message="019a9f3c-5c00-7000-8000-000000000001",
        payload=Inline(data),
        document={"number": number, "buyer": {"id": "ACME"}},
        content_type="text/plain",
        headers={"file.name": "orders.edi"},
        attempt=attempt,
        report=report,
    )


@pytest.fixture
def inbox(tmp_path: Path) -> Callable[..., Inbox]:
    return lambda **options: Inbox(tmp_path, **options)


@pytest.fixture
def outbox(tmp_path: Path) -> Callable[..., Outbox]:
    return lambda **options: Outbox(tmp_path, **options)


@pytest.fixture
def public_path() -> Iterator[Path]:
    """A temporary folder that other users can reach."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user whom permissions stop."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def forbidden(folder: Path, mode: int) -> Iterator[None]:
    """``folder`` with permissions ``mode``, owned by whoever is without rights."""
    before = folder.stat()
    os.chown(folder, NOBODY if os.geteuid() == 0 else -1, -1)
    folder.chmod(mode)
    try:
        with without_rights():
            yield
    finally:
        folder.chmod(before.st_mode & 0o7777)
