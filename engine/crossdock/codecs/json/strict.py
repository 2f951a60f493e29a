"""Reads JSON strictly and fast: the standard library's scanner in C with hooks that refuse what is not exact.

The hooks know no position; they only say *no*. ``faults`` then finds out where and why, which costs time only where
a payload is refused. Limits on numbers keep a short text from becoming a huge value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NoReturn, cast

from crossdock.message import Document

MAX_DIGITS = 400  # of a number, and its largest power of ten: binary doubles end at 1e308
_MAX_BITS = 1328  # what a whole number of that many digits fits into

WHITESPACE = re.compile(r"[ \t\n\r]*+")  # RFC 8259, 2
SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE = re.compile("[\0\ud800-\udfff]")


class Refused(ValueError):
    """The text is not JSON that we accept."""


def is_sane(number: Decimal | int) -> bool:
    """Neither absurdly long nor absurdly large or small."""
    if isinstance(number, int):
        return number.bit_length() <= _MAX_BITS
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        return False
    return len(str(number)) <= MAX_DIGITS or len(number.as_tuple().digits) <= MAX_DIGITS


def decimal_of(text: str) -> Decimal:
    """The number a JSON text spells; infinity where it is too long or its exponent beyond what can be held."""
    try:
        return Decimal(text) if len(text) <= MAX_DIGITS else Decimal("Infinity")
    except InvalidOperation:
        return Decimal("Infinity")


def _object(pairs: list[tuple[str, Document]]) -> dict[str, Document]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refused("duplicate key")
    return fields


def _fraction(text: str) -> Decimal:
    number = decimal_of(text)
    if not is_sane(number):
        raise Refused("number out of bounds")
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise Refused("number out of bounds")
    return int(text)


def _constant(text: str) -> NoReturn:
    raise Refused(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_fraction, parse_int=_integer, parse_constant=_constant
)


class Cursor:
    """A place in a JSON text that moves forward over values, members and items."""

    def __init__(self, text: str, max_depth: int, at: int = 0, *, trusted: bool = False) -> None:
        self.text = text
        self.at = at
        self.room = max_depth  # how many levels may still open below this place
        self._suspect = not trusted and SUSPECT.search(text) is not None
        self.space()

    def space(self) -> None:
        """Move over white space."""
        end = WHITESPACE.match(self.text, self.at)
        self.at = end.end() if end else self.at

    def peek(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.at : self.at + 1]

    def value(self) -> Document:
        """The value here; moves behind it. Raises ``ValueError`` or ``RecursionError``."""
        document, self.at = self._scanned(self.at)
        self._judge(document, suspect=self._suspect)
        self.space()
        return document

    def _scanned(self, at: int) -> tuple[Document, int]:
        """The value at an offset, not judged yet, and the offset behind it."""
        return cast("tuple[Document, int]", _DECODER.raw_decode(self.text, at))

    def _judge(self, document: Document, *, suspect: bool) -> None:
        if _deeper(document, self.room) or (suspect and _has_bad_text(document)):
            raise Refused("depth or text")

    def entries(self) -> Iterator[str]:
        """The keys (or indexes) of the object or array here. The caller moves over each value before the next."""
        kind = self.peek()
        end, seen, index = ("}" if kind == "{" else "]"), set[str](), 0
        self._over(kind)
        self.room -= 1
        while self.peek() != end:
            if index:
                self._over(",")
            key = str(index) if kind == "[" else self._key()
            if key in seen:
                raise Refused("duplicate key")
            if kind == "{":
                seen.add(key)
            index += 1
            yield key
        self.room += 1
        self._over(end)

    def finish(self) -> None:
        """Raises ``Refused`` where anything follows."""
        if self.at != len(self.text):
            raise Refused("trailing text")

    def _key(self) -> str:
        if self.peek() != '"':
            raise Refused("key expected")
        key = self.value()
        self._over(":")
        return cast(str, key)

    def _over(self, character: str) -> None:
        if self.peek() != character or not character:
            raise Refused(f"{character} expected")
        self.at += 1
        self.space()


def _deeper(document: Document, limit: int) -> bool:
    """Whether lists and objects are nested deeper than ``limit``; level by level, so no recursion of ours."""
    level: list[Document] = [document] if isinstance(document, (dict, list)) else []
    for _ in range(limit):
        inner: list[Document] = []
        for item in level:
            inner.extend(value for value in _values(item) if isinstance(value, (dict, list)))
        if not inner:
            return False
        level = inner
    return bool(level)


def _values(document: Document) -> Iterator[Document]:
    if isinstance(document, dict):
        yield from document.values()
    elif isinstance(document, list):
        yield from document


def _has_bad_text(document: Document) -> bool:
    """Whether a text has NUL or half a surrogate pair in it."""
    waiting = [document]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str) and _SURROGATE.search(item):
            return True
        if isinstance(item, dict) and any(_SURROGATE.search(key) for key in item):
            return True
        waiting.extend(_values(item))
    return False
