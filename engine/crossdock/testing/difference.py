"""How an actual output differs from an expected one, for people to read: by path where both are documents.

Numbers are compared as numbers (2.50 is 2.5), and a number is never a text. Lists are aligned first: an item that is
missing or too much is one difference, and not one for every item behind it.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from crossdock.document_json import decode, encode
from crossdock.errors import Reject
from crossdock.message import Document

MOST = 60  # lines or differences that are shown of one output
_LONGEST = 200  # characters that are shown of a value
_HEAD = 2  # lines that XML may have, a declaration and an end, and still be one line
_ALIGNED = 40_000  # pairs of items that are compared to align two lists; longer ones are compared item by item


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not as expected, as JSON; None where it is not there at all."""

    path: str
    expected: str | None
    got: str | None

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.path}: not expected, got {self.got}"
        if self.got is None:
            return f"{self.path}: expected {self.expected}, but it is not there"
        return f"{self.path}: expected {self.expected}, got {self.got}"


Compare: TypeAlias = Callable[[Document, Document, str], Iterator[Difference]]


def missing_from(expected: Document, actual: Document, pointer: str = "") -> Iterator[Difference]:
    """What of ``expected`` is not in ``actual``: fields that are absent or differ. More fields are no matter."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if key not in actual:
                yield Difference(_into(pointer, key), _text(value), None)
            else:
                yield from missing_from(value, actual[key], _into(pointer, key))
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _lists(expected, actual, pointer, missing_from)
    elif not _is_same(expected, actual):
        yield Difference(pointer or "/", _text(expected), _text(actual))


def differences(expected: Document, actual: Document, pointer: str = "") -> Iterator[Difference]:
    """Everything in which the two differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        yield from missing_fields(expected, actual, pointer)
        for key in actual.keys() - expected.keys():
            yield Difference(_into(pointer, key), None, _text(actual[key]))
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _lists(expected, actual, pointer, differences)
    elif not _is_same(expected, actual):
        yield Difference(pointer or "/", _text(expected), _text(actual))


def missing_fields(expected: dict[str, Document], actual: dict[str, Document], pointer: str) -> Iterator[Difference]:
    """Those of the expected fields that differ, or are not there."""
    for key, value in expected.items():
        if key not in actual:
            yield Difference(_into(pointer, key), _text(value), None)
        else:
            yield from differences(value, actual[key], _into(pointer, key))


def _lists(
    expected: Sequence[Document], actual: Sequence[Document], pointer: str, compare: Compare
) -> Iterator[Difference]:
    for want, have in _aligned(expected, actual, compare):
        if want is None and have is not None:
            yield Difference(_into(pointer, have), None, _text(actual[have]))
        elif have is None and want is not None:
            yield Difference(_into(pointer, want), _text(expected[want]), None)
        elif want is not None and have is not None:
            yield from compare(expected[want], actual[have], _into(pointer, have))


Pair: TypeAlias = "tuple[int | None, int | None]"


def _aligned(expected: Sequence[Document], actual: Sequence[Document], compare: Compare) -> list[Pair]:
    """Which item belongs to which, by position; None where an item has none on the other side."""
    longest = max(len(expected), len(actual))
    by_position: list[Pair] = [
        (at if at < len(expected) else None, at if at < len(actual) else None) for at in range(longest)
    ]
    if len(expected) == len(actual) or len(expected) * len(actual) > _ALIGNED:
        return by_position
    same = [[next(compare(want, have, ""), None) is None for have in actual] for want in expected]
    return list(_along(same, len(expected), len(actual)))


