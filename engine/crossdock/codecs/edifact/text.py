"""From the bytes of a message to its segments as text, and from a segment's number back to its bytes.

Whatever an interchange uses, the text that goes on has the usual delimiters ``:``, ``+`` and ``'``, and a character
that is data although it looks like one (it stood behind the release character, or UNA named others) goes on as a
stand-in from the surrogate range, which no decoded text holds. So nothing downstream knows about release characters:
segments with a stand-in take the closer look, which puts the characters back. Most messages have none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from crossdock.codecs.edifact.charsets import CONTROL, Charset, decoded, odd_pattern
from crossdock.codecs.edifact.delimiters import BLANKS, Delimiters

STAND_IN = 0xD800  # plus the character, of 8 bits
REPEAT = "\udfff"  # stands for the repetition separator, so that its segment takes the closer look
_BACK = {STAND_IN + code: code for code in range(256)}
_BETWEEN = re.compile(r"'\s+")
_STANDS_IN = re.compile("[\ud800-\ud8ff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True, eq=False)
class Text:
    """The segments of a message, with usual delimiters.

    ``plain``: every character is of the set UNB names, and none stands in. ``released``: the same but for characters
    that stand in. ``codec`` is empty where the bytes were of that set. ``wrapped``: line breaks stood inside segments.
    ``needless``: release characters stood before characters that need none. ``blank``: there were empty segments.
    """

    segments: list[str]
    plain: bool
    released: bool = False
    codec: str = ""
    wrapped: bool = False
    needless: bool = False
    blank: bool = False

    @property
    def oddities(self) -> tuple[str, ...]:
        """The kinds of findings about how it was sent; it is written otherwise."""
        said = (("wrapped", self.wrapped), ("needless", self.needless), ("blank", self.blank))
        return tuple(kind for kind, so in said if so)


def ends_needlessly(segment: str) -> bool:
    """Whether a segment, or an element of it, ends with separators that should be left out."""
    return segment.endswith(("+", ":")) or ":+" in segment


def restored(value: str) -> str:
    """A value with the characters that stand-ins stand for."""
    return value.translate(_BACK) if _STANDS_IN.search(value) else value


def standing_in(value: str, marks: Delimiters) -> str:
    """A value as it goes among usual delimiters: stand-ins for what would be taken for a delimiter, here or there."""
    table = _table_in(marks)
    return value.translate(table) if any(char in value for char in map(chr, table)) else value


@cache
def _table_in(marks: Delimiters) -> dict[int, str]:
    return {ord(char): _stand_in(char) for char in ":+'" + marks.active}


@cache
def _table_out(marks: Delimiters) -> dict[int, str]:
    table = {STAND_IN + code: (marks.release if chr(code) in marks.active else "") + chr(code) for code in range(256)}
    table.update({ord(":"): marks.component, ord("+"): marks.element, ord(REPEAT): marks.repetition})
    return table


def as_sent(segment: str, marks: Delimiters) -> str:
    """A segment among usual delimiters as an interchange with these delimiters sends it, without its terminator."""
    if marks.usual and not _SURROGATE.search(segment):
        return segment
    return segment.translate(_table_out(marks))


def _stand_in(char: str) -> str:
    return chr(STAND_IN + ord(char)) if ord(char) < 256 else char  # noqa: PLR2004 - delimiters are of 8 bits


class Splitter:
    """Splits the bytes of a message (with or without the last terminator) by given delimiters."""

    def __init__(self, marks: Delimiters, charset: Charset) -> None:
        self._marks = marks
        self._charset = charset
        self._odd = odd_pattern(charset)
        self._allowed = bytes(set(charset.allowed + (marks.separators + marks.newline).encode("latin-1")))
        special = marks.release + marks.repetition
        self._special = special.encode("latin-1")
        if special:
            self._allowed = bytes(byte for byte in self._allowed if byte not in self._special)
        self._end = "'" + marks.newline
        self._released = re.compile(re.escape(marks.release) + "(.)", re.DOTALL) if marks.release else None
        self._usual = self._table(marks)

    @staticmethod
    def _table(marks: Delimiters) -> dict[int, str]:
        """From the interchange's delimiters to the usual ones, all at once."""
        table = {ord(char): _stand_in(char) for char in ":+'"}
        table.update({ord(marks.component): ":", ord(marks.element): "+", ord(marks.terminator): "'"})
        if marks.repetition:
            table[ord(marks.repetition)] = REPEAT
        return {code: char for code, char in table.items() if chr(code) != char}

    def split(self, raw: bytes) -> Text:
        """The segments; blank ones are left out."""
        if not self._marks.usual or raw.translate(None, self._allowed):
            return self._unusual(raw)
        try:
            text = raw.decode(self._charset.codec)
        except UnicodeDecodeError:
            return self._unusual(raw)
        newline = self._marks.newline
        if newline:
            text = text.replace(self._end, "'")
        if "' " in text or (newline and newline[-1] in text):
            return self._unusual(raw)
        segments = text.split("'")
        if not segments[-1]:
            segments.pop()
        blank = "" in segments
        if blank:
            segments = [segment for segment in segments if segment]
        return Text(segments, plain=text.isascii() or CONTROL.search(text) is None, blank=blank)

    def _unusual(self, raw: bytes) -> Text:
        """The same for release characters, other delimiters and characters, stray white space and wrapped lines."""
        found = decoded(raw, self._charset)
        text, needless = self._standing_in(found.text)
        text = _BETWEEN.sub("'", text)
        wrapped = "\n" in text or "\r" in text
        if wrapped:
            text = text.replace("\r", "").replace("\n", "")
        plain = self._odd.search(text) is None
        text = text.lstrip(" \t")
        segments = [segment for segment in text.split("'") if segment]
        blank = text.startswith("'") or "''" in text
        return Text(segments, plain, not plain and self._only_released(text), found.codec, wrapped, needless, blank)

    def _only_released(self, text: str) -> bool:
        return REPEAT not in text and CONTROL.search(text) is None and self._charset.foreign.search(text) is None

    def _standing_in(self, text: str) -> tuple[str, bool]:
        """(the text without release characters, whether some were needless)."""
        needless = False
        if self._released is not None and self._marks.release in text:
            text, released = self._released.subn(lambda match: _stand_in(match[1]), text)
            needless = released > sum(text.count(_stand_in(mark)) for mark in self._marks.active)
        return (text.translate(self._usual) if self._usual else text), needless

    def odd(self, segment: str) -> bool:
        """Whether a segment of a text that is not plain needs the closer look."""
        return self._odd.search(segment) is not None


