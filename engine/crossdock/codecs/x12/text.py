"""From the bytes of a transaction to its segments as text, and from a segment's number back to its bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crossdock.codecs.x12.delimiters import BLANKS, Delimiters, unprintable


@dataclass(slots=True, eq=False)
class Text:
    """The segments of a transaction.

    ``plain``: printable ASCII without components or repetitions. ``latin``: was no UTF-8. ``wrapped``: line breaks
    stood inside segments.
    """

    segments: list[str]
    plain: bool
    latin: bool = False
    wrapped: bool = False
    blank: bool = False


class Splitter:
    """Splits the bytes of a transaction (with or without the last terminator) by given delimiters."""

    def __init__(self, marks: Delimiters) -> None:
        self._marks = marks
        self._end = marks.terminator
        self._newline = marks.newline
        self._inner = tuple(mark for mark in (marks.component, marks.repetition) if mark)
        self._ascii = marks.separators.isascii()
        delimiters = (marks.separators + marks.newline).encode("latin-1", "ignore")
        self._expected = bytes(range(32, 127)) + delimiters  # every byte of a plain transaction
        self._between = re.compile(re.escape(marks.terminator) + r"[ \t\r\n]+")

    def split(self, raw: bytes) -> Text:
        """The segments; blank ones are left out."""
        end = self._end
        if not self._ascii or raw.translate(None, self._expected):
            return self._unusual(raw)
        text = raw.decode("ascii")
        if self._newline:
            text = text.replace(end + self._newline, end)
        if end + " " in text or (self._newline and self._newline[-1] in text):
            return self._unusual(raw)
        segments = text.split(end)
        if not segments[-1]:
            segments.pop()
        blank = "" in segments
        if blank:
            segments = [segment for segment in segments if segment]
        for mark in self._inner:
            if mark in text:
                return Text(segments, plain=False, blank=blank)
        return Text(segments, plain=True, blank=blank)

    def _unusual(self, raw: bytes) -> Text:
        """The same for other characters, stray white space and wrapped lines."""
        text, latin = self._decoded(raw)
        text = self._between.sub(lambda match: self._end, text)
        breaks = "" if self._end in "\r\n" else self._marks.breaks
        wrapped = any(newline in text for newline in breaks)
        if wrapped:
            text = text.replace(breaks[0], "").replace(breaks[-1], "")
        plain = self._is_plain(text)
        text = text.lstrip(" \t\r\n")
        segments = [segment for segment in text.split(self._end) if segment]
        blank = self._end not in "\r\n" and (text.startswith(self._end) or self._end * 2 in text)
        return Text(segments, plain, latin, wrapped, blank)

    def _decoded(self, raw: bytes) -> tuple[str, bool]:
        """(text, whether it had to be read as ISO 8859-1: always, unremarked, where a delimiter is no ASCII)."""
        if not self._ascii:
            return raw.decode("latin-1"), False
        try:
            return raw.decode("utf-8"), False
        except UnicodeDecodeError:
            return raw.decode("latin-1"), True

    def _is_plain(self, text: str) -> bool:
        if any(mark in text for mark in self._inner) or not text.isascii():
            return False
        for mark in unprintable(self._marks):
            text = text.replace(mark, "")
        return text.isprintable()


def segment_offsets(raw: bytes, marks: Delimiters) -> list[int]:
    """Where each segment of ``raw`` begins, blank ones left out as ``segments_in`` leaves them out."""
    end = marks.terminator.encode("latin-1")
    offsets: list[int] = []
    start = 0
    while start < len(raw):
        stop = raw.find(end, start)
        stop = len(raw) if stop < 0 else stop
        segment = raw[start:stop]
        if segment.strip(BLANKS):
            offsets.append(start + len(segment) - len(segment.lstrip(BLANKS)))
        start = stop + 1
    return offsets


def element_offset(raw: bytes, start: int, position: int, marks: Delimiters) -> int:
    """Where element ``position`` of the segment at ``start`` begins; the segment itself where it has fewer."""
    mark, end = marks.element.encode("latin-1"), marks.terminator.encode("latin-1")
    stop = raw.find(end, start)
    stop = len(raw) if stop < 0 else stop
    at = start
    for _ in range(position):
        hit = raw.find(mark, at, stop)
        if hit < 0:
            return start
        at = hit + 1
    return at
