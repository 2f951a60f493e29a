"""By which element people call a document: that of its beginning segment, whatever else is wrong with it.

Facts by ASC X12.1, the purpose of each beginning segment.
"""

from __future__ import annotations

from collections.abc import Sequence

#: Beginning segment -> position of the number its sender gave the document.
REFERENCE = {
    "BEG": 3,  # purchase order number
    "BCH": 3,  # purchase order number of the change
    "BAK": 3,  # purchase order number acknowledged
    "BCA": 3,
    "BIG": 2,  # invoice number
    "BSN": 2,  # shipment identification
    "BIA": 3,  # inventory reference
    "W05": 2,  # depositor order number
    "W06": 2,
}


def reference_of(segments: Sequence[str], element: str) -> tuple[str, ...]:
    """The number in the segment after ST, if that segment is one of those."""
    values = segments[1].split(element) if len(segments) > 1 else []
    position = REFERENCE.get(values[0], 0) if values else 0
    return (values[position],) if 0 < position < len(values) and values[position] else ()
