"""By which element people call a document: that of its beginning segment, whatever else is wrong with it.

Facts by ASC X12.1, the purpose of each beginning segment.
"""

from __future__ import annotations

from collections.abc import Sequence

#: Beginning segment -> position of the number its sender gave the document.
REFERENCE = {
    "AK1": 2,  # group control number that is answered
    "B1": 2,  # shipment number of the tender that is answered
    "B10": 2,  # shipment number
    "B2": 4,  # shipment number
    "BAK": 3,  # purchase order number acknowledged
    "BCA": 3,
    "BCH": 3,  # purchase order number of the change
    "BCT": 2,  # catalog number
    "BEG": 3,  # purchase order number
    "BGN": 2,
    "BIA": 3,  # inventory reference
    "BIG": 2,  # invoice number
    "BSN": 2,  # shipment identification
    "TRN": 2,  # trace number of a payment; BPR, which begins it, has none
    "W05": 2,  # depositor order number
    "W06": 2,
    "W15": 2,  # adjustment number
    "W17": 3,  # warehouse receipt number
    "XQ": 4,
}
FIRST_OF_PAYMENT = "BPR"
NEAR = 5  # segments after BPR among which its TRN is looked for


def _first(segments: Sequence[str], element: str) -> list[str]:
    values = segments[1].split(element) if len(segments) > 1 else [""]
    if values[0] == FIRST_OF_PAYMENT:
        later = (segment.split(element) for segment in segments[2 : 2 + NEAR])
        return next((one for one in later if one[0] == "TRN"), values)
    return values


def reference_of(segments: Sequence[str], element: str) -> tuple[str, ...]:
    """The number in the segment after ST, if that segment is one of those; of a payment that of its trace."""
    values = _first(segments, element)
    position = REFERENCE.get(values[0], 0)
    return (values[position],) if 0 < position < len(values) and values[position] else ()
