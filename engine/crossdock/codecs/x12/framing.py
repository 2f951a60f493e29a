"""Cuts segments and transactions out of the stream without looking inside, and keeps the limits."""

from __future__ import annotations

from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.delimiters import BLANKS, Delimiters
from crossdock.codecs.x12.settings import Settings
from crossdock.errors import Finding, Place, Reject


class Framing:
    """What comes next in an interchange with given delimiters."""

    def __init__(self, stream: Stream, marks: Delimiters, settings: Settings) -> None:
        self._stream = stream
        self._settings = settings
        self._terminator = marks.terminator.encode("latin-1")
        self._element = marks.element.encode("latin-1")
        self._blanks = bytes(byte for byte in BLANKS if byte not in self._terminator + self._element)
        self._se = b"SE" + self._element
        self._st = b"ST" + self._element

    def transaction_next(self) -> bool:
        """Moves to the next segment; whether it is ST."""
        self._skip()
        return self._stream.starts(self._st)

    def at_end(self) -> bool:
        """Whether the payload ends here."""
        self._skip()
        return not self._stream.need(1)

    def interchange_next(self) -> bool:
        """Whether another ISA comes next (of whatever delimiters)."""
        return (
            self._stream.starts(b"ISA") and self._stream.need(4) and not _word(self._stream.data[self._stream.pos + 3])
        )

    def segment(self) -> bytes:
        """The next segment with its terminator, if it has one."""
        stream = self._stream
        seen = 0
        while True:
            end = stream.data.find(self._terminator, stream.pos + seen)
            if end >= 0:
                return stream.take(end + 1 - stream.pos)
            seen = stream.left
            self._limit_segment(seen)
            if not stream.more():
                return stream.take(seen)

    def transaction(self) -> bytes:
        """ST up to the end of the next SE; up to the end of the payload where none comes. It is not yet read."""
        stream = self._stream
        seen = 2
        while True:
            closing = self._closing(stream.pos + seen)
            end = stream.data.find(self._terminator, closing) if closing >= 0 else -1
            if end >= 0:
                found = bytes(stream.data[stream.pos : end + 1])
                self._limit_inner(found)
                return found
            seen = closing - stream.pos if closing >= 0 else max(2, stream.left - len(self._se))
            self._limit_transaction()
            if not stream.more():
                return bytes(stream.data[stream.pos :])

    def _closing(self, start: int) -> int:
        """Where the first SE segment at or after ``start`` begins, or -1."""
        data = self._stream.data
        hit = data.find(self._se, start)
        while hit >= 0 and not self._begins_segment(hit):
            hit = data.find(self._se, hit + 1)
        return hit

    def _begins_segment(self, at: int) -> bool:
        data = self._stream.data
        before = at - 1
        while data[before] in self._blanks and before > self._stream.pos:
            before -= 1
        return data[before] == self._terminator[0]

    def _skip(self) -> None:
        stream = self._stream
        if self._terminator in (b"\r", b"\n"):
            stream.skip(self._blanks + self._terminator)  # empty lines
        else:
            stream.skip(self._blanks)

    def _limit_inner(self, found: bytes) -> None:
        if len(found) > self._settings.transaction_limit:
            raise _too_long("X104", "transaction", self._settings.transaction_limit, self._stream.offset)
        if len(found) > self._settings.segment_limit:
            self._limit_segment(max(map(len, found.split(self._terminator))))

    def _limit_segment(self, length: int) -> None:
        if length > self._settings.segment_limit:
            raise _too_long("X103", "segment", self._settings.segment_limit, self._stream.offset)

    def _limit_transaction(self) -> None:
        data = self._stream.data
        self._limit_segment(len(data) - max(data.rfind(self._terminator), self._stream.pos))
        if self._stream.left > self._settings.transaction_limit:
            raise _too_long("X104", "transaction", self._settings.transaction_limit, self._stream.offset)


def _word(byte: int) -> bool:
    return chr(byte).isalnum() and byte < 128  # noqa: PLR2004 - ASCII


def _too_long(code: str, what: str, limit: int, byte: int) -> Reject:
    said = Finding(
        code=code,
        message=f"a {what} is longer than {limit} bytes",
        place=Place(byte=byte),
        hint="the limit guards memory; is the segment terminator right?",
    )
    return Reject.of([said])
