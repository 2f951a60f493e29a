"""Finds the interchanges of a payload: past a byte order mark, text before UNA or UNB, and whatever stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.edifact.header import LONGEST, Header, read_header, read_snippet

BLANK = b" \t\r\n\x1a\x00"  # between interchanges, Ctrl-Z and NUL padding count as white space too
BOM = b"\xef\xbb\xbf"
PIECE = 1024 * 1024  # bytes that are passed over at a time
BEGINNINGS = (b"UNA", b"UNB", b"UNH", b"UNG", b"UNO")
_BEGINNING = re.compile(rb"UN[AB]|[\s'\x1c]UN[HGO]")


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

    def passed_over(self) -> Iterator[tuple[bytes, int]]:
        """Moves to the next readable UNB, or message without one, or to the end.

        (bytes, offset) of what belongs to no interchange.
        """
        stream = self._stream
        stream.skip(BLANK)
        start, passed = stream.offset, bytearray()
        while stream.need(1) and self._header() is None:
            passed += stream.take(self._to_next())
            if len(passed) >= PIECE:
                yield bytes(passed), start
                start = stream.offset
                passed.clear()
        if passed:
            yield bytes(passed), start

    def header(self) -> Header | None:
        """Moves over the UNA and UNB that come next; None where nothing does. Without UNB it has no elements."""
        header = self._header()
        if header is not None:
            self._stream.pos += header.length
        return header

    def _header(self) -> Header | None:
        stream = self._stream
        if not any(map(stream.starts, BEGINNINGS)):
            return None
        stream.need(LONGEST)
        data = bytes(stream.data[stream.pos : stream.pos + LONGEST])
        return read_header(data, stream.offset) or read_snippet(data, stream.offset)

    def _to_next(self) -> int:
        """How many bytes to pass over to come to something that may begin an interchange; at most a piece."""
        stream = self._stream
        seen = 1
        while True:
            match = _BEGINNING.search(stream.data, stream.pos + seen, stream.pos + PIECE)
            if match is not None:
                return match.end() - len(b"UNB") - stream.pos
            if stream.left >= PIECE:
                return PIECE - len(b"'UN")
            seen = max(1, stream.left - len(b"'UN"))
            if not stream.more():
                return stream.left
