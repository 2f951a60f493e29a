"""Where interchanges of EDIFACT begin (edi/entrance.py finds them): with UNA or UNB, or without either."""

from __future__ import annotations

import re

from crossdock.codecs.edi.entrance import Entrance
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.edifact.header import LONGEST, Header, read_header, read_snippet

BEGINNINGS = (b"UNA", b"UNB", b"UNH", b"UNG", b"UNO")
_BEGINNING = re.compile(rb"UN[AB]|[\s'\x1c]UN[HGO]")


def entrance(stream: Stream) -> Entrance[Header]:
    """The entrance to each interchange of a stream, and to each message without one."""
    return Entrance(stream, _BEGINNING, _header)


def _header(stream: Stream) -> Header | None:
    """The UNA and UNB that come next; without UNB it has no elements."""
    if not any(map(stream.starts, BEGINNINGS)):
        return None
    stream.need(LONGEST)
    data = bytes(stream.data[stream.pos : stream.pos + LONGEST])
    return read_header(data, stream.offset) or read_snippet(data, stream.offset)
