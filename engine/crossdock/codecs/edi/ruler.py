"""Measures one transaction: where its segments and elements stand in the payload."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from crossdock.errors import Place


class Ruler(ABC):
    """Segments count from 0 (a place tells them from 1), bytes from the beginning of the payload."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._data = data
        self._offset = offset

    def place(
        self,
        segment: int,
        element: str | None = None,
        position: int = 0,
        component: int = 0,
        pointer: str | None = None,
    ) -> Place:
        """The place of a segment, or of one of its elements or components (from 1; 0 is the whole of it)."""
        if segment >= len(self._starts):
            byte = len(self._data)
        else:
            byte = self.value(self._starts[segment], position, component)
        return Place(segment=segment + 1, byte=self._offset + byte, element=element, pointer=pointer)

    def measured(self, place: Place, *, position: int = 0, component: int = 0) -> Place:
        """The same place with its length: up to the delimiter that ends the segment, the element or the component."""
        start = (place.byte or 0) - self._offset
        return replace(place, length=self.end(start, position, component) - start)

    @cached_property
    def _starts(self) -> Sequence[int]:
        return self.segments()

    @abstractmethod
    def segments(self) -> Sequence[int]:
        """Where each segment begins."""

    @abstractmethod
    def value(self, start: int, position: int, component: int) -> int:
        """Where an element or component of the segment at ``start`` begins."""

    @abstractmethod
    def end(self, start: int, position: int, component: int) -> int:
        """Where what begins at ``start`` ends: a segment (``position`` 0), an element (``component`` 0), a component."""
