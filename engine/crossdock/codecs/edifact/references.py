"""By which number people call a message: that of its beginning segment, whatever else is wrong with it.

BGM has it in its second element, from directory D.97A on as the first component of a composite.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.codecs.edifact.text import restored

BEGINNING = "BGM"
NUMBER = 2


def reference_of(segments: Sequence[str]) -> tuple[str, ...]:
    """The document number in the segment after UNH, if that is a BGM."""
    values = segments[1].split("+") if len(segments) > 1 else []
    if len(values) <= NUMBER or values[0] != BEGINNING:
        return ()
    number = restored(values[NUMBER].partition(":")[0])
    return (number,) if number else ()
