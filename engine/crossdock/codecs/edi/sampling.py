"""What samples of every standard share: which elements of a segment are there, how often a segment stands.

Nothing here is random: ``choose(n)`` is handed in and says which of n ways to take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from crossdock.codecs.edi.model import Field, Node, Note, Segment, TransactionSet

#: A number from 0 to below the given one.
Choose: TypeAlias = Callable[[int], int]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
LONGEST = 12  # characters of a sample text; lengths up to the element's own are a matter of chance below that
ATTEMPTS = 12  # times a segment's presence pattern is mended before only what is mandatory remains
MOST = 2  # repetitions of a segment or loop


def word(choose: Choose, low: int, high: int, letters: str) -> str:
    """A text of these letters that neither begins nor ends with a blank."""
    length = low + choose(min(high, max(low, LONGEST)) - low + 1)
    text = "".join(letters[choose(len(letters))] for _ in range(length))
    return (text.strip(" ") + LETTERS[choose(26)] * length)[:length]


def number(choose: Choose, low: int, high: int) -> str:
    """Digits, the first of them not 0."""
    length = low + choose(min(high, max(low, 6)) - low + 1)
    return str(1 + choose(9)) + "".join(str(choose(10)) for _ in range(length - 1))


def _mended(notes: tuple[Note, ...], present: list[bool]) -> bool:
    """Adds (for E: takes away) what the first broken note asks for; False when none is broken."""
    for note in notes:
        if note.broken(tuple(present)):
            position = note.absent(tuple(present))
            present[position - 1] = note.kind != "E"
            return True
    return False


def presence(fields: tuple[Field, ...], notes: tuple[Note, ...], choose: Choose) -> list[bool]:
    """Which elements are there, as the notes allow."""
    present = [field.required or choose(3) == 0 for field in fields]
    if fields and not any(present):
        present[0] = True
    for _ in range(ATTEMPTS):
        if not _mended(notes, present):
            return present
    return _least(fields, notes)


def _least(fields: tuple[Field, ...], notes: tuple[Note, ...]) -> list[bool]:
    """What is mandatory and what the notes ask for then; if that is nothing, the first element that can be there."""
    required = [field.required for field in fields]
    starts = [required] if any(required) else [[n == first for n in range(len(fields))] for first in range(len(fields))]
    for present in starts:
        for _ in range(len(fields) + len(notes)):
            if not _mended(notes, present):
                return present
    raise ValueError("the syntax notes leave no way to fill the segment")


def _sampled(node: Node, choose: Choose, sample: Callable[[Segment], str], depth: int) -> Iterator[str]:
    wanted = choose(4 + 4 * depth) == 0
    most = min(node.maximum, MOST)  # none of what a partner rules out
    times = max(int(node.required), (1 + choose(most)) if wanted and most else 0)
    for _ in range(times):
        yield sample(node.segment)
        for child in node.children:
            yield from _sampled(child, choose, sample, depth + 1)


def sampled(definition: TransactionSet, choose: Choose, sample: Callable[[Segment], str]) -> list[str]:
    """The segments of a valid set, each as ``sample`` writes it. Its totals are arbitrary."""
    return [line for node in definition.nodes for line in _sampled(node, choose, sample, 0)]
