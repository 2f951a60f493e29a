"""Reading without a dictionary: every tag a list, in the order sent.

``_order`` keeps the sequence of tags, so that what was read can be written back to the byte. An element with several
components has one key for each (``DTM0101``), one without has the element's (``BGM02``): nobody said which are composites.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

from crossdock.codecs.edifact.grammar import ENVELOPE
from crossdock.codecs.edifact.text import REPEAT, restored
from crossdock.message import Document

Tree = dict[str, Document]


def _components(key: str, value: str) -> Tree:
    if ":" not in value:
        return {key: restored(value)}
    return {f"{key}{number:02}": restored(part) for number, part in enumerate(value.split(":"), start=1) if part}


def _repeated(key: str, value: str) -> list[Document]:
    return [_components(key, one) if ":" in one else restored(one) for one in value.split(REPEAT)]


def plain_segment(elements: Sequence[str]) -> Tree:
    """The dict of a segment nobody describes; elements with usual delimiters and stand-ins (text.py)."""
    found: Tree = {}
    for position, value in enumerate(elements[1:], start=1):
        if not value:
            continue
        key = f"{elements[0]}{position:02}"
        if REPEAT in value:
            found[key] = _repeated(key, value)
        else:
            found.update(_components(key, value))
    return found


def read_structure(segments: Sequence[str], root: Tree) -> int:
    """Reads the segments between UNH and UNT into ``root``; the index of a segment that cuts it off, or 0."""
    order: list[Document] = []
    for index, segment in enumerate(segments, 1):
        elements = segment.split("+")
        tag = restored(elements[0])
        if tag in ENVELOPE:
            root["_order"] = order
            return index
        if not tag:
            continue
        order.append(tag)
        cast("list[Document]", root.setdefault(tag, [])).append(plain_segment([tag, *elements[1:]]))
    root["_order"] = order
    return 0


def pointers_of(segments: Sequence[str]) -> list[tuple[str, int]]:
    """(JSON pointer, index) of each segment, as ``read_structure`` places them."""
    found: list[tuple[str, int]] = []
    counts: Counter[str] = Counter()
    for index, segment in enumerate(segments, 1):
        tag = segment.partition("+")[0]
        found.append((f"/{tag}/{counts[tag]}", index))
        counts[tag] += 1
    return found
