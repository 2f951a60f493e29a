"""How a text in columns is written: its encoding, lines before the header, the delimiter, a header or none."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from crossdock.message import Document

DELIMITERS = ";\t|,"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ENCODINGS = ("utf-8", "cp1252")
_SPACE = 32  # the first character that is no control character
_LOOKED_AT, _MAX_TITLE = 40, 10  # lines
_FIGURES = re.compile(r"[+-]?\d[\d.,:/-]*\Z")  # a number, a date, a time
_FEW = 3  # columns: of so few one figure is enough


@dataclass(frozen=True, slots=True)
class Delimited:
    """``options`` are those of the codec ``csv``; ``headless`` says that the first row is one of data already."""

    options: dict[str, Document]
    columns: int
    headless: bool


def delimited(head: bytes) -> Delimited | None:
    """What the first bytes of a file say; None where they are no columns."""
    encoding = encoding_of(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if any(ord(char) < _SPACE and char not in "\t\r\n" for char in text):
        return None
    lines = text.splitlines()[:_LOOKED_AT]
    skip = _title(lines)
    if skip is None:
        return None
    delimiter = _delimiter(lines[skip])
    options: dict[str, Document] = {"skip": skip} if skip else {}
    if delimiter != ",":
        options["delimiter"] = "tab" if delimiter == "\t" else delimiter
    if encoding != _ENCODINGS[0]:
        options["encoding"] = encoding
    return Delimited(options, len(_fields(lines[skip], delimiter)), _is_headless(lines[skip:], delimiter))


def encoding_of(head: bytes) -> str:
    """The encoding of a text: UTF-16 says so in its first bytes."""
    if head.startswith(_UTF_16):
        return "utf-16"
    return _ENCODINGS[0] if _fits(head, _ENCODINGS[0]) else _ENCODINGS[1]


def _fits(head: bytes, encoding: str) -> bool:
    try:
        head[: head.rfind(b"\n") + 1 or None].decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _title(lines: list[str]) -> int | None:
    """How many lines stand before the columns: those of a title have no delimiter, or fewer."""
    for at, line in enumerate(lines[: _MAX_TITLE + 1]):
        if not any(mark in line for mark in DELIMITERS):
            continue
        width = len(_fields(line, _delimiter(line)))
        below = [one for one in lines[at + 1 : at + 3] if one.strip()]
        if all(len(_fields(one, _delimiter(line))) == width for one in below[:1]):
            return at
    return None


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=lambda mark: len(_fields(line, mark)))


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a field longer than any
        return []


def _is_headless(lines: list[str], delimiter: str) -> bool:
    """Whether the first row has figures where the next has: names of columns are words."""
    rows = [_fields(line, delimiter) for line in lines if line.strip()][:2]
    if not rows or len(set(rows[0])) == 0:
        return False
    figures = [at for at, one in enumerate(rows[0]) if _FIGURES.match(one.strip())]
    alike = [at for at in figures if len(rows) == 1 or (at < len(rows[1]) and _FIGURES.match(rows[1][at].strip()))]
    return len(alike) > 1 or (bool(alike) and len(rows[0]) <= _FEW)
