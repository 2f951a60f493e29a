"""A payload in which X12 and EDIFACT follow each other, as mailboxes hand it out: each standard is read by itself.

Only the end of one standard's interchange right before the beginning of the other's divides it: such words inside a
value do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crossdock.codecs.contract import Part
from crossdock.errors import Finding, Place
from crossdock.message import Payload
from crossdock.partner.ids import EDIFACT, X12

_OPENS = re.compile(rb"(ISA[^A-Za-z0-9])|UN(?:A|B[^A-Za-z0-9])")
#: By the standard that is read: the tag of the end of its interchanges, and that end with the other one's beginning.
_ENDS = {
    X12: (b"IEA", re.compile(rb"IEA([^\sA-Za-z0-9])\d{1,5}\1\w{1,14}\W\s*(?=UN(?:A|B[^A-Za-z0-9]))")),
    EDIFACT: (
        b"UNZ",
        re.compile(rb"UNZ([^\sA-Za-z0-9])\d{1,6}\1[^\r\n]{1,14}?[^\w\s]\s*(?=ISA[^A-Za-z0-9])"),
    ),
}
_OVERLAP = 128  # bytes: longer than what divides, but for blank lines without end


@dataclass(frozen=True, slots=True)
class Run:
    """The bytes of a payload from ``start`` to ``end``."""

    payload: Payload
    start: int
    end: int

    @property
    def size(self) -> int:
        """How many there are."""
        return self.end - self.start

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning."""
        at = 0
        for chunk in self.payload.chunks():
            piece = chunk[max(0, self.start - at) : max(0, self.end - at)]
            if piece:
                yield piece
            at += len(chunk)
            if at >= self.end:
                return

    def placed(self, finding: Finding) -> Finding:
        """The finding with its place in the whole payload."""
        return replace(finding, place=self._placed(finding.place)) if self.start else finding

    def part(self, part: Part) -> Part:
        """The part with its places in the whole payload."""
        if not self.start:
            return part
        place = part.place
        return replace(
            part,
            findings=tuple(map(self.placed, part.findings)),
            place=lambda pointer: self._found(place(pointer)),
        )

    def _found(self, place: Place | None) -> Place | None:
        return None if place is None else self._placed(place)

    def _placed(self, place: Place) -> Place:
        return place if place.byte is None else replace(place, byte=place.byte + self.start)


def runs(payload: Payload) -> Iterator[Run]:
    """What of a payload is of one standard, in order; nearly always all of it."""
    start = 0
    for end in _divisions(payload):
        yield Run(payload, start, end)
        start = end
    yield Run(payload, start, payload.size)


def _divisions(payload: Payload) -> Iterator[int]:
    """Where the other standard begins."""
    window, at, standard = b"", 0, ""
    for chunk in payload.chunks():
        window += chunk
        standard = standard or _opened(window)
        last = 0
        while standard and (end := _end(window, last, standard)):
            last, standard = end, EDIFACT if standard == X12 else X12
            yield at + last
        kept = min(len(window) - last, _OVERLAP)
        at += len(window) - kept
        window = window[len(window) - kept :]


def _opened(window: bytes) -> str:
    hit = _OPENS.search(window)
    if hit is None:
        return ""
    return X12 if hit[1] else EDIFACT


def _end(window: bytes, start: int, standard: str) -> int:
    """Where the next interchange of the other standard begins, or 0."""
    tag, division = _ENDS[standard]
    found = window.find(tag, start)  # many times as fast as the expression alone
    while found >= 0:
        hit = division.match(window, found)
        if hit is not None:
            return hit.end()
        found = window.find(tag, found + 1)
    return 0
