"""Reads a payload interchange by interchange: parts, and findings about what holds them.

A partner's file is judged, not crashed on: whatever the bytes, every transaction becomes a part, and what belongs
to none becomes a part without document, so that nothing is silently fewer. Only a payload that is no X12 at all,
or that breaks a limit, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.contents import PIECE, Contents, Item
from crossdock.codecs.x12.envelope import NO_GROUP, Interchange, facts_of
from crossdock.codecs.x12.findings import INTERCHANGE_KINDS
from crossdock.codecs.x12.header import LONGEST, Header, read_header, read_snippet
from crossdock.codecs.x12.progress import Account, Progress
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.codecs.x12.values import is_date, is_time
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Payload

BLANK = b" \t\r\n\x1a\x00"  # between interchanges, Ctrl-Z and NUL padding count as white space too
BOM = b"\xef\xbb\xbf"


class Reading:
    """One pass over a payload; ``accounts`` grows by one per interchange as the items are taken."""

    def __init__(self, payload: Payload, settings: Settings = DEFAULTS) -> None:
        self._stream = Stream(payload.chunks())
        self._progress = Progress(self._stream, settings)

    @property
    def accounts(self) -> list[Account]:
        """What became of each interchange so far."""
        return self._progress.accounts

    def __iter__(self) -> Iterator[Item]:
        if not self._stream.need(1):
            raise Reject("X101", "the payload is empty")
        if self._stream.starts(BOM):
            self._stream.pos += len(BOM)
            yield finding(INTERCHANGE_KINDS["bom"], Place(byte=0))
        self._stream.skip(BLANK)
        snippet = read_snippet(self._stream)
        if snippet is not None:
            yield finding(INTERCHANGE_KINDS["no_envelope"], Place(byte=self._stream.offset))
            yield from self._contents(Interchange((), b"", snippet.marks))
        while True:
            yield from self._garbage()
            header = self._header()
            if header is None:
                break
            self._stream.pos += header.length
            yield from _header_findings(header)
            yield from self._contents(header.interchange)
        if not self.accounts:
            raise Reject("X102", "the payload has no readable ISA segment: it is no X12 interchange")

    def _header(self) -> Header | None:
        stream = self._stream
        if not stream.starts(b"ISA"):
            return None
        stream.need(LONGEST)
        return read_header(bytes(stream.data[stream.pos : stream.pos + LONGEST]), stream.offset)

    def _contents(self, interchange: Interchange) -> Iterator[Item]:
        account = Account(interchange.control, facts_of(interchange, NO_GROUP))
        self.accounts.append(account)
        yield from Contents(self._progress, interchange, account).items()

    def _garbage(self) -> Iterator[Item]:
        """Moves to the next readable ISA, or to the end, telling what was passed over."""
        stream = self._stream
        stream.skip(BLANK)
        start, passed = stream.offset, bytearray()
        while stream.need(1) and self._header() is None:
            passed += stream.take(self._to_next_isa())
            if len(passed) >= PIECE:
                yield from self._passed_over(bytes(passed), start)
                start = stream.offset
                passed.clear()
        if passed:
            yield from self._passed_over(bytes(passed), start)

    def _passed_over(self, raw: bytes, start: int) -> Iterator[Item]:
        if self.accounts:
            kind = INTERCHANGE_KINDS["isa_broken" if raw.startswith(b"ISA") else "garbage"]
            yield self._progress.lost(raw, start, kind, actual=len(raw))
        elif self._stream.left:
            yield finding(INTERCHANGE_KINDS["preamble"], Place(byte=start), actual=len(raw))

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


def _header_findings(header: Header) -> Iterator[Finding]:
    interchange = header.interchange
    isa = interchange.elements
    place = Place(byte=interchange.offset)
    if header.odd_widths:
        elements = ", ".join(f"ISA{position:02}" for position in header.odd_widths)
        yield finding(INTERCHANGE_KINDS["isa_length"], place, elements=elements)
    if header.wrapped:
        yield finding(INTERCHANGE_KINDS["isa_wrapped"], place)
    if header.same_separator:
        yield finding(INTERCHANGE_KINDS["same_separator"], place)
    if not is_date(isa[9]):
        yield finding(INTERCHANGE_KINDS["isa_date"], place, value=isa[9])
    if not is_time(isa[10]):
        yield finding(INTERCHANGE_KINDS["isa_time"], place, value=isa[10])
    if not (isa[13].isascii() and isa[13].isdigit()):
        yield finding(INTERCHANGE_KINDS["isa_control"], place, value=isa[13])
    if isa[15] not in ("P", "T", "I"):
        yield finding(INTERCHANGE_KINDS["isa_usage"], place, value=isa[15])
