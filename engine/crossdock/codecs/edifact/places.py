"""Where things stand: segments and elements by their bytes, and JSON pointers back to the payload.

Positions are worked out only when there is something to say or someone asks: the message is followed once more.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.ruler import Ruler
from crossdock.codecs.edi.tracking import nearest, tracked
from crossdock.codecs.edifact.charsets import Charset
from crossdock.codecs.edifact.closer_look import Sight
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.structure import pointers_of
from crossdock.codecs.edifact.text import segment_offsets, splitter, value_offset
from crossdock.errors import Place


class EdifactRuler(Ruler):
    """Knows release characters."""

    def __init__(self, data: bytes, offset: int, marks: Delimiters) -> None:
        super().__init__(data, offset)
        self._marks = marks

    def segments(self) -> Sequence[int]:
        """Where each segment begins."""
        return segment_offsets(self._data, self._marks)

    def value(self, start: int, position: int, component: int) -> int:
        """Where an element or component begins."""
        return value_offset(self._data, start, position, component, self._marks)


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
    ruler = EdifactRuler(data, offset, marks)
    if not (element.startswith(tag) and digits.isdecimal() and len(digits) in (2, 4)):
        return ruler.place(index, None, pointer=pointer)
    return ruler.place(index, element, int(digits[:2]), int(digits[2:] or 0), pointer)
