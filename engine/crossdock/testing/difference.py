"""How an actual output differs from an expected one, for people to read."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator

from crossdock.document_json import decode, encode
from crossdock.errors import Reject
from crossdock.message import Document

_MOST_LINES = 60


def difference(expected: bytes, actual: bytes, expected_name: str, actual_name: str) -> str:
    """A unified diff, of indented JSON where both are JSON; empty when there is no difference."""
    if expected == actual:
        return ""
    lines = list(difflib.unified_diff(_lines(expected), _lines(actual), expected_name, actual_name, lineterm="", n=2))
    if not lines:
        return f"{actual_name} differs from {expected_name} in white space or line ends only"
    more = [f"… {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    return "\n".join(lines[:_MOST_LINES] + more)


def _lines(data: bytes) -> list[str]:
    try:
        document = decode(data)
    except Reject:
        return data.decode("utf-8", "replace").splitlines()
    return json.dumps(json.loads(encode(document), parse_float=str), indent=2, ensure_ascii=False).splitlines()


def missing_from(expected: Document, actual: Document, pointer: str = "") -> Iterator[str]:
    """What of ``expected`` is not in ``actual``: fields that are absent or differ. More fields are no matter."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if key not in actual:
                yield f"{pointer}/{key}: expected {_text(value)}, but it is not there"
            else:
                yield from missing_from(value, actual[key], f"{pointer}/{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{pointer or '/'}: expected {len(expected)} items, got {len(actual)}"
        for index, (want, have) in enumerate(zip(expected, actual, strict=False)):
            yield from missing_from(want, have, f"{pointer}/{index}")
    elif expected != actual or type(expected) is not type(actual):
        yield f"{pointer or '/'}: expected {_text(expected)}, got {_text(actual)}"


def _text(value: Document) -> str:
    return encode(value).decode()
