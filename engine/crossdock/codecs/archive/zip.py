"""zip archives: every name, size and check sum is looked at before the first file leaves.

Sizes in headers are never believed: what counts is what comes out, and it is counted while it does.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import partial

from crossdock.codecs.archive.entry import Entry, Limits, Unpacked, measured, refuse
from crossdock.codecs.archive.gzip import MAGIC as GZIP
from crossdock.message import Payload

_PIECE = 256 * 1024
_HEADER = 30  # bytes of a local header without names (APPNOTE.TXT, 4.3.7)
_MOST = 65_536  # entries of a directory that are looked at
_ENCRYPTED = 0x41  # general purpose bits 0 and 6 (APPNOTE.TXT, 4.4.4)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BAD_NAME = re.compile(r"(?:^|/)\.\.?(?:/|$)|^/|^[A-Za-z]:|\\|[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_NESTED = re.compile(r"\.(zip|gz|tgz|bz2|xz|7z|rar|tar|zst)\Z", re.IGNORECASE)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment the format knows: the same bytes always make the same bytes
#: What `zipfile` raises over bytes of others; `NotImplementedError` for a method or version of PKWARE it does not know.
_BROKEN = (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, OSError, ValueError, OverflowError)


class _Seekable(io.RawIOBase):
    """A payload as a file that can be moved in; moving back starts anew."""

    def __init__(self, payload: Payload) -> None:
        super().__init__()
        self._payload = payload
        self._at = 0
        self._chunks: Iterator[bytes] = iter(())
        self._chunk = b""
        self._start = self._end = payload.size + 1  # of the chunk; nothing is read yet

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The place."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move there."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._payload.size}[whence]
        if base + offset < 0:
            raise OSError("a place before the beginning")
        self._at = base + offset
        return self._at

    def readall(self) -> bytes:
        """All that follows."""
        return b"".join(iter(lambda: self.read(_PIECE) or b"", b""))

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is of Python 3.12
        """Some of what follows."""
        if self._at >= self._payload.size:
            return 0
        if self._at < self._start:
            self._chunks, self._start, self._end = self._payload.chunks(), 0, 0
        while self._at >= self._end:
            self._chunk = next(self._chunks)
            self._start, self._end = self._end, self._end + len(self._chunk)
        piece = self._chunk[self._at - self._start : self._at - self._start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def unzip(payload: Payload, limits: Limits, wanted: re.Pattern[str] | None = None) -> list[Entry]:
    """The files in it whose names fit, in the order of its directory, all of them checked. Raises ``Reject``."""
    try:
        with zipfile.ZipFile(io.BufferedReader(_Seekable(payload), _PIECE)) as archive:
            listed = archive.infolist()
    except _BROKEN as error:
        raise _no_zip(payload, error) from error
    if len(listed) > min(limits.files, _MOST):
        message = f"it has {len(listed):,} entries, {limits.files:,} are allowed"
        raise refuse("S306", message, hint="raise 'max_files'")
    files = _judged(listed, payload.size)
    entries, total = [], 0
    for one in files:
        name = one.filename
        if wanted is not None and not wanted.match(name):
            continue
        size = measured(_inflated(payload, one), one.compress_size, total, name, limits)
        total += size
        entries.append(Entry(name, Unpacked(size, partial(_inflated, payload, one))))
    return entries


def _no_zip(payload: Payload, error: Exception) -> Exception:
    head = next(iter(payload.chunks()), b"")[:2]
    if head != b"PK":
        return refuse("S300", "this is not a zip archive: it does not begin with PK", byte=0)
    return refuse(
        "S301", f"the directory of the archive cannot be read: {error}", hint="the file may have been cut off"
    )


def _judged(listed: list[zipfile.ZipInfo], size: int) -> list[zipfile.ZipInfo]:
    """Those that are files. Raises ``Reject`` at the first that must not be unpacked."""
    seen: set[str] = set()
    end = 0
    for one in sorted(listed, key=lambda one: one.header_offset):
        _judge(one)
        if one.filename in seen:
            raise refuse("S309", "two entries have the same name", one.filename)
        seen.add(one.filename)
        if one.header_offset < end or one.header_offset + _HEADER + one.compress_size > size:
            raise refuse("S310", "its data lies over that of another entry, or outside of the archive", one.filename)
        end = one.header_offset + _HEADER + one.compress_size
    return [one for one in listed if not one.is_dir()]


def _judge(one: zipfile.ZipInfo) -> None:
    name = one.filename
    if _BAD_NAME.search(one.orig_filename.rstrip("/")) or not name:
        raise refuse("S304", f"the name {ascii(one.orig_filename)[:80]} could lead out of a folder")
    kind = stat.S_IFMT(one.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refuse("S305", "the entry is a link or a device, and no file", name)
    if one.flag_bits & _ENCRYPTED:
        raise refuse("S303", "the entry is encrypted", name, "have it sent without a password, or encrypted with PGP")
    if one.compress_type not in _METHODS:
        message = f"the entry is packed with method {one.compress_type}, which few programs know"
        raise refuse("S312", message, name, "have it packed as deflate")


def _inflated(payload: Payload, one: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry; its check sum is looked at behind the last one."""
    first = True
    try:
        with zipfile.ZipFile(io.BufferedReader(_Seekable(payload), _PIECE)) as archive, archive.open(one) as file:
            while piece := file.read(_PIECE):
                if first and _is_archive(one.filename, piece):
                    raise refuse("S308", "there is an archive inside the archive", one.filename, "unpack one of them")
                first = False
                yield piece
    except _BROKEN as error:
        code = "S302" if "CRC" in str(error) else "S301"
        message = f"the entry is damaged: {error}"
        raise refuse(code, message, one.filename, "have it sent again", one.header_offset) from error


def _is_archive(name: str, head: bytes) -> bool:
    """A workbook is an archive too, and no nested one."""
    return _NESTED.search(name) is not None and head.startswith(
        (b"PK", GZIP, b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
    )


def zipped(name: str, pieces: Iterable[bytes]) -> bytes:
    """An archive with one file, the same for the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with archive.open(info, "w") as file:
            for piece in pieces:
                file.write(piece)
    return packed.getvalue()
