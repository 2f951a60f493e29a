"""The file of a backup: a zip of two members, written and read as a stream.

``journal.ndjson`` has one record of ``crossdock.journal.portable`` a line: a JSON array that begins with its table.
``manifest.json`` says what it is a backup of, how many records of each kind it has, and the SHA-256 of those lines. The
file has its final name only when all of it is on disk; a reader knows that it has the whole only at the end, so it
reads inside one transaction, or twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from crossdock.errors import CrossdockError, Finding, Place, Retry
from crossdock.journal.payloads import flush_folder
from crossdock.journal.portable import FORMAT, MessageRow, PayloadPart, Record, WorkRow

MANIFEST, JOURNAL = "manifest.json", "journal.ndjson"
LONGEST_LINE = 64 * 1024 * 1024  # bytes; the largest a journal makes has a payload of 64 KiB or a long list of findings
LARGEST_MANIFEST = 16 * 1024 * 1024
_LEVEL = 1  # of compression: a backup waits for the disk, not for the last percent
_KIND = "crossdock backup"
_COMPRESSED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others have readers that raise what they like
#: What Python's zip and JSON readers raise over bytes that are not theirs.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,  # an encrypted member; of this kind is NotImplementedError, a feature that Python's reader lacks
    ValueError,  # and what msgspec raises
    OverflowError,
)


class BadBackup(CrossdockError):
    """A file that is no backup, or not the whole of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a backup is of. ``taken`` (Unix seconds) is the last moment before its snapshot."""

    project: str
    engine: str
    crossdock: str
    taken: float


class Manifest(msgspec.Struct, kw_only=True, frozen=True):
    """What stands in ``manifest.json``. ``missing`` are payloads the journal refers to and does not have."""

    kind: str
    format: int
    project: str
    engine: str
    crossdock: str
    taken: datetime
    records: dict[str, int]
    states: dict[str, int]
    missing: list[str]
    size: int
    sha256: str


class Tally:
    """Counts and hashes lines as they pass."""

    def __init__(self) -> None:
        self.records: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.size = 0
        self._digest = hashlib.sha256()
        self._stored: set[str] = set()
        self._missing: set[str] = set()

    def add(self, record: Record, line: bytes) -> None:
        """One more record and its line."""
        self._digest.update(line)
        self.size += len(line)
        self.records[str(record.__struct_config__.tag)] += 1
        if isinstance(record, WorkRow):
            self.states[record.state] += 1
        elif isinstance(record, PayloadPart) and record.last:
            self._stored.add(record.key)
        elif isinstance(record, MessageRow) and record.stored and record.stored not in self._stored:
            self._missing.add(record.stored)

    def manifest(self, about: About) -> Manifest:
        """The whole account."""
        return Manifest(
            kind=_KIND,
            format=FORMAT,
            project=about.project,
            engine=about.engine,
            crossdock=about.crossdock,
            taken=datetime.fromtimestamp(about.taken, UTC),
            records=dict(self.records),
            states=dict(self.states),
            missing=sorted(self._missing),
            size=self.size,
            sha256=self._digest.hexdigest(),
        )


def write(path: Path, records: Iterable[Record], about: About, reach: Callable[[str], None]) -> Manifest:
    """Write a backup to ``path``, which must not exist. Raises ``Retry`` E752 when that cannot be done."""
    if path.exists():
        raise Retry("E752", f"{path} exists already", hint="a backup is never written over another one")
    part = path.with_name(f".{path.name}.part")
    try:
        with _created(part) as file:
            manifest = _fill(file, records, about)
            file.flush()
            os.fsync(file.fileno())
            reach("backup.before_rename")
            part.rename(path)
            flush_folder(path.parent)
    except OSError as error:
        raise Retry("E752", f"backup {path} cannot be written: {error.strerror}") from error
    return manifest


@contextmanager
def _created(part: Path) -> Iterator[BinaryIO]:
    """The file under its temporary name, which is removed when something goes wrong; one writer at a time."""
    handle = os.open(part, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(handle, "r+b") as file:  # noqa: PTH123 - a handle, opened for its owner alone
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Retry("E752", f"{part} is being written by another backup") from error
        file.truncate()
        try:
            yield file
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _fill(file: BinaryIO, records: Iterable[Record], about: About) -> Manifest:
    tally, encode = Tally(), msgspec.json.Encoder().encode
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        with archive.open(JOURNAL, "w", force_zip64=True) as member, io.BufferedWriter(member, 1 << 20) as lines:
            for record in records:
                line = encode(record) + b"\n"
                tally.add(record, line)
                lines.write(line)
        manifest = tally.manifest(about)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest


class Archive:
    """A backup, opened for reading. Raises ``BadBackup`` when the file is none, ``Retry`` E752 when it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise Retry("E752", f"backup {path} cannot be read: {error.strerror}") from error
        try:
            with self._understood():
                self._zip = zipfile.ZipFile(self._file)
                self.manifest = self._read_manifest()
        except BaseException:
            self._file.close()
            raise

    def records(self) -> Iterator[Record]:
        """Every record. Raises ``BadBackup`` where one is damaged, and at the end when they are not what was written."""
        tally, decode = Tally(), msgspec.json.Decoder(Record).decode
        for number, line in enumerate(self._lines(), start=1):
            try:
                record: Record = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise self._bad("E756", f"line {number} is no record: {error}", number) from error
            tally.add(record, line)
            yield record
        found = tally.manifest(About(project="", engine="", crossdock="", taken=0.0))
        for name in ("records", "states", "missing", "size", "sha256"):
            told, is_ = getattr(self.manifest, name), getattr(found, name)
            if told != is_:
                raise self._bad("E757", f"its {name} are {is_}, and were {told} when it was written")

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _read_manifest(self) -> Manifest:
        names = sorted(one.filename for one in self._zip.infolist())
        if names != [JOURNAL, MANIFEST]:
            shown = ", ".join(repr(name) for name in names[:5]) or "nothing"
            raise self._bad("E753", f"it has {shown} inside, and not {JOURNAL} and {MANIFEST}")
        if any(one.compress_type not in _COMPRESSED for one in self._zip.infolist()):
            raise self._bad("E753", "it is compressed in a way that no backup is")
        with self._zip.open(MANIFEST) as member:
            text = member.read(LARGEST_MANIFEST + 1)
        head = msgspec.json.decode(text, type=_Head)
        if head.kind != _KIND:
            raise self._bad("E753", f"its manifest is of '{head.kind}'")
        if head.format > FORMAT:
            raise self._bad("E754", f"it has format {head.format}, and this crossdock reads {FORMAT}")
        return msgspec.json.decode(text, type=Manifest)

    def _lines(self) -> Iterator[bytes]:
        with self._understood(), self._zip.open(JOURNAL) as member, io.BufferedReader(member, 1 << 20) as lines:  # type: ignore[type-var]  # a zip member is a raw stream in all but name
            number = 0
            while line := lines.readline(LONGEST_LINE):
                number += 1
                if not line.endswith(b"\n"):
                    raise self._bad("E753", f"line {number} has no end", number)
                yield line

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """What is wrong with a zip, said in our words."""
        try:
            yield
        except _DAMAGE as error:
            raise self._bad("E753", f"{error}") from error
        except OSError as error:
            raise Retry("E752", f"backup {self._path} cannot be read: {error.strerror}") from error

    def _bad(self, code: str, what: str, line: int | None = None) -> BadBackup:
        place = Place(file=f"{self._path}/{JOURNAL}" if line else str(self._path), line=line)
        finding = Finding(code=code, message=what, place=place)
        return BadBackup(code, f"{self._path} is no sound backup: {what}", findings=[finding], hint=_HINTS[code])


class _Head(msgspec.Struct):
    """The part of a manifest that every format has."""

    kind: str = ""
    format: int = 0


_HINTS = {
    "E753": "it may be cut off, or another file; nothing was changed",
    "E754": "restore it with the crossdock that wrote it, or a newer one; nothing was changed",
    "E756": "the file was changed or damaged; nothing was changed",
    "E757": "the file was changed or damaged; nothing was changed",
}
