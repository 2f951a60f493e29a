"""The lines of one document while they are read: which records are open, and which line must come next."""

from __future__ import annotations

from dataclasses import dataclass

from crossdock.codecs.fixed.layout import Field, Record
from crossdock.codecs.fixed.measure import Measure
from crossdock.codecs.pointer import step, steps_of
from crossdock.errors import Place
from crossdock.message import Document


@dataclass(frozen=True, slots=True)
class Line:
    """One line (or record) without its end, and its number in the file; ``byte`` is where a record begins there."""

    text: str
    number: int
    byte: int | None = None

    def place(
        self, column: int, element: str | None, pointer: str | None = None, *, length: int | None = None
    ) -> Place:
        """The place of a column, from 0."""
        byte = None if self.byte is None else self.byte + column
        return Place(line=self.number, column=column + 1, byte=byte, element=element, pointer=pointer, length=length)


@dataclass(frozen=True, slots=True)
class Told:
    """A count or sum, as a line tells it."""

    field: Field
    measure: Measure
    value: Document
    line: Line


@dataclass(slots=True, eq=False)
class Opened:
    """A record that was read: its values, where they stand in the part's document, what it tells about itself."""

    record: Record
    line: Line
    document: dict[str, Document]
    pointer: str
    told: list[Told]


class Group:
    """One document being put together. ``awaited`` are the records known by their place that must come next."""

    def __init__(self, top: Opened) -> None:
        self.opened = [top]
        self.awaited = list(top.record.by_place)
        self._stack = [top]

    def parent_of(self, record: Record) -> Opened | None:
        """The nearest open record that has ``record`` as a group."""
        return next((opened for opened in reversed(self._stack) if opened.record is record.parent), None)

    def pointer_for(self, parent: Opened, record: Record) -> str:
        """Where the next ``record`` below ``parent`` stands in the document."""
        known = parent.document.get(record.name)
        return parent.pointer + step(record.name) + (f"/{len(known)}" if isinstance(known, list) else "")

    def add(self, parent: Opened, child: Opened) -> None:
        """Put a record below its parent, and open it."""
        known = parent.document.get(child.record.name)
        if isinstance(known, list):
            known.append(child.document)
        else:
            parent.document[child.record.name] = child.document
        if child.record in self.awaited:
            self.awaited.remove(child.record)
        self.awaited = [*child.record.by_place, *self.awaited]
        del self._stack[self._stack.index(parent) + 1 :]
        self._stack.append(child)
        self.opened.append(child)

    def place(self, pointer: str) -> Place | None:
        """Line and column of the value at a pointer into the document."""
        below = f"{pointer}/"
        holding = [opened for opened in self.opened if below.startswith(f"{opened.pointer}/")]
        if not holding:
            return None
        opened = max(holding, key=lambda one: len(one.pointer))
        names = steps_of(pointer[len(opened.pointer) :])
        found = next((one for one in opened.record.fields if names == _names_of(one)), None)
        if names and found is None:
            return None
        element = found.name if found else opened.record.name
        start, end = (found.start, found.end) if found else (0, len(opened.line.text))
        length = max(0, min(end, len(opened.line.text)) - start)
        return opened.line.place(start, element, pointer or None, length=length)


def _names_of(one: Field) -> list[str]:
    """Where a document has the field, below its record."""
    return [one.name] if one.table is None else [one.table, str(one.row), one.name]
