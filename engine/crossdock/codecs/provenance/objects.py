"""JSON payloads: every value at its characters, found in one pass over the text of its document."""

from __future__ import annotations

from crossdock.codecs.contract import Part
from crossdock.codecs.json.strict import Cursor
from crossdock.codecs.pointer import step
from crossdock.codecs.provenance.shown import Shown, Span, Spot
from crossdock.errors import Place

MAX_DEPTH = 500  # levels; what was read had fewer


class ShownJson(Shown):
    """A JSON text, or a document a line."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._known: dict[int, dict[str, Span]] = {}  # of each document, by the character it begins with

    def spot(self, part: Part, pointer: str) -> Spot | None:
        """The value's own text: with its quotes, without its key."""
        root = part.place("")
        if root is None or root.line is None or root.column is None or root.line > len(self._lines):
            return super().spot(part, pointer)
        start = self._lines[root.line - 1] + root.column - 1
        if start not in self._known:
            self._known[start] = spans_at(self.text, start)
        span = self._known[start].get(pointer)
        return None if span is None else self.spanning(Place(pointer=pointer), span)


def spans_at(text: str, start: int) -> dict[str, Span]:
    """JSON pointer -> characters of every value of the (good) JSON value that begins at a character."""
    found: dict[str, Span] = {}
    cursor = Cursor(text, MAX_DEPTH, start, trusted=True)
    _walk(cursor, "", found)
    return found


def _walk(cursor: Cursor, pointer: str, found: dict[str, Span]) -> None:
    start = cursor.at
    if cursor.peek() in ("{", "["):
        for key in cursor.entries():
            _walk(cursor, pointer + step(key), found)
    else:
        cursor.value()
    end = len(cursor.text[start : cursor.at].rstrip(" \t\r\n")) + start
    found[pointer] = (start, end)
