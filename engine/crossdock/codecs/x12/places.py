"""Where things stand: segments and elements by their bytes, and JSON pointers back to the payload.

Positions are worked out only when there is something to say or someone asks: the transaction is followed once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.ruler import Ruler
from crossdock.codecs.edi.tracking import by_pointer, nearest, tracked
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.envelope import OF_GS, OF_ISA, Group, Interchange, Surroundings
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

    def end(self, start: int, position: int, component: int) -> int:
        """At the delimiter, or where the data ends."""
        marks = self._marks
        ends = [marks.terminator, *([marks.element] * bool(position)), *([marks.component] * bool(component))]
        found = [self._data.find(mark.encode("latin-1"), start) for mark in ends if mark]
        return min((at for at in found if at >= 0), default=len(self._data))

    def part(self, start: int, end: int, mark: str, number: int) -> tuple[int, int]:
        """Where the repetition or component of that number (from 0) stands in the element from ``start`` to ``end``."""
        for _ in range(number if mark else 0):
            hit = self._data.find(mark.encode("latin-1"), start, end)
            if hit < 0:
                break
            start = hit + 1
        stop = self._data.find(mark.encode("latin-1"), start, end) if mark else -1
        return start, end if stop < 0 else stop


class Places:
    """Finds values of one transaction: it is followed when the first is asked for, and not again for the next."""

    def __init__(self, data: bytes, offset: int, marks: Delimiters, grammar: Grammar | None) -> None:
        self._data = data
        self._offset = offset
        self._marks = marks
        self._grammar = grammar
        self._ruler = X12Ruler(data, offset, marks)

    @cached_property
    def _segments(self) -> dict[str, int]:
        body = Splitter(self._marks).split(self._data).segments[1:]
        if self._grammar is None:
            return by_pointer(pointers_of(body, self._marks))
        return by_pointer(tracked(self._grammar, body, self._marks).pointers)

    def of(self, pointer: str) -> Place | None:
        """Where the value at a JSON pointer of the document stands; None for what no byte of the transaction says.

        The empty pointer is the document: it begins with its ST.
        """
        if not pointer:
            return Place(byte=self._offset, element="ST", length=len(self._data))
        if pointer in _OF_ST:
            element, position = _OF_ST[pointer]
            return self._ruler.measured(self._ruler.place(0, element, position, pointer=pointer), position=position)
        found = nearest(pointer, self._segments)
        if found is None:
            return None
        path, index = found
        tag = next(word for word in reversed(path.split("/")) if not word.isdigit())
        element, _, below = pointer[len(path) + 1 :].partition("/")
        digits = element[len(tag) : len(tag) + 2]
        if not (element.startswith(tag) and digits.isdecimal()):
            return self._ruler.measured(self._ruler.place(index, None, pointer=pointer))
        place = self._ruler.place(index, element, int(digits), pointer=pointer)
        return self._within(place, element[len(tag) + 2 :] or _component(below), below.partition("/")[0])

    def _within(self, place: Place, component: str, repetition: str) -> Place:
        """Down to a repetition and a component of an element; ``byte`` stays the element's."""
        ruler, start = self._ruler, (place.byte or 0) - self._offset
        begin, end = start, ruler.end(start, 1, 0)
        if repetition.isdecimal():
            begin, end = ruler.part(begin, end, self._marks.repetition, int(repetition))
        if component.isdecimal():
            begin, end = ruler.part(begin, end, self._marks.component, int(component) - 1)
        return replace(place, byte=self._offset + begin, length=end - begin)


#: What the document says of its own ST segment.
_OF_ST = {"/_set": ("ST01", 1), "/_ctl/st": ("ST02", 2), "/_ctl/implementation": ("ST03", 3)}


def _component(below: str) -> str:
    """The number of a component, of what stands behind a repetition: ``0/SVC0102`` names the second."""
    key = below.rpartition("/")[2]
    return key[-2:] if "/" in below and key[-4:].isdecimal() else ""


def envelope_place(pointer: str, around: Surroundings) -> Place | None:
    """Where a fact of ``_env`` or a control number stands in ISA or GS; None for what neither says."""
    held: Interchange | Group = around.interchange
    position = OF_ISA.get(pointer)
    if position is None:
        held, position = around.group, OF_GS.get(pointer)
    if position is None or not held.elements:
        return None
    ruler = X12Ruler(held.raw, held.offset, around.marks)
    start = element_offset(held.raw, 0, position, around.marks)
    if not start:
        return None
    element = f"{held.elements[0]}{position:02}"
    return Place(element=element, byte=held.offset + start, length=ruler.end(start, 1, 0) - start, pointer=pointer)
