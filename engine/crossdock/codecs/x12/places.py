"""Where things stand: segments and elements by their bytes, and JSON pointers back to the payload.

Positions are worked out only when there is something to say or someone asks: the transaction is followed once more.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.ruler import Ruler
from crossdock.codecs.edi.tracking import nearest, tracked
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.structure import pointers_of
from crossdock.codecs.x12.text import Splitter, element_offset, segment_offsets
from crossdock.errors import Place


class X12Ruler(Ruler):
    """A component has the place of its element."""

    def __init__(self, data: bytes, offset: int, marks: Delimiters) -> None:
        super().__init__(data, offset)
        self._marks = marks

    def segments(self) -> Sequence[int]:
        """Where each segment begins."""
        return segment_offsets(self._data, self._marks)

    def value(self, start: int, position: int, component: int) -> int:
        """Where an element begins."""
        return element_offset(self._data, start, position, self._marks)


def _segment_pointers(data: bytes, grammar: Grammar | None, marks: Delimiters) -> Sequence[tuple[str, int]]:
    body = Splitter(marks).split(data).segments[1:]
    if grammar is None:
        return pointers_of(body, marks)
    return tracked(grammar, body, marks).pointers


def place_of(pointer: str, data: bytes, offset: int, marks: Delimiters, grammar: Grammar | None) -> Place | None:
    """Where the value at a JSON pointer of the document stands in the payload; None for what no byte stands for.

    The empty pointer is the document: it begins with its ST.
    """
    if not pointer:
        return Place(byte=offset, element="ST")
    found = nearest(pointer, _segment_pointers(data, grammar, marks))
    if found is None:
        return None
    path, index = found
    tag = next(word for word in reversed(path.split("/")) if not word.isdigit())
    element = pointer[len(path) + 1 :].partition("/")[0]
    digits = element[len(tag) : len(tag) + 2]
    known = element.startswith(tag) and digits.isdecimal()
    ruler = X12Ruler(data, offset, marks)
    return ruler.place(index, element if known else None, int(digits) if known else 0, pointer=pointer)
