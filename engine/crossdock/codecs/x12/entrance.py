"""Finds the interchanges of a payload: past a byte order mark, text before ISA, and whatever stands between them."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.envelope import Interchange
from crossdock.codecs.x12.header import LONGEST, Header, read_header, read_snippet

BLANK = b" \t\r\n\x1a\x00"  # between interchanges, Ctrl-Z and NUL padding count as white space too
BOM = b"\xef\xbb\xbf"
PIECE = 1024 * 1024  # bytes that are passed over at a time


class Entrance:
    """Where the next interchange of a stream begins. Between two calls its user reads what is inside."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def bom(self) -> bool:
        """Moves over a byte order mark, if there is one."""
        found = self._stream.starts(BOM)
        if found:
            self._stream.pos += len(BOM)
        self._stream.skip(BLANK)
        return found

    def snippet(self) -> Interchange | None:
        """What begins with GS or ST instead of ISA; the stream stands at it."""
        snippet = read_snippet(self._stream)
        return None if snippet is None else Interchange((), b"", snippet.marks, self._stream.offset)

    def passed_over(self) -> Iterator[tuple[bytes, int]]:
        """Moves to the next readable ISA or to the end; (bytes, offset) of what belongs to no interchange."""
        stream = self._stream
        stream.skip(BLANK)
        start, passed = stream.offset, bytearray()
        while stream.need(1) and self._header() is None:
            passed += stream.take(self._to_next_isa())
            if len(passed) >= PIECE:
                yield bytes(passed), start
                start = stream.offset
                passed.clear()
        if passed:
            yield bytes(passed), start

    def header(self) -> Header | None:
        """Moves over the ISA that comes next; None where nothing does."""
        header = self._header()
        if header is not None:
            self._stream.pos += header.length
        return header

    def _header(self) -> Header | None:
        stream = self._stream
        if not stream.starts(b"ISA"):
            return None
        stream.need(LONGEST)
        return read_header(bytes(stream.data[stream.pos : stream.pos + LONGEST]), stream.offset)

    def _to_next_isa(self) -> int:
        """How many bytes to pass over to come to something that may be an ISA; at most a piece."""
        stream = self._stream
        seen = 1
        while True:
            hit = stream.data.find(b"ISA", stream.pos + seen, stream.pos + PIECE)
            if hit >= 0:
                return hit - stream.pos
            if stream.left >= PIECE:
                return PIECE - len(b"IS")
            seen = max(1, stream.left - len(b"IS"))
            if not stream.more():
                return stream.left
