"""Reading without a dictionary: every tag a list, in the order sent, hierarchy still built.

``_order`` keeps the sequence of tags, so that what was read can be written back to the byte. Segments after an HL
belong to it until CTT, as in every set that has HL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.grammar import ENVELOPE
from crossdock.message import Document

AFTER_HIERARCHY = frozenset({"CTT"})  # the summary of a set with HL begins here

Tree = dict[str, Document]


@lru_cache(maxsize=512)
def keys_of(tag: str, count: int) -> tuple[str, ...]:
    """``("N101", "N102", …)``."""
    return tuple(f"{tag}{position:02}" for position in range(1, count + 1))


def _components(key: str, value: str, marks: Delimiters) -> Tree:
    if not marks.component or marks.component not in value:
        return {key: value}
    parts = value.split(marks.component)
    return {f"{key}{number:02}": part for number, part in enumerate(parts, start=1) if part}


def _repeated(key: str, value: str, marks: Delimiters) -> list[Document]:
    return [
        cast("Document", _components(key, one, marks)) if marks.component and marks.component in one else one
        for one in value.split(marks.repetition)
    ]


def plain_segment(elements: Sequence[str], marks: Delimiters) -> Tree:
    """The dict of a segment nobody describes."""
    values = elements[1:]
    keys = keys_of(elements[0], len(values))
    text = "".join(values)
    if not (marks.component and marks.component in text) and not (marks.repetition and marks.repetition in text):
        return {key: value for key, value in zip(keys, values, strict=True) if value}
    found: Tree = {}
    for key, value in zip(keys, values, strict=True):
        if not value:
            continue
        if marks.repetition and marks.repetition in value:
            found[key] = _repeated(key, value, marks)
        else:
            found.update(_components(key, value, marks))
    return found


def read_structure(segments: Sequence[str], root: Tree, marks: Delimiters) -> int:
    """Reads the segments between ST and SE into ``root``; the index of a segment that cuts it off, or 0."""
    order: list[Document] = []
    home = root
    for index, segment in enumerate(segments, 1):
        elements = segment.split(marks.element)
        tag = elements[0]
        if tag in ENVELOPE:
            root["_order"] = order
            return index
        if not tag:
            continue
        order.append(tag)
        found = plain_segment(elements, marks)
        if tag == "HL" or tag in AFTER_HIERARCHY:
            home = root
        entries = cast("list[Document]", home.setdefault(tag, []))
        entries.append(found)
        if tag == "HL":
            home = found
    root["_order"] = order
    return 0


def pointers_of(segments: Sequence[str], marks: Delimiters) -> list[tuple[str, int]]:
    """(JSON pointer, index) of each segment, as ``read_structure`` places them."""
    found: list[tuple[str, int]] = []
    counts: Counter[str] = Counter()
    home = ""
    for index, segment in enumerate(segments, 1):
        tag = segment.partition(marks.element)[0]
        if tag == "HL" or tag in AFTER_HIERARCHY:
            home = ""
        path = f"{home}/{tag}"
        pointer = f"{path}/{counts[path]}"
        counts[path] += 1
        found.append((pointer, index))
        if tag == "HL":
            home = pointer
    return found
