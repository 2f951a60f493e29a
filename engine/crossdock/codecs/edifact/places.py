"""Where things stand: segments and elements by their bytes, and JSON pointers back to the payload.

Positions are worked out only when there is something to say or someone asks: the message is followed once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.tracking import nearest, tracked
from crossdock.codecs.edifact.charsets import Charset
from crossdock.codecs.edifact.closer_look import Sight
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.structure import pointers_of
from crossdock.codecs.edifact.text import segment_offsets, splitter, value_offset
from crossdock.errors import Place


class Ruler:
    """Measures one message: segment numbers count from 1 (UNH), bytes from the beginning of the payload."""

    def __init__(self, data: bytes, offset: int, marks: Delimiters) -> None:
        self._data = data
        self._offset = offset
        self._marks = marks

    @cached_property
    def _starts(self) -> list[int]:
        return segment_offsets(self._data, self._marks)

    def place(
        self,
        segment: int,
        element: str | None = None,
        position: int = 0,
        component: int = 0,
        pointer: str | None = None,
    ) -> Place:
        """The place of segment ``segment`` (0 is UNH), or of one of its elements or components."""
        if segment >= len(self._starts):
            byte = len(self._data)
        else:
            byte = value_offset(self._data, self._starts[segment], position, component, self._marks)
        return Place(segment=segment + 1, byte=self._offset + byte, element=element, pointer=pointer)


def segment_pointers(segments: Sequence[str], grammar: Grammar | None, charset: Charset) -> Sequence[tuple[str, int]]:
    """(JSON pointer, index) of each segment after UNH."""
    if grammar is None:
        return pointers_of(segments)
    return tracked(grammar, segments, Sight(charset)).pointers


def place_of(
    pointer: str, data: bytes, offset: int, marks: Delimiters, charset: Charset, grammar: Grammar | None
) -> Place | None:
    """Where the value at a JSON pointer of the document stands in the payload; None for what no byte stands for.

    The empty pointer is the document: it begins with its UNH.
    """
    if not pointer:
        return Place(byte=offset, element="UNH")
    body = splitter(marks, charset).split(data).segments[1:]
    found = nearest(pointer, segment_pointers(body, grammar, charset))
    if found is None:
        return None
    path, index = found
    tag = next(word for word in reversed(path.split("/")) if not word.isdigit()).partition("_")[0]
    element = pointer[len(path) + 1 :].partition("/")[0]
    digits = element.removeprefix(tag)
    ruler = Ruler(data, offset, marks)
    if not (element.startswith(tag) and digits.isdecimal() and len(digits) in (2, 4)):
        return ruler.place(index, None, pointer=pointer)
    return ruler.place(index, element, int(digits[:2]), int(digits[2:] or 0), pointer)
