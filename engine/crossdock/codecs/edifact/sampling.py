"""Makes valid messages from the dictionary: samples for people, and fuel for tests.

Nothing here is random: ``choose(n)`` is handed in and says which of n ways to take.
"""

from __future__ import annotations

from crossdock.codecs.edi.model import Element, Field, Segment, TransactionSet
from crossdock.codecs.edi.sampling import LETTERS, Choose, number, presence, sampled, word
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.product_ids import moment_parts
from crossdock.codecs.edifact.text import as_sent, standing_in
from crossdock.codecs.edifact.values import is_numeric

TEXT = LETTERS + "abcdefghijklmnopqrstuvwxyz -.,/&()"
AWKWARD = TEXT + "?:+'*"  # with characters that need the release character
USUAL = Delimiters()


def sample_value(element: Element, choose: Choose, letters: str = TEXT) -> str:
    """A valid value of an element."""
    if element.codes is not None:
        return sorted(element.codes)[choose(len(element.codes))]
    if is_numeric(element):
        whole = number(choose, element.low, element.high)
        return f"{whole[:-1]}.{whole[-1]}" if len(whole) > 1 and choose(2) else whole
    if element.kind == "A":
        return word(choose, element.low, element.high, LETTERS[:26])
    return word(choose, element.low, element.high, LETTERS if element.high <= 3 else letters)  # noqa: PLR2004 - codes


def _day(choose: Choose) -> str:
    return f"20{choose(80):02}{1 + choose(12):02}{1 + choose(28):02}"


def _composite(field: Field, choose: Choose, letters: str) -> list[str]:
    present = [part.required or choose(4) == 0 for part in field.parts]
    present[0] = present[0] or not any(present)
    values = [
        sample_value(part.element, choose, letters) if there else ""
        for part, there in zip(field.parts, present, strict=True)
    ]
    moment = moment_parts(field)
    if moment is not None and values[moment[0] - 1]:
        values[moment[0] - 1], values[moment[1] - 1] = _day(choose), "102"
    return values


def _trimmed(values: list[str]) -> list[str]:
    while values and not values[-1]:
        values.pop()
    return values


def sample_segment(segment: Segment, choose: Choose, marks: Delimiters = USUAL, letters: str = TEXT) -> str:
    """A valid segment as it is sent, without its terminator."""
    there = presence(segment.fields, segment.notes, choose)
    elements: list[str] = []
    for field, sent in zip(segment.fields, there, strict=True):
        values = [] if not sent else _composite(field, choose, letters) if field.parts else []
        if sent and not field.parts:
            values = [sample_value(field.element, choose, letters)]
        elements.append(":".join(standing_in(value, marks) for value in _trimmed(values)))
    return as_sent("+".join([segment.tag, *_trimmed(elements)]), marks)


def sample_body(
    definition: TransactionSet, choose: Choose, marks: Delimiters = USUAL, letters: str = TEXT
) -> list[str]:
    """The segments between UNH and UNT of a valid message. Its totals are arbitrary."""
    return sampled(definition, choose, lambda segment: sample_segment(segment, choose, marks, letters))
