"""Values that a document has twice: the bookkeeping of codecs repeats what segments say, to be easier to reach.

X12 and EDIFACT put product ids under their qualifiers (``_ids``); the tree of HL segments (``HL_S[].HL_O[]``) and the
links to parents (``_up``) repeat the flat list. Who asks where such a value stands means the segment's own.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

from crossdock.codecs.pointer import step, steps_of
from crossdock.message import Document

TREE = "HL_"  # what keys of the HL tree begin with


class Repeats:
    """What repeats what in one document."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def originals(self, pointer: str) -> list[str]:
        """The pointers that a value stands for: itself, or what it repeats; of a product id also its qualifier."""
        plain = self._flat(pointer)
        holder, found, qualifier = plain.partition("/_ids/")
        segment = at(self._document, holder) if found else None
        if isinstance(segment, dict):
            keys = [key for key in segment if not key.startswith("_")]
            wanted = "".join(steps_of(f"/{qualifier}"))
            pairs = pairwise(keys)
            found_at = next((pair for pair in pairs if segment[pair[self._qualified_by]] == wanted), None)
            if found_at is not None:
                return [holder + step(key) for key in found_at]
        return [plain]

    @cached_property
    def _qualified_by(self) -> int:
        """Which of two elements is the qualifier of the other: the first in X12, the second in EDIFACT's C212."""
        return 1 if isinstance(self._document, dict) and self._document.get("_std") == "EDIFACT" else 0

    def has_tree(self) -> bool:
        """Whether HL segments are there as a list and as a tree."""
        return bool(self._levels)

    @cached_property
    def _levels(self) -> dict[str, int]:
        """The place of each HL in the flat list, by its id."""
        flat = self._document.get("HL") if isinstance(self._document, dict) else None
        known: dict[str, int] = {}
        for index, one in enumerate(flat if isinstance(flat, list) else []):
            if isinstance(one, dict):
                known.setdefault(str(one.get("HL01", "")), index)
        return known

    def _flat(self, pointer: str) -> str:
        """The same value in the flat list of HL segments."""
        if f"/{TREE}" not in pointer and "/_up" not in pointer:
            return pointer
        here, passed, entry, rest = self._document, 0, None, ""
        steps = steps_of(pointer)
        for number, key in enumerate(steps):
            here = at(here, step(key))
            passed = number + 1
            inside_tree = number > 0 and steps[number - 1].startswith(TREE) and key.isdecimal()
            if isinstance(here, dict) and (inside_tree or key == "_up"):
                entry, rest = here, "".join(step(one) for one in steps[passed:])
        index = self._levels.get(str(entry.get("HL01", ""))) if entry is not None else None
        return pointer if index is None else f"/HL/{index}{rest}"


def at(document: Document, pointer: str) -> Document:
    """The value at a JSON pointer; null where there is none."""
    here = document
    for key in steps_of(pointer):
        if isinstance(here, dict):
            here = here.get(key)
        elif isinstance(here, list) and key.isdecimal() and int(key) < len(here):
            here = here[int(key)]
        else:
            return None
    return here
