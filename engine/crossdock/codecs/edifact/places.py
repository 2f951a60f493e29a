"""Where things stand: segments and elements by their bytes, and JSON pointers back to the payload.

Positions are worked out only when there is something to say or someone asks: the message is followed once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.ruler import Ruler
from crossdock.codecs.edi.tracking import by_pointer, nearest, tracked
from crossdock.codecs.edifact.charsets import Charset
from crossdock.codecs.edifact.closer_look import Sight
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.envelope import ENVELOPE, Interchange
from crossdock.codecs.edifact.structure import pointers_of
from crossdock.codecs.edifact.text import segment_offsets, splitter, value_end, value_offset
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

    def end(self, start: int, position: int, component: int) -> int:
        """At the delimiter, or where the data ends."""
        return value_end(self._data, start, self._marks, element=bool(position), component=bool(component))


class Places:
    """Finds values of one message: it is followed when the first is asked for, and not again for the next."""

    def __init__(self, data: bytes, offset: int, marks: Delimiters, charset: Charset, grammar: Grammar | None) -> None:
        self._data = data
        self._offset = offset
        self._marks = marks
        self._charset = charset
        self._grammar = grammar
        self._ruler = EdifactRuler(data, offset, marks)

    @cached_property
    def _segments(self) -> dict[str, int]:
        """The index of each segment after UNH, by its JSON pointer."""
        body = splitter(self._marks, self._charset).split(self._data).segments[1:]
        if self._grammar is None:
            return by_pointer(pointers_of(body))
        return by_pointer(tracked(self._grammar, body, Sight(self._charset)).pointers)

    def of(self, pointer: str) -> Place | None:
        """Where the value at a JSON pointer of the document stands; None for what no byte of the message says.

        The empty pointer is the document: it begins with its UNH.
        """
        if not pointer:
            return Place(byte=self._offset, element="UNH", length=len(self._data))
        if pointer in _OF_UNH:
            element, position, component = _OF_UNH[pointer]
            return self._value(0, element, position, component, pointer)
        found = nearest(pointer, self._segments)
        if found is None:
            return None
        path, index = found
        tag = next(word for word in reversed(path.split("/")) if not word.isdigit()).partition("_")[0]
        element = pointer[len(path) + 1 :].partition("/")[0]
        digits = element.removeprefix(tag)
        if not (element.startswith(tag) and digits.isdecimal() and len(digits) in (2, 4)):
            return self._ruler.measured(self._ruler.place(index, None, pointer=pointer))
        return self._value(index, element, int(digits[:2]), int(digits[2:] or 0), pointer)

    def _value(self, index: int, element: str, position: int, component: int, pointer: str) -> Place:
        place = self._ruler.place(index, element, position, component, pointer)
        return self._ruler.measured(place, position=position, component=component)


#: What the document says of its own UNH segment.
_OF_UNH = {"/_ctl/unh": ("UNH01", 1, 0), "/_set": ("UNH0201", 2, 1)}


def envelope_place(pointer: str, interchange: Interchange) -> Place | None:
    """Where a fact of ``_env`` or the control reference stands in UNB; None where UNB does not say it."""
    where = ENVELOPE.get(pointer)
    if where is None or not interchange.elements:
        return None
    start = interchange.raw.find(b"UNB")
    if start < 0:
        return None
    ruler = EdifactRuler(interchange.raw, interchange.offset, interchange.marks)
    at = ruler.value(start, *where)
    length = ruler.end(at, *where) - at
    name = f"UNB{where[0]:02}{where[1]:02}" if where[1] else f"UNB{where[0]:02}"
    return Place(element=name, byte=interchange.offset + at, length=length, pointer=pointer)
