"""A JSON payload of any size, item by item in flat memory: a window of text moves over it.

What does not fit yet is simply tried again with more text (twice as much each time, so the work stays linear): the
scanner in C is faster than any parser of events, and stays as exact. A broken item is told with all that is wrong in
it; where its end can still be found, reading goes on to the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from crossdock.codecs.contract import Part
from crossdock.codecs.json.faults import diagnose_value
from crossdock.codecs.json.options import JsonOptions
from crossdock.codecs.json.reader import Mark, NoList, Text, items_at, misplaced, no_items
from crossdock.codecs.json.strict import SUSPECT, WHITESPACE, Cursor, Refused
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step, steps_of
from crossdock.codecs.text_lines import LineCodes, texts_of
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Document, Payload

_CUT = 16  # characters: a token that the end of the window may have cut is no longer, but for texts
_UNTERMINATED = "Unterminated string"
_NUMBER_GOES_ON = re.compile(r"[.eE][-+0-9]*")  # up to the end of the window: the scanner took the integer before it


class Window(Cursor):
    """A cursor over a text that arrives in pieces; what lies behind it is let go."""

    def __init__(self, payload: Payload, options: JsonOptions, codes: LineCodes, faults: Faults) -> None:
        self.item = ""  # the text of the last value, and where it stands
        self.mark = Mark(0, 1)
        self.item_byte = 0
        self._pieces = texts_of(payload, "utf-8", codes)
        self._fault: Finding | None = None
        self._limit = options.max_size
        self._faults = faults
        self._path: list[str] = []
        self._mark = Mark(0, 1)  # how far lines and bytes are counted
        self._byte = 0
        super().__init__("", options.max_depth, trusted=True)

    def space(self) -> None:
        """Move over white space; behind it stands a character, or the end of the payload."""
        while True:
            end = WHITESPACE.match(self.text, self.at)
            self.at = end.end() if end else self.at
            if self.at < len(self.text) or not self._more():
                return

    def value(self) -> Document:
        """The value here; moves behind it. None, with findings told, for one that is broken but ends."""
        self._advance()
        mark, self.item_byte = self._mark, self._byte
        self.mark = Mark(0, mark.line, mark.line_start - mark.at)
        try:
            document, end = self._decoded()
        except (Refused, RecursionError):
            document, end = None, self._diagnosed()
        self.item = self.text[self.at : end]
        self.at = end
        self.space()
        return document

    def entries(self) -> Iterator[str]:
        """As of every cursor; the path to here is kept."""
        for key in super().entries():
            self._path.append(key)
            yield key
            self._path.pop()

    def here(self) -> Place:
        """Line, column and byte of the cursor."""
        self._advance()
        mark = self._mark
        column = mark.at - mark.line_start + 1
        return Place(line=mark.line, column=column, byte=self._byte, pointer=self._pointer() or None)

    def diagnosed(self, message: str) -> Reject:
        """The rejection of what stands at the cursor: neither a value nor what belongs between two."""
        shown = self.text[self.at : self.at + 20]
        said = f"{message} here" if shown else "the document ends too early"
        return Reject.of([Finding(code="J106", message=said, place=self.here(), value=ascii(shown) if shown else None)])

    def _decoded(self) -> tuple[Document, int]:
        while True:
            try:
                document, end = self._scanned(self.at)
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self.text) - _CUT or error.msg.startswith(_UNTERMINATED)
                if not (cut and self._grow()):
                    raise Refused(error.msg) from error
                continue
            cut = end == len(self.text) or _NUMBER_GOES_ON.fullmatch(self.text, end) is not None
            if not (cut and self._grow()):
                self._judge(document, suspect=SUSPECT.search(self.text, self.at, end) is not None)
                return document, end

    def _diagnosed(self) -> int:
        """Tell what is wrong with the value here; where it ends. Raises ``Reject`` where that cannot be known."""
        while True:
            text = self.text[self.at :]
            found, end, whole = diagnose_value(text, self.room, self.here())
            cut = end >= len(text) - _CUT or text[end] == '"'
            if whole or not (cut and self._grow()):
                break
        self._faults.add(*found)
        if not whole:
            self._faults.judge()
        return self.at + end

    def _pointer(self) -> str:
        return "".join(step(key) for key in self._path)

    # --- the window ---

    def _advance(self) -> None:
        """Count lines and bytes up to the cursor."""
        passed = self.text[self._mark.at : self.at]
        self._mark = self._mark.moved(self.text, self.at)
        self._byte += len(passed) if passed.isascii() else len(passed.encode("utf-8", "surrogatepass"))

    def _let_go(self) -> None:
        """Forget what lies before the cursor."""
        self._advance()
        self._mark = Mark(0, self._mark.line, self._mark.line_start - self._mark.at)
        self.text, self.at = self.text[self.at :], 0

    def _more(self) -> bool:
        """Take one piece in; False at the end. Raises ``Reject`` where the payload is no text from there on."""
        if self._fault is not None:
            place = self._end()
            raise Reject.of([_placed(self._fault, place)])
        for text, fault in self._pieces:
            self._fault = fault
            if text or fault:
                self._let_go()
                self.text += text
                return True
        return False

    def _grow(self) -> bool:
        """Make the window twice as long at least; False at the end. Raises ``Reject`` beyond the limit of one item."""
        if len(self.text) - self.at > self._limit:
            message = f"one item is larger than {self._limit:,} characters"
            raise Reject.of([Finding(code="J101", message=message, place=self.here(), hint="raise 'max_size'")])
        wanted, grown = 2 * (len(self.text) - self.at), False
        while len(self.text) - self.at < wanted and self._more():
            grown = True
        return grown

    def _end(self) -> Place:
        """Where the text ends; nothing is read behind it."""
        self.at = len(self.text)
        return self.here()


def streamed(payload: Payload, options: JsonOptions, codes: LineCodes) -> Iterator[Part | Finding]:
    """The items of the list, or the one document. Raises ``Reject`` at the end with everything that was found."""
    faults = Faults()
    position = 0
    try:
        window = Window(payload, options, codes, faults)
        listed = window.peek() == "[" or bool(options.path)
        for document in _items(window, options):
            position += 1
            text = Text(window.item, options, line=window.mark.line, byte=window.item_byte)
            yield text.part(position, document, window.mark, listed=listed)
    except Reject as reject:
        raise faults.with_last(reject) from reject
    faults.judge()
    if not position:
        yield no_items()


def _items(window: Window, options: JsonOptions) -> Iterator[Document]:
    try:
        for _, document in items_at(window, steps_of(options.path)):
            yield document
        window.finish()
    except NoList as error:
        raise misplaced(options.path, error.found) from error
    except Refused as error:
        raise window.diagnosed(str(error)) from error


def _placed(fault: Finding, place: Place) -> Finding:
    placed = Place(line=place.line, column=place.column, byte=fault.place.byte)
    return Finding(code=fault.code, message=fault.message, place=placed, value=fault.value, hint=fault.hint)