@lru_cache(maxsize=128)
def splitter(marks: Delimiters, charset: Charset) -> Splitter:
    """The splitter for an interchange; those that look alike share one."""
    return Splitter(marks, charset)


def released(raw: bytes | bytearray, at: int, release: bytes) -> bool:
    """Whether the byte at ``at`` stands behind a release character that is not itself released."""
    before = at - 1
    while before >= 0 and raw[before : before + 1] == release:
        before -= 1
    return (at - before) % 2 == 0


def segment_offsets(raw: bytes, marks: Delimiters) -> list[int]:
    """Where each segment of ``raw`` begins, blank ones left out as ``Splitter`` leaves them out."""
    end, release = marks.terminator.encode("latin-1"), marks.release.encode("latin-1")
    offsets: list[int] = []
    start = stop = 0
    while start < len(raw):
        stop = raw.find(end, stop)
        if stop >= 0 and release and released(raw, stop, release):
            stop += 1
            continue
        stop = len(raw) if stop < 0 else stop
        blank = len(raw[start:stop]) - len(raw[start:stop].lstrip(BLANKS))
        if start + blank < stop:
            offsets.append(start + blank)
        start = stop = stop + 1
    return offsets


def value_end(raw: bytes, start: int, marks: Delimiters, *, element: bool, component: bool) -> int:
    """Where what begins at ``start`` ends: a segment, or an ``element`` of it, or a ``component`` of one."""
    release = marks.release.encode("latin-1")
    ends = {marks.terminator.encode("latin-1")}
    ends |= {marks.element.encode("latin-1")} if element or component else set()
    ends |= {marks.component.encode("latin-1")} if component else set()
    at = start
    while at < len(raw) and raw[at : at + 1] not in ends:
        at += 2 if release and raw[at : at + 1] == release else 1
    return min(at, len(raw))


def value_offset(raw: bytes, start: int, position: int, component: int, marks: Delimiters) -> int:
    """Where an element or (``component`` from 1) component begins; the segment where it has fewer elements."""
    end, release = marks.terminator.encode("latin-1"), marks.release.encode("latin-1")
    element, inner = marks.element.encode("latin-1"), marks.component.encode("latin-1")
    at = start
    while at < len(raw) and position:
        char = raw[at : at + 1]
        if char == end:
            return start
        at += 2 if char == release and release else 1
        position -= char == element
    found = at
    while at < len(raw) and component > 1:
        char = raw[at : at + 1]
        if char in (end, element):
            return found
        at += 2 if char == release and release else 1
        component -= char == inner
    return at
