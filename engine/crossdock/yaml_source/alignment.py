"""A key or an item that stands too far left or right: what it belongs beside, and how far off it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s#\[{][^:#]{0,80}?)\s*:(?:\s|$)""")
_DASHES = re.compile(r" *(?P<dashes>(?:- +)*)")
_COUNTED = ("no", "one", "two", "three", "four", "five", "six")


def key_aligned(lines: Sequence[str], line: int, column: int) -> str | None:
    """How a key at this place (from 1) is moved beside the key it stands nearest to; None where it stands alone."""
    above = [(at, f"'{key}'") for at, key in _keys_above(lines, line)]
    return _moved(column - 1, above)


def item_aligned(lines: Sequence[str], line: int, column: int) -> str | None:
    """The same for an item of a list, which stands below other dashes."""
    return _moved(column - 1, list(_dashes_above(lines, line)))


def _moved(at: int, above: Sequence[tuple[int, str]]) -> str | None:
    if not above:
        return None
    there, what = min(above, key=lambda one: abs(one[0] - at))  # the nearest line wins where two are as far
    count = abs(there - at)
    number = _COUNTED[count] if count < len(_COUNTED) else str(count)
    return f"align it with {what}: {number} {'more' if there > at else 'fewer'} {'blank' if count == 1 else 'blanks'}"


def _keys_above(lines: Sequence[str], line: int) -> Iterator[tuple[int, str]]:
    """Where the keys above begin, from the last line up, and only those of the levels around it."""
    limit = max(map(len, lines), default=0) + 1
    for text in reversed(lines[: line - 1]):
        dashes = _DASHES.match(text)
        begin = dashes.end() if dashes else 0
        key = _KEY.match(text, begin)
        if key is not None and begin < limit:
            limit = begin - (len(dashes["dashes"]) if dashes else 0)
            yield begin, key["key"].strip("\"'")
        if limit <= 0:
            return


def _dashes_above(lines: Sequence[str], line: int) -> Iterator[tuple[int, str]]:
    for text in reversed(lines[: line - 1]):
        if text.lstrip(" ").startswith("- "):
            yield len(text) - len(text.lstrip(" ")), "the '-' above"
        elif text and not text.startswith((" ", "#")):
            return
