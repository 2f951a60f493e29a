"""A payload as a person sees it, and where in it the values of its documents stand.

Decoding knows nothing of this: a part tells the *place* of a value when it is asked (``Part.place``), and what is here
turns places into spans of the text. It is made for explaining one payload to one person, and takes its time.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Protocol, runtime_checkable

from crossdock.codecs.contract import Part
from crossdock.errors import Place

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands: its place, the characters of the text shown, the bytes of the payload.

    ``characters`` and ``data`` are None where only the place is known, ``data`` also where the text is not the payload
    but a picture of it (a workbook).
    """

    place: Place
    characters: Span | None = None
    data: Span | None = None


@runtime_checkable
class Showing(Protocol):
    """A codec that can show a payload with the spans of its values."""

    def shown(self, data: bytes) -> Shown:
        """The payload as text."""
        ...


class Shown:
    """The text of a payload in an encoding, or by a ``table`` of 256 characters."""

    def __init__(self, data: bytes, encoding: str = "utf-8", table: str | None = None) -> None:
        self.encoding = "latin-1" if table else codecs.lookup(encoding).name
        self._skipped = 0 if table else _bom(data, self.encoding)
        self._data = data
        self.text = (
            codecs.charmap_decode(data, "strict", table)[0] if table else _decoded(data[self._skipped :], self.encoding)
        )

    def spot(self, part: Part, pointer: str) -> Spot | None:
        """Where the value at a JSON pointer of the part's document stands; None for what the payload does not say."""
        place = part.place(pointer)
        return None if place is None else self.spot_of(place)

    def spot_of(self, place: Place) -> Spot:
        """The spans of a place that tells its length."""
        if place.length is None:
            return Spot(place)
        if place.byte is not None:
            data = (place.byte, place.byte + place.length)
            return Spot(place, (self.character(data[0]), self.character(data[1])), data)
        if place.line is None or place.column is None or place.line > len(self._lines):
            return Spot(place)
        start = self._lines[place.line - 1] + place.column - 1
        return self.spanning(place, (start, start + place.length))

    def spanning(self, place: Place, characters: Span) -> Spot:
        """A place with the characters it means, told with line, column and byte."""
        start, end = characters
        data = (self.byte(start), self.byte(end))
        line = bisect_right(self._lines, start)
        told = replace(place, line=line, column=start - self._lines[line - 1] + 1, byte=data[0])
        return Spot(told, characters, data)

    def character(self, byte: int) -> int:
        """The character that a byte of the payload belongs to."""
        offset = max(0, byte - self._skipped)
        return min(offset, len(self.text)) if self._single else bisect_right(self._sizes, offset) - 1

    def byte(self, character: int) -> int:
        """The byte of the payload at which a character begins."""
        return self._skipped + (character if self._single else self._sizes[min(character, len(self.text))])

    @cached_property
    def _single(self) -> bool:
        """Whether every character is one byte."""
        return len(self.text) == len(self._data) - self._skipped

    @cached_property
    def _sizes(self) -> list[int]:
        """The bytes before each character, and before the end."""
        return list(accumulate((_size(char, self.encoding) for char in self.text), initial=0))

    @cached_property
    def _lines(self) -> list[int]:
        """The character each line begins with."""
        return [0, *(at + 1 for at, char in enumerate(self.text) if char == "\n")]


def likely_encoding(data: bytes) -> str:
    """UTF-8 where the payload is that, else ISO 8859-1, which everything is."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _bom(data: bytes, encoding: str) -> int:
    """The length of a byte order mark, which is no part of the text."""
    marks = {"utf-8": codecs.BOM_UTF8, "utf-8-sig": codecs.BOM_UTF8}
    mark = marks.get(encoding, b"")
    return len(mark) if mark and data.startswith(mark) else 0


def _decoded(data: bytes, encoding: str) -> str:
    return data.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


def _size(char: str, encoding: str) -> int:
    """The bytes of one character; those of a lone byte that was no text is one."""
    if "\udc80" <= char <= "\udcff":
        return 1
    try:
        return len(char.encode("utf-16-le" if encoding == "utf-16" else encoding))
    except UnicodeEncodeError:
        return 1
