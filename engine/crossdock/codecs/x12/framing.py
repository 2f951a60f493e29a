"""Cuts segments and transactions out of the stream without looking inside, and keeps the limits.

What BIN and BDS carry is passed over by its announced length: it may hold delimiters, and SE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from crossdock.codecs.edi.limits import of_word, too_long
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.binary import BINARIES, LENGTH_DIGITS
from crossdock.codecs.x12.delimiters import BLANKS, Delimiters
from crossdock.codecs.x12.settings import Settings

Span = tuple[int, int]  # where binary data begins and ends in a transaction
LONGEST_MARK = 4  # bytes of BIN and its separator: what may begin at the end of what is there
LONGEST_HEAD = 64  # bytes of a BDS up to its data


@dataclass(slots=True, eq=False)
class Framed:
    """The bytes of a transaction. In ``masked``, of the same length, binary data is NULs."""

    data: bytes
    masked: bytes
    binaries: tuple[Span, ...] = ()

    def until(self, end: int) -> Framed:
        """Its beginning."""
        return Framed(self.data[:end], self.masked[:end], tuple(span for span in self.binaries if span[1] <= end))


class Framing:
    """What comes next in an interchange with given delimiters."""

    def __init__(self, stream: Stream, marks: Delimiters, settings: Settings) -> None:
        self._stream = stream
        self._settings = settings
        self._terminator = marks.terminator.encode("latin-1")
        self._element = marks.element.encode("latin-1")
        self._blanks = bytes(byte for byte in BLANKS if byte not in self._terminator + self._element)
        self._least_limit = min(settings.segment_limit, settings.transaction_limit)
        self._plain_st = b"ST" + self._element
        self._st = re.compile(_wrapped(b"ST") + self._after)
        self._landmark = re.compile(
            re.escape(self._terminator)
            + b"[ \t\r\n]*(?:(?P<end>%b)|(?P<other>%b|%b|%b|%b|%b)|(?P<binary>BIN|BDS))"
            % tuple(_wrapped(tag) for tag in (b"SE", b"ST", b"GS", b"GE", b"IEA", b"ISA"))
            + self._after
        )

    @property
    def _after(self) -> bytes:
        """What stands after a tag."""
        return b"[%b%b]" % (re.escape(self._element), re.escape(self._terminator))

    def transaction_next(self) -> bool:
        """Moves to the next segment; whether it is ST."""
        if self._stream.data.startswith(self._plain_st, self._stream.pos):
            return True
        self._skip()
        self._stream.need(LONGEST_HEAD)
        return self._st.match(self._stream.data, self._stream.pos) is not None

    def at_end(self) -> bool:
        """Whether the payload ends here."""
        self._skip()
        return not self._stream.need(1)

    def interchange_next(self) -> bool:
        """Whether another ISA comes next (of whatever delimiters)."""
        return (
            self._stream.starts(b"ISA")
            and self._stream.need(4)
            and not of_word(self._stream.data[self._stream.pos + 3])
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

    def beginning(self, segments: int) -> bytes:
        """So many segments of what comes, or what there is of them; not yet read."""
        stream = self._stream
        seen = 0
        for _ in range(segments):
            end = stream.data.find(self._terminator, stream.pos + seen)
            while end < 0:
                behind = stream.left
                self._limit_segment(behind - seen)
                if not stream.more():
                    return bytes(stream.data[stream.pos :])
                end = stream.data.find(self._terminator, stream.pos + behind)
            seen = end + 1 - stream.pos
        return bytes(stream.data[stream.pos : stream.pos + seen])

    def transaction(self) -> Framed:
        """ST up to the end of the next SE; up to the end of the payload where none comes. It is not yet read."""
        spans: list[Span] = []
        length = self._measure(spans)
        found = bytes(self._stream.data[self._stream.pos : self._stream.pos + length])
        masked = _masked(found, spans) if spans else found
        if length > self._least_limit:
            self._limit_inner(masked)
        return Framed(found, masked, tuple(spans))

    def pass_over(self) -> None:
        """Moves over a transaction."""
        length = self._measure([])
        self._stream.pos += length

    def _measure(self, spans: list[Span]) -> int:
        """Length of the transaction that begins here; ``spans`` receives where its binary data stands.

        It ends with SE, else before the next segment of an envelope, else with the payload.
        """
        stream = self._stream
        seen, behind = 2, 0  # relative to ST: the stream moves
        while True:
            hit = self._landmark.search(stream.data, stream.pos + seen)
            match None if hit is None else hit.lastgroup:
                case "binary":
                    seen, behind = self._over(cast("re.Match[bytes]", hit).start("binary") - stream.pos, spans, behind)
                    continue
                case "other":
                    return cast("re.Match[bytes]", hit).start("other") - stream.pos
                case "end":
                    closing = cast("re.Match[bytes]", hit)
                    end = stream.data.find(self._terminator, closing.end() - 1)
                    if end >= 0:
                        return end + 1 - stream.pos
                    seen = closing.start() - stream.pos
                case _:
                    last = stream.data.rfind(self._terminator, stream.pos + seen)
                    seen = last - stream.pos if last >= 0 else stream.left
            self._limit_transaction(behind)
            if not stream.more():
                return stream.left

    def _over(self, start: int, spans: list[Span], behind: int) -> Span:
        """(where to go on behind a BIN or BDS, where the last binary data ended); what is no length is no binary."""
        stream = self._stream
        stream.need(start + LONGEST_HEAD)
        head = bytes(stream.data[stream.pos + start : stream.pos + start + LONGEST_HEAD])
        position = BINARIES[head[:3].decode("ascii")]
        words = head.split(self._element, position)
        length = words[position - 1] if len(words) > position else b""
        if not (length.isdigit() and len(length) <= LENGTH_DIGITS):
            return start + LONGEST_MARK, behind
        begin = start + len(self._element.join(words[:position])) + 1
        end = begin + int(length)
        if end > self._settings.transaction_limit:
            raise too_long("X104", "transaction", self._settings.transaction_limit, stream.offset)
        if begin == end or not stream.need(end + 1) or stream.data[stream.pos + end] != self._terminator[0]:
            return start + LONGEST_MARK, behind
        spans.append((begin, end))
        return end, end

    def _skip(self) -> None:
        stream = self._stream
        if self._terminator in (b"\r", b"\n"):
            stream.skip(self._blanks + self._terminator)  # empty lines
        else:
            stream.skip(self._blanks)

    def _limit_inner(self, found: bytes) -> None:
        if len(found) > self._settings.transaction_limit:
            raise too_long("X104", "transaction", self._settings.transaction_limit, self._stream.offset)
        lengths = (len(one) for one in found.split(self._terminator) if b"\0" not in one)
        self._limit_segment(max(lengths, default=0))

    def _limit_segment(self, length: int) -> None:
        if length > self._settings.segment_limit:
            raise too_long("X103", "segment", self._settings.segment_limit, self._stream.offset)

    def _limit_transaction(self, behind: int) -> None:
        """``behind``: up to where binary data was passed over."""
        data, start = self._stream.data, self._stream.pos + behind
        self._limit_segment(len(data) - max(data.rfind(self._terminator, start), start))
        if self._stream.left > self._settings.transaction_limit:
            raise too_long("X104", "transaction", self._settings.transaction_limit, self._stream.offset)


def _wrapped(tag: bytes) -> bytes:
    """A tag that line breaks may stand in."""
    return b"".join(b"%c[\r\n]*" % letter for letter in tag)


def _masked(found: bytes, spans: list[Span]) -> bytes:
    masked = bytearray(found)
    for begin, end in spans:
        masked[begin:end] = bytes(end - begin)
    return bytes(masked)
