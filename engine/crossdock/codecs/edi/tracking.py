"""Follows a transaction once more, for where its segments went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


def nearest(pointer: str, pointers: Iterable[tuple[str, int]]) -> tuple[str, int] | None:
    """The segment that holds the value at a pointer, or None: (its pointer, its index)."""
    holding = [one for one in pointers if pointer == one[0] or pointer.startswith(f"{one[0]}/")]
    return max(holding, key=lambda one: len(one[0]), default=None)
