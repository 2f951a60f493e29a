"""Where a character of a scalar's value stands in the file: through quotes, escapes, folded and indented lines.

A scalar is walked beside its value from its first character (YAML 1.2.2: 5.7 escapes, 7.3 flow scalars, 8.1 block
scalars). Where the two part, which only an odd spelling brings about, the place of the whole scalar is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: (offset in the text, characters of the value that stand there): nothing for what only the file has.
_Piece = tuple[int, str]

_BREAK = re.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t]*")
_HEADER = re.compile(r"[|>][0-9+-]*[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_LINE = re.compile(r"([ \t]*)([^\r\n]*)(\r\n|\r|\n|\Z)")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX = {"x": 2, "u": 4, "U": 8}


def position_within(text: str, start: tuple[int, int], value: str, offset: int) -> tuple[int, int] | None:
    """(line, column) of the character ``offset`` of ``value``, whose scalar starts at (line, column) of ``text``.

    None where it cannot be told.
    """
    begin = _offset_of(text, start)
    seen = 0
    for at, piece in _pieces(text, begin, value):
        if value[seen : seen + len(piece)] != piece:
            return None
        if seen <= offset < seen + len(piece):
            return _position_of(text, at + (offset - seen if _verbatim(text, at, piece) else 0))
        seen += len(piece)
    return None


def _verbatim(text: str, at: int, piece: str) -> bool:
    return text[at : at + len(piece)] == piece


def _offset_of(text: str, start: tuple[int, int]) -> int:
    line, column = start
    lines = text.splitlines(keepends=True)
    return sum(len(one) for one in lines[: line - 1]) + column - 1


def _position_of(text: str, at: int) -> tuple[int, int]:
    before = text[:at].splitlines(keepends=True)
    if not before or before[-1][-1] in "\r\n":
        return len(before) + 1, 1
    return len(before), len(before[-1]) + 1


def _pieces(text: str, begin: int, value: str) -> Iterator[_Piece]:
    first = text[begin : begin + 1]
    if first and first in "|>":
        return _block(text, begin, value)
    if first == '"':
        return _double(text, begin + 1)
    return _single(text, begin + 1) if first == "'" else _plain(text, begin)


def _break(text: str, at: int) -> tuple[int, str] | None:
    """Where the lines folded at ``at`` end, and what they are in the value: a space, or a line break for each empty one."""
    end, breaks = at, 0
    while (found := _BREAK.match(text, end)) is not None and found.end() > end:
        end, breaks = found.end(), breaks + 1
    return (end, " " if breaks == 1 else "\n" * (breaks - 1)) if breaks else None


def _plain(text: str, at: int) -> Iterator[_Piece]:
    while at < len(text):
        folded = _break(text, at)
        if folded is not None:
            yield at, folded[1]
            at = folded[0]
        else:
            yield at, text[at]
            at += 1


def _single(text: str, at: int) -> Iterator[_Piece]:
    while at < len(text):
        folded = _break(text, at)
        if folded is not None:
            yield at, folded[1]
            at = folded[0]
        else:
            yield at, text[at]
            at += 2 if text[at] == "'" else 1


def _double(text: str, at: int) -> Iterator[_Piece]:
    while at < len(text) and text[at] != '"':
        folded = _break(text, at)
        if folded is not None:
            yield at, folded[1]
            at = folded[0]
        elif text[at] == "\\":
            piece, end = _escape(text, at)
            yield at, piece
            at = end
        else:
            yield at, text[at]
            at += 1


def _escape(text: str, at: int) -> tuple[str, int]:
    """What an escape stands for, and where it ends."""
    sign = text[at + 1 : at + 2]
    if sign in _HEX:
        end = at + 2 + _HEX[sign]
        digits = text[at + 2 : end]
        return (chr(int(digits, 16)) if re.fullmatch("[0-9A-Fa-f]+", digits) else "", end)
    continued = _BREAK.match(text, at + 1)
    if continued is not None:
        return "", continued.end()
    return _ESCAPES.get(sign, sign), at + 2


def _block(text: str, begin: int, value: str) -> Iterator[_Piece]:
    """Line by line: the value has the text of each without its indentation, and something between them."""
    header = _HEADER.match(text, begin)
    at, seen = (header.end() if header else begin), 0
    while seen < len(value) and at < len(text):
        found = _LINE.match(text, at)
        if found is None:
            return
        content = found[2]
        if content:
            lead = _lead(found[1], value, seen)
            yield found.start(2) - lead, found[1][len(found[1]) - lead :] + content
            seen += lead + len(content)
            between = _between(value, seen)
            yield found.end(2), between
            seen += len(between)
        at = found.end()


def _lead(indentation: str, value: str, seen: int) -> int:
    """How many of the spaces before a line are its own, and not its block's indentation."""
    own = len(value[seen:]) - len(value[seen:].lstrip(" \t"))
    return min(own, len(indentation))


def _between(value: str, seen: int) -> str:
    """What stands between two lines of a block: a space where it is folded, else line breaks."""
    end = seen
    while end < len(value) and value[end] == "\n":
        end += 1
    return value[seen:end] if end > seen else value[seen : seen + 1]
