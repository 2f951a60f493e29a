"""What can be judged of a message that no dictionary describes: its tags and its characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crossdock.codecs.edi.grammar import ElementFault, Fault
from crossdock.codecs.edi.walk import MOST_FAULTS
from crossdock.codecs.edifact.charsets import CONTROL, Charset
from crossdock.codecs.edifact.text import restored

_TAG = re.compile("[A-Z][A-Z0-9]{2}")  # ISO 9735-1, segment tag


def undescribed_faults(segments: Sequence[str], charset: Charset) -> list[Fault]:
    """The faults of a whole message, UNH first; elements with usual delimiters and stand-ins (text.py)."""
    found: list[Fault] = []
    for index, segment in enumerate(segments):
        if len(found) < MOST_FAULTS:
            found.extend(_faults(index, segment, charset))
    return found[:MOST_FAULTS]


def _faults(index: int, segment: str, charset: Charset) -> Iterator[Fault]:
    tag, *values = map(restored, segment.split("+"))
    if not _TAG.fullmatch(tag):
        yield Fault("unknown", index, tag, "", tag)
    for position, value in enumerate(values, start=1):
        kind = _wrong(value, charset)
        if kind:
            yield Fault(kind, index, tag, "", tag, ElementFault(kind, position, value=value))


def _wrong(value: str, charset: Charset) -> str:
    """Which kind of character a value holds that it may not; nothing where there is none."""
    if CONTROL.search(value):
        return "character"
    return "foreign" if charset.restricted and charset.foreign.search(value) else ""