def _along(same: list[list[bool]], wanted: int, had: int) -> Iterator[Pair]:
    """The longest common sequence; what stands between two common items is paired as far as it goes."""
    best = [[0] * (had + 1) for _ in range(wanted + 1)]
    for want in reversed(range(wanted)):
        for have in reversed(range(had)):
            skipped = max(best[want + 1][have], best[want][have + 1])
            best[want][have] = best[want + 1][have + 1] + 1 if same[want][have] else skipped
    want = have = 0
    wants, haves = list[int](), list[int]()
    while want < wanted and have < had:
        if same[want][have]:
            yield from _between(wants, haves)
            yield want, have
            want, have = want + 1, have + 1
        elif best[want + 1][have] >= best[want][have + 1]:
            wants.append(want)
            want += 1
        else:
            haves.append(have)
            have += 1
    yield from _between([*wants, *range(want, wanted)], [*haves, *range(have, had)])


def _between(wants: list[int], haves: list[int]) -> Iterator[Pair]:
    for at in range(max(len(wants), len(haves))):
        yield wants[at] if at < len(wants) else None, haves[at] if at < len(haves) else None
    wants.clear()
    haves.clear()


def _is_same(expected: Document, actual: Document) -> bool:
    if _is_number(expected) and _is_number(actual):
        return _exact(expected) == _exact(actual)
    return type(expected) is type(actual) and expected == actual


def _is_number(value: Document) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _exact(value: Document) -> Decimal:
    return Decimal(str(value))


def _into(pointer: str, key: str | int) -> str:
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _text(value: Document) -> str:
    text = encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def unlike(expected: bytes, actual: bytes, expected_name: str, actual_name: str) -> list[str]:
    """How two payloads differ: by path where both are JSON, else line by line; empty where they do not."""
    if expected == actual:
        return []
    documents = _documents(expected, actual)
    if documents is None:
        return _lines_unlike(expected, actual, expected_name, actual_name)
    found = [str(one) for one in differences(documents[0], documents[1])]
    return _at_most(found, "differences") or [_WHITE_SPACE.format(actual_name, expected_name)]


_WHITE_SPACE = "{} differs from {} in white space, line ends or the digits of numbers only"


def _documents(*payloads: bytes) -> list[Document] | None:
    try:
        return [decode(payload) for payload in payloads]
    except Reject:
        return None


def _lines_unlike(expected: bytes, actual: bytes, expected_name: str, actual_name: str) -> list[str]:
    wanted, came = _lines(expected), _lines(actual)
    lines = list(difflib.unified_diff(wanted, came, expected_name, actual_name, lineterm="", n=2))
    return _at_most(lines, "lines") or [_WHITE_SPACE.format(actual_name, expected_name)]


def _at_most(lines: list[str], what: str) -> list[str]:
    more = [f"… {len(lines) - MOST} more {what}"] if len(lines) > MOST else []
    return lines[:MOST] + more


_X12 = re.compile(r"ISA.{102}(.)", re.DOTALL)


def _lines(data: bytes) -> list[str]:
    """The lines of a payload; a segment or an element each where it has no lines of its own."""
    text = data.decode("utf-8", "replace")
    x12 = _X12.match(text)
    if x12 and "\n" not in text.strip():
        text = text.replace(x12[1], f"{x12[1]}\n")
    elif text.startswith(("UNA", "UNB")) and "\n" not in text.strip():
        text = text.replace("'", "'\n")
    elif text.startswith("<") and text.count("\n") <= _HEAD:
        text = text.replace("><", ">\n<")
    return text.splitlines()


def as_json_lines(data: bytes) -> list[str]:
    """A payload as indented JSON where it is JSON, else as its lines: for a diff that shows all of a change."""
    try:
        document = decode(data)
    except Reject:
        return _lines(data)
    return json.dumps(json.loads(encode(document), parse_float=str), indent=2, ensure_ascii=False).splitlines()


def change(old: bytes, new: bytes, name: str) -> str:
    """What would become of a file, as a unified diff."""
    lines = list(difflib.unified_diff(as_json_lines(old), as_json_lines(new), name, name, lineterm="", n=2))
    return "\n".join(_at_most(lines, "lines")) or _WHITE_SPACE.format("what came", name)
