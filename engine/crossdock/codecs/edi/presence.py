"""Which elements of a segment are missing, or there although they may not be."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.codecs.edi.grammar import ElementFault
from crossdock.codecs.edi.model import Segment


def presence_faults(segment: Segment, values: Sequence[str]) -> list[ElementFault]:
    """The faults of what is there and what is not; ``values`` are the elements without the tag."""
    present = tuple(map(bool, values))
    faults = [
        ElementFault("absent", position, element=spec.element)
        for position, spec in enumerate(segment.fields, start=1)
        if spec.required and not (position <= len(present) and present[position - 1])
    ]
    broken = dict.fromkeys((note.kind == "E", note.absent(present)) for note in segment.notes if note.broken(present))
    for excluded, position in broken:
        kind = "exclusion" if excluded else "conditional"
        faults.append(ElementFault(kind, position, element=segment.fields[position - 1].element))
    if present and not present[-1]:
        faults.append(ElementFault("trailing", len(present)))
    return faults
