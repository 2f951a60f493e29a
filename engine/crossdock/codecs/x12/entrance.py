"""Where interchanges of X12 begin (edi/entrance.py finds them): with ISA, or in a snippet with GS or ST."""

from __future__ import annotations

import re

from crossdock.codecs.edi.entrance import Entrance
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.envelope import Interchange
from crossdock.codecs.x12.header import LONGEST, Header, read_header, read_snippet

_BEGINNING = re.compile(b"ISA")


def entrance(stream: Stream) -> Entrance[Header]:
    """The entrance to each interchange of a stream."""
    return Entrance(stream, _BEGINNING, _header)


def snippet(stream: Stream) -> Interchange | None:
    """What begins with GS or ST instead of ISA; the stream stands at it."""
    found = read_snippet(stream)
    return None if found is None else Interchange((), b"", found.marks, stream.offset)


def _header(stream: Stream) -> Header | None:
    if not stream.starts(b"ISA"):
        return None
    stream.need(LONGEST)
    return read_header(bytes(stream.data[stream.pos : stream.pos + LONGEST]), stream.offset)
