"""From the bytes of a transaction to its segments as text, and from a segment's number back to its bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crossdock.codecs.x12.delimiters import Delimiters, unprintable


@dataclass(frozen=True, slots=True)
class Text:
    """The segments of a transaction.

    ``plain``: printable ASCII without components or repetitions. ``latin``: was no UTF-8. ``wrapped``: line breaks
    stood inside segments.
    """

    segments: list[str]
    plain: bool
    latin: bool = False
    wrapped: bool = False


def decoded(raw: bytes, marks: Delimiters) -> tuple[str, bool]:
    """(text, whether it had to be read as ISO 8859-1: always where a delimiter is no ASCII character)."""
    if not marks.separators.isascii():
        return raw.decode("latin-1"), False
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError:
        return raw.decode("latin-1"), True


@lru_cache(maxsize=64)
def _between(terminator: str) -> re.Pattern[str]:
    return re.compile(re.escape(terminator) + r"\s+")


def _unwrapped(text: str, end: str) -> tuple[str, bool]:
    """(text without white space between segments and line breaks inside them, whether there were any inside)."""
    text = _between(end).sub(lambda match: end, text)
    wrapped = end not in "\r\n" and ("\n" in text or "\r" in text)
    return (text.replace("\r", "").replace("\n", ""), True) if wrapped else (text, False)


def _is_clean(text: str, marks: Delimiters) -> bool:
    for mark in unprintable(marks):
        text = text.replace(mark, "")
    return text.isprintable()


@lru_cache(maxsize=64)
def _expected(marks: Delimiters) -> bytes:
    """Every byte of a plain transaction: printable ASCII and the delimiters."""
    return bytes(range(32, 127)) + (marks.separators + marks.newline).encode("latin-1", "ignore")


def segments_in(raw: bytes, marks: Delimiters) -> Text:
    """Splits ST…SE (with or without the last terminator)."""
    if raw.translate(None, _expected(marks)) or not marks.separators.isascii():
        return _unusual_segments(raw, marks)
    end = marks.terminator
    text = raw.decode("ascii").replace(marks.end, end) if marks.newline else raw.decode("ascii")
    if f"{end} " in text or (marks.newline and marks.newline[-1] in text):
        return _unusual_segments(raw, marks)
    segments = text.split(end)
    if not segments[-1]:
        segments.pop()
    if "" in segments:
        segments = [segment for segment in segments if segment]
    plain = not (marks.component and marks.component in text) and not (marks.repetition and marks.repetition in text)
    return Text(segments, plain)


def _unusual_segments(raw: bytes, marks: Delimiters) -> Text:
    """The same for other characters, stray white space and wrapped lines."""
    text, latin = decoded(raw, marks)
    text, wrapped = _unwrapped(text, marks.terminator)
    plain = text.isascii() and _is_clean(text, marks)
    if any(mark and mark in text for mark in (marks.component, marks.repetition)):
        plain = False
    segments = [segment for segment in text.lstrip().split(marks.terminator) if segment]
    return Text(segments, plain, latin, wrapped)


def segment_offsets(raw: bytes, marks: Delimiters) -> list[int]:
    """Where each segment of ``raw`` begins, blank ones left out as ``segments_in`` leaves them out."""
    end = marks.terminator.encode("latin-1")
    offsets: list[int] = []
    start = 0
    while start < len(raw):
        stop = raw.find(end, start)
        stop = len(raw) if stop < 0 else stop
        segment = raw[start:stop]
        if segment.strip():
            offsets.append(start + len(segment) - len(segment.lstrip()))
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
