"""gzip (RFC 1952): one file, in one member or several behind each other."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from crossdock.codecs.archive.entry import Entry, Limits, Unpacked, measured, refuse
from crossdock.message import Payload

MAGIC = b"\x1f\x8b"
_PIECE = 256 * 1024
_GZIP = 31  # window bits: the largest window, and gzip's header and trailer around it (zlib manual, inflateInit2)
_FLAG_NAME = 8


def gunzip(payload: Payload, name: str | None, limits: Limits) -> Entry:
    """The file in it, checked to its end. ``name`` is that of the payload, where it has one. Raises ``Reject``."""
    head = next(iter(payload.chunks()), b"")
    if not head.startswith(MAGIC):
        raise refuse("S300", "this is not gzip: it does not begin with 1f 8b", name, byte=0)
    inner = _name(head) or (name or "").removesuffix(".gz") or "file"
    size = measured(_inflated(payload, inner), payload.size, 0, inner, limits)
    return Entry(inner, Unpacked(size, lambda: _inflated(payload, inner)))


def gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Compressed, without name and time, so that the same bytes always make the same bytes."""
    deflate = zlib.compressobj(wbits=_GZIP)
    for piece in pieces:
        yield deflate.compress(piece)
    yield deflate.flush()


def _inflated(payload: Payload, name: str) -> Iterator[bytes]:
    inflate, read = zlib.decompressobj(_GZIP), 0
    for chunk in payload.chunks():
        data = chunk
        while data:
            if inflate.eof:
                data = data.lstrip(b"\0")  # what tapes and block devices leave behind a file
                if not data:
                    break
                inflate = zlib.decompressobj(_GZIP)
            yield _piece(inflate, data, name, read)
            data = inflate.unconsumed_tail or (inflate.unused_data if inflate.eof else b"")
        read += len(chunk)
    if not inflate.eof:
        raise refuse("S313", "the gzip data ends too early", name, "the file was cut off: have it sent again", read)


def _piece(inflate: zlib._Decompress, data: bytes, name: str, read: int) -> bytes:
    try:
        return inflate.decompress(data, _PIECE)
    except zlib.error as error:
        code = "S302" if "check" in str(error) else "S313"
        raise refuse(code, f"the gzip data is damaged: {error}", name, "have it sent again", read) from error


def _name(head: bytes) -> str | None:
    """The name in the header, which is Latin-1 (RFC 1952, 2.3.1); its last part only."""
    extra, comment = 4, 10
    if len(head) <= comment or not head[3] & _FLAG_NAME or head[3] & extra:
        return None
    text, end, _ = head[comment:].partition(b"\0")
    name = text.decode("latin-1").replace("\\", "/").rpartition("/")[2]
    return name if end and name.isprintable() and name not in ("", ".", "..") else None
