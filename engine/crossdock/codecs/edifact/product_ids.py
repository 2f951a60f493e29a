"""Where a segment holds item numbers (C212) and dates (C507), found by the data elements inside."""

from __future__ import annotations

from functools import cache

from crossdock.codecs.edi.model import Field, Segment

ITEM, ITEM_TYPE = "7140", "7143"
MOMENT, MOMENT_FORMAT = "2380", "2379"


def _numbers(field: Field) -> list[str]:
    return [part.element.number for part in field.parts]


@cache
def item_positions(segment: Segment) -> tuple[int, ...]:
    """Positions of composites that begin with an item number and its type."""
    return tuple(
        position for position, field in enumerate(segment.fields, start=1) if _numbers(field)[:2] == [ITEM, ITEM_TYPE]
    )


@cache
def moment_parts(field: Field) -> tuple[int, int] | None:
    """(component of the moment, component of its format) where a composite holds both."""
    numbers = _numbers(field)
    if MOMENT in numbers and MOMENT_FORMAT in numbers:
        return numbers.index(MOMENT) + 1, numbers.index(MOMENT_FORMAT) + 1
    return None
