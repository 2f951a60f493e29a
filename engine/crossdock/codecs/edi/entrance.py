"""Finds the interchanges of a payload: past a byte order mark, other text, and whatever stands between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from crossdock.codecs.edi.stream import Stream

BLANK = b" \t\r\n\x1a\x00"  # between interchanges, Ctrl-Z and NUL padding count as white space too
BOM = b"\xef\xbb\xbf"
PIECE = 1024 * 1024  # bytes that are passed over at a time
TAG = 3  # bytes of a tag that begins an interchange, at the end of what is searched for
OVERLAP = TAG  # bytes at the end of what was searched in which such a tag, and what stands before it, may begin


class Measured(Protocol):
    """The header of an interchange."""

    @property
    def length(self) -> int:
        """How many bytes it takes."""
        ...


H = TypeVar("H", bound=Measured)


class Entrance(Generic[H]):
    """Where the next interchange of a stream begins. Between two calls its user reads what is inside.

    ``beginning`` finds what may begin an interchange by the tag it ends with; ``read`` gives the header that the stream
    stands at, if it does.
    """

    def __init__(self, stream: Stream, beginning: re.Pattern[bytes], read: Callable[[Stream], H | None]) -> None:
        self._stream = stream
        self._beginning = beginning
        self._read = read

    def bom(self) -> bool:
        """Moves over a byte order mark, if there is one."""
        found = self._stream.starts(BOM)
        if found:
            self._stream.pos += len(BOM)
        self._stream.skip(BLANK)
        return found

    def passed_over(self) -> Iterator[tuple[bytes, int]]:
        """Moves to the next readable header or to the end; (bytes, offset) of what belongs to no interchange."""
        stream = self._stream
        stream.skip(BLANK)
        start, passed = stream.offset, bytearray()
        while stream.need(1) and self._read(stream) is None:
            passed += stream.take(self._to_next())
            if len(passed) >= PIECE:
                yield bytes(passed), start
                start = stream.offset
                passed.clear()
        if passed:
            yield bytes(passed), start

    def header(self) -> H | None:
        """Moves over the header that comes next; None where nothing does."""
        header = self._read(self._stream)
        if header is not None:
            self._stream.pos += header.length
        return header

    def headers(self) -> Iterator[H]:
        """Every header, whatever stands between the interchanges."""
        while True:
            for _ in self.passed_over():
                continue
            header = self.header()
            if header is None:
                return
            yield header

    def _to_next(self) -> int:
        """How many bytes to pass over to come to something that may begin an interchange; at most a piece."""
        stream = self._stream
        seen = 1
        while True:
            match = self._beginning.search(stream.data, stream.pos + seen, stream.pos + PIECE)
            if match is not None:
                return match.end() - TAG - stream.pos
            if stream.left >= PIECE:
                return PIECE - OVERLAP
            seen = max(1, stream.left - OVERLAP)
            if not stream.more():
                return stream.left
