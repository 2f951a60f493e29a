"""JSON to documents, judged whole: of a text that is small; ``stream`` reads what is larger.

The text is held in memory (up to ``max_size``); the documents are not: items of the list are decoded one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from crossdock import document_json
from crossdock.codecs.contract import Part
from crossdock.codecs.json.faults import diagnose
from crossdock.codecs.json.options import JsonOptions
from crossdock.codecs.json.strict import Cursor
from crossdock.codecs.pointer import steps_of
from crossdock.errors import Finding, Place, Reject, Severity
from crossdock.message import Document


class NoList(Exception):
    """What stands at the path, or None."""

    def __init__(self, found: str | None) -> None:
        super().__init__(found)
        self.found = found


@dataclass(slots=True)
class Mark:
    """A place in a text that is passed once from front to back: its line is counted on the way."""

    at: int
    line: int
    line_start: int = 0

    def moved(self, text: str, at: int) -> Mark:
        """The mark of a place behind this one."""
        breaks = text.count("\n", self.at, at)
        return Mark(at, self.line + breaks, text.rfind("\n", self.at, at) + 1 if breaks else self.line_start)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a payload or of one of its lines, and where its first character stands in the payload."""

    text: str
    options: JsonOptions
    line: int = 1
    byte: int | None = 0

    def parts(self) -> Iterator[Part | Finding]:
        """The items of the list, or the document. Raises ``Reject`` where anything in the text is broken."""
        cursor = Cursor(self.text, self.options.max_depth)
        listed = cursor.peek() == "[" or bool(self.options.path)
        mark, position = Mark(0, self.line), 0
        try:
            for start, document in items_at(cursor, steps_of(self.options.path)):
                mark, position = mark.moved(self.text, start), position + 1
                yield self.part(position, document, mark, listed=listed)
            cursor.finish()
        except (ValueError, RecursionError) as error:
            raise self._refusal(error) from error
        except NoList as error:
            raise misplaced(self.options.path, error.found) from error
        if not position:
            yield no_items()

    def document(self) -> Document:
        """The whole text as one document. Raises ``Reject``."""
        try:
            cursor = Cursor(self.text, self.options.max_depth)
            document = cursor.value()
            cursor.finish()
        except (ValueError, RecursionError) as error:
            raise self._refusal(error) from error
        return document

    def place(self, mark: Mark, pointer: str) -> Place | None:
        """Where the value at ``pointer``, counted from the value at ``mark``, stands."""
        cursor = Cursor(self.text, self.options.max_depth, mark.at, trusted=True)
        for key in steps_of(pointer):
            if cursor.peek() not in ("{", "["):
                return None
            if not _enter(cursor, key):
                return None
        here = mark.moved(self.text, cursor.at)
        return Place(line=here.line, column=here.at - here.line_start + 1, pointer=pointer or None)

    def part(self, position: int, document: Document, mark: Mark, *, listed: bool) -> Part:
        """The part that one item of the list, or the document, is."""
        return Part(
            position=position,
            document=document,
            raw=lambda: self._raw(document, listed=listed),
            place=lambda pointer: self.place(mark, pointer),
        )

    def _raw(self, document: Document, *, listed: bool) -> bytes:
        wrapped: Document = [document] if listed else document
        for key in reversed(steps_of(self.options.path)):
            wrapped = {key: wrapped}
        if self.options.lines:
            return document_json.encode(wrapped) + b"\n"
        return msgspec.json.format(document_json.encode(wrapped), indent=2) + b"\n"

    def _refusal(self, error: Exception) -> Reject:
        """The rejection with everything that is wrong with the text."""
        found = diagnose(self.text, self.options.max_depth, first_line=self.line, first_byte=self.byte)
        return Reject.of(found or [Finding(code="J106", message=f"not JSON: {error}")])


def misplaced(path: str, found: str | None) -> Reject:
    """The rejection of a payload that has no list at ``path``."""
    message = f"nothing stands at {path}" if found is None else f"at {path} stands {found} and no list"
    hint = "'path' names the list whose items are the documents"
    return Reject.of([Finding(code="J120", message=message, place=Place(pointer=path), hint=hint)])


def no_items() -> Finding:
    """The note that a list is empty."""
    return Finding(code="J130", severity=Severity.NOTE, message="the list has no items")


def items_at(cursor: Cursor, steps: list[str]) -> Iterator[tuple[int, Document]]:
    """Offset and document of each item of the list at ``steps``; moves over all the rest of the text."""
    character = cursor.peek()
    if steps and character in ("{", "["):
        yield from _items_below(cursor, steps)
    elif character == "[":
        for _ in cursor.entries():
            yield cursor.at, cursor.value()
    else:
        yield cursor.at, cursor.value()


def _items_below(cursor: Cursor, steps: list[str]) -> Iterator[tuple[int, Document]]:
    found = False
    for key in cursor.entries():
        if key != steps[0]:
            cursor.value()
            continue
        found = True
        if len(steps) == 1 and cursor.peek() != "[":
            raise NoList(_kind(cursor))
        yield from items_at(cursor, steps[1:])
    if not found:
        raise NoList(None)


def _kind(cursor: Cursor) -> str:
    """What the value here is called. Raises ``ValueError`` where there is none."""
    document = cursor.value()
    return "an object" if isinstance(document, dict) else "a text" if isinstance(document, str) else "a plain value"


def _enter(cursor: Cursor, key: str) -> bool:
    """Move to the value under ``key`` of the object or array here; False where it has none."""
    for name in cursor.entries():
        if name == key:
            return True
        cursor.value()
    return False
