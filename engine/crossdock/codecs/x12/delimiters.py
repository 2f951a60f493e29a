"""The characters that structure an interchange, and what does not count as data around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

BLANKS = b" \t\r\n"
REPETITION_SINCE = "00402"  # before that ISA11 names the standards body and is U


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Each one character. ``component`` and ``repetition`` are empty where they cannot be used.

    ``newline`` is what stands between a terminator and the next segment.
    """

    element: str = "*"
    component: str = ":"
    terminator: str = "~"
    repetition: str = ""
    newline: str = ""

    @property
    def separators(self) -> str:
        """As ``_env.separators`` and the ``separators`` option write them: ``*:~`` or ``*:~^``."""
        return self.element + self.component + self.terminator + self.repetition

    @property
    def breaks(self) -> str:
        """The line breaks that separate nothing: where they stand inside a segment they were added on the way."""
        return "".join(mark for mark in "\r\n" if mark not in self.separators)

    @property
    def end(self) -> str:
        """What ends a segment when written."""
        return self.terminator + self.newline


@lru_cache(maxsize=64)
def unprintable(marks: Delimiters) -> tuple[str, ...]:
    """The delimiters that are control characters, as a newline is."""
    return tuple(mark for mark in marks.separators if not mark.isprintable())


@lru_cache(maxsize=64)
def odd_segments(marks: Delimiters) -> Callable[[str], bool]:
    """Tells segments that hold components, repetitions or anything that is not printable ASCII."""
    inner = tuple(mark for mark in (marks.component, marks.repetition) if mark)
    hidden = marks.element if marks.element in unprintable(marks) else ""

    def odd(segment: str) -> bool:
        if any(mark in segment for mark in inner):
            return True
        shown = segment.replace(hidden, "") if hidden else segment
        return not (shown.isascii() and shown.isprintable())

    return odd
