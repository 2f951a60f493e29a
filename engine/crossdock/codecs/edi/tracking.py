"""Follows a transaction once more, for where its segments went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crossdock.codecs.edi.grammar import Grammar, Marks, Move, Tree
from crossdock.codecs.edi.walk import Trouble, walk, where


class Tracker(Trouble):
    """Keeps (JSON pointer, index) of each segment, beside the faults."""

    def __init__(self, grammar: Grammar, marks: Marks) -> None:
        super().__init__(grammar, marks)
        self.pointers: list[tuple[str, int]] = []

    def closer(self, index: int, elements: Sequence[str], move: Move, at: Sequence[Tree]) -> Tree:
        """The segment's dict; its pointer is remembered."""
        self.pointers.append((where(move, at)[1], index))
        return super().closer(index, elements, move, at)


def tracked(grammar: Grammar, segments: Sequence[str], marks: Marks) -> Tracker:
    """What a tracker found in a transaction."""
    tracker = Tracker(grammar, marks)
    walk(tracker, grammar, segments, {}, lambda _: True, marks)
    return tracker


def by_pointer(pointers: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The index of the segment at each pointer; of several at one, the first."""
    known: dict[str, int] = {}
    for pointer, index in pointers:
        known.setdefault(pointer, index)
    return known


def nearest(pointer: str, known: Mapping[str, int]) -> tuple[str, int] | None:
    """The segment that holds the value at a pointer, or None: (its pointer, its index)."""
    while pointer:
        if pointer in known:
            return pointer, known[pointer]
        pointer = pointer.rpartition("/")[0]
    return None
