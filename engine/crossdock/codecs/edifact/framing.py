"""Cuts segments, messages and objects out of the stream without looking inside, and keeps the limits."""

from __future__ import annotations

from crossdock.codecs.edi.limits import of_word, too_long
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.edifact.delimiters import BLANKS, Delimiters
from crossdock.codecs.edifact.settings import Settings
from crossdock.codecs.edifact.text import released


class Framing:
    """What comes next in an interchange with given delimiters."""

    def __init__(self, stream: Stream, marks: Delimiters, settings: Settings) -> None:
        self._stream = stream
        self._settings = settings
        self.blank = False  # empty segments were passed over; empty lines are none
        self._terminator = marks.terminator.encode("latin-1")
        self._element = marks.element.encode("latin-1")
        self._release = marks.release.encode("latin-1")
        self._blanks = bytes(byte for byte in BLANKS if byte not in self._terminator + self._element)
        self._after_tag = self._terminator + self._element

    def message_next(self) -> bool:
        """Moves to the next segment; whether it is UNH."""
        self._skip()
        return self._is(b"UNH")

    def object_next(self) -> bool:
        """Whether the next segment is UNO."""
        return self._is(b"UNO")

    def closing_next(self) -> bool:
        """Moves to the next segment; whether it is UNP."""
        self._skip()
        return self._is(b"UNP")

    def at_end(self) -> bool:
        """Whether the payload ends here."""
        self._skip()
        return not self._stream.need(1)

    def interchange_next(self) -> bool:
        """Whether another UNA or UNB comes next (of whatever delimiters)."""
        stream = self._stream
        if stream.starts(b"UNB"):
            return stream.need(4) and not of_word(stream.data[stream.pos + 3])
        return stream.starts(b"UNA") and stream.need(9)

    def segment(self) -> bytes:
        """The next segment with its terminator, if it has one."""
        stream = self._stream
        seen = 0
        while True:
            end = self._end(stream.pos + seen)
            if end >= 0:
                return stream.take(end + 1 - stream.pos)
            seen = max(0, stream.left - 1)  # the last byte may release the next
            self._limit_segment(seen)
            if not stream.more():
                return stream.take(stream.left)

    def message(self) -> bytes:
        """UNH up to the end of the next UNT; up to the next UNH, or the end of the payload, where none comes before.

        It is not yet read.
        """
        stream = self._stream
        end = self._message_end()
        found = bytes(stream.data[stream.pos : end])
        self._limit_inner(found)
        return found

    def beginning(self, segments: int) -> bytes:
        """The first segments of what comes next, as far as there are so many. They are not yet read."""
        stream = self._stream
        while True:
            end = stream.pos - 1
            for _ in range(segments):
                end = self._end(end + 1)
                if end < 0:
                    break
            if end >= 0:
                return bytes(stream.data[stream.pos : end + 1])
            self._limit_message()
            if not stream.more():
                return bytes(stream.data[stream.pos :])

    def _message_end(self) -> int:
        """Where the message that begins here ends in the window, once it is there.

        Looks no further than the next UNH: however many messages have no UNT, each byte is looked at but once or twice.
        """
        stream = self._stream
        seen = 3
        while True:
            again = self._tag(b"UNH", stream.pos + seen)
            closing = self._tag(b"UNT", stream.pos + seen, again if again >= 0 else None)
            end = self._end(closing) if closing >= 0 else -1
            if end >= 0:
                return end + 1
            if again >= 0:
                return again
            seen = closing - stream.pos if closing >= 0 else max(3, stream.left - 3)
            self._limit_message()
            if not stream.more():
                return len(stream.data)

    def take_object(self, length: int) -> bytes:
        """The next bytes whatever they are; fewer where the payload ends."""
        if length > self._settings.message_limit:
            raise too_long("X204", "object", self._settings.message_limit, self._stream.offset)
        self._stream.need(length)
        return self._stream.take(length)

    def object_fits(self, length: int) -> bool:
        """Whether UNP comes right after so many bytes."""
        stream = self._stream
        if length > self._settings.message_limit or not stream.need(length + 3):
            return False
        return stream.data.startswith(b"UNP", stream.pos + length)

    def take_newline(self, newline: str) -> bytes:
        """The line break that belongs to the segment just taken."""
        wanted = newline.encode()
        return self._stream.take(len(wanted)) if wanted and self._stream.starts(wanted) else b""

    def _is(self, tag: bytes) -> bool:
        stream = self._stream
        return stream.starts(tag) and stream.need(4) and stream.data[stream.pos + 3] in self._after_tag

    def _end(self, start: int) -> int:
        """Where the terminator of the segment that goes on at ``start`` stands, or -1."""
        data = self._stream.data
        hit = data.find(self._terminator, start)
        if self._release:
            while hit >= 0 and released(data, hit, self._release):
                hit = data.find(self._terminator, hit + 1)
        return hit

    def _tag(self, tag: bytes, start: int, end: int | None = None) -> int:
        """Where the first segment with a tag begins at or after ``start``, or -1."""
        data = self._stream.data
        stop = len(data) if end is None else end
        hit = data.find(tag, start, stop)
        while hit >= 0 and not self._begins_segment(hit, stop):
            hit = data.find(tag, hit + 1, stop)
        return hit

    def _begins_segment(self, at: int, stop: int) -> bool:
        data = self._stream.data
        if at + 3 >= stop or data[at + 3] not in self._after_tag:
            return False
        before = at - 1
        while data[before] in self._blanks and before > self._stream.pos:
            before -= 1
        return data[before] == self._terminator[0] and not (self._release and released(data, before, self._release))

    def _skip(self) -> None:
        """Moves over white space, and empty segments too."""
        stream = self._stream
        stream.skip(self._blanks)
        if stream.data.startswith(self._terminator, stream.pos):
            self.blank = self.blank or self._terminator not in (b"\r", b"\n")
            stream.skip(self._blanks + self._terminator)

    def _limit_inner(self, found: bytes) -> None:
        if len(found) > self._settings.message_limit:
            raise too_long("X204", "message", self._settings.message_limit, self._stream.offset)
        if len(found) > self._settings.segment_limit:
            self._limit_segment(max(map(len, found.split(self._terminator))))

    def _limit_segment(self, length: int) -> None:
        if length > self._settings.segment_limit:
            raise too_long("X203", "segment", self._settings.segment_limit, self._stream.offset)

    def _limit_message(self) -> None:
        data = self._stream.data
        self._limit_segment(len(data) - max(data.rfind(self._terminator), self._stream.pos))
        if self._stream.left > self._settings.message_limit:
            raise too_long("X204", "message", self._settings.message_limit, self._stream.offset)
