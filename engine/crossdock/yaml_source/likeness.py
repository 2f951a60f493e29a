"""How far a word is from another: letters that are put in, left out, changed, or swapped with their neighbour."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST = 64  # characters that are compared: names are shorter, and what is longer is none of them
_CLOSE = 8  # names worth a second look
LISTED = 12  # names that can be taken in at a glance


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that is the fewest steps away; None where nothing is close."""
    close = difflib.get_close_matches(word[:_LONGEST], list(names), n=_CLOSE, cutoff=0.6)
    return min(close, key=lambda name: steps_between(word.casefold(), name.casefold()), default=None)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """``did you mean 'x'?`` for a word that is close to a known one, else the short list of what is known."""
    names = sorted(known)
    same = [name for name in names if name.casefold() == word.casefold()]
    close = same[0] if same else nearest(word, names)
    if close is not None:
        return f"did you mean '{close}'?"
    return f"one of: {', '.join(names)}" if 0 < len(names) <= LISTED else None


def steps_between(one: str, other: str) -> int:
    """The optimal string alignment distance: as Levenshtein's, and two neighbours that are swapped are one step."""
    one, other = one[:_LONGEST], other[:_LONGEST]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there
            row.append(min(steps, last[j - 2] + 1) if swapped else steps)
    return row[-1]
