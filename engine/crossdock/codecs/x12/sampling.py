"""Makes valid transactions from the dictionary: samples for people, and fuel for tests.

Nothing here is random: ``choose(n)`` is handed in and says which of n ways to take.
"""

from __future__ import annotations

from crossdock.codecs.edi.model import Element, Field, Segment, TransactionSet
from crossdock.codecs.edi.sampling import LETTERS, LONGEST, Choose, number, presence, sampled, word
from crossdock.codecs.x12.delimiters import Delimiters

TEXT = LETTERS + "abcdefghijklmnopqrstuvwxyz -.,/&"


def sample_value(element: Element, choose: Choose) -> str:
    """A valid value of an element."""
    if element.codes is not None:
        return sorted(element.codes)[choose(len(element.codes))]
    return _KINDS.get(element.kind[0], _text)(element, choose)


def _date(element: Element, choose: Choose) -> str:
    return f"20{choose(80):02}{1 + choose(12):02}{1 + choose(28):02}"[-element.high :]


def _time(_: Element, choose: Choose) -> str:
    return f"{choose(24):02}{choose(60):02}"


def _whole(element: Element, choose: Choose) -> str:
    return number(choose, element.low, element.high)


def _decimal(element: Element, choose: Choose) -> str:
    whole = _whole(element, choose)
    return f"{whole[:-1]}.{whole[-1]}" if len(whole) > 1 and choose(2) else whole


def _code(element: Element, choose: Choose) -> str:
    return word(choose, element.low, element.high, LETTERS)


def _text(element: Element, choose: Choose) -> str:
    return word(choose, element.low, element.high, TEXT)


#: By the first letter of an element's type.
_KINDS = {"D": _date, "T": _time, "N": _whole, "R": _decimal, "I": _code}


def _composite(field: Field, choose: Choose, marks: Delimiters) -> str:
    present = [part.required or choose(4) == 0 for part in field.parts]
    present[0] = present[0] or not any(present)
    values = [
        sample_value(part.element, choose) if there else "" for part, there in zip(field.parts, present, strict=True)
    ]
    while not values[-1]:
        values.pop()
    return marks.component.join(values)


def sample_segment(segment: Segment, choose: Choose, marks: Delimiters) -> str:
    """A valid segment, without its terminator."""
    if segment.tag == "BIN":  # the length before the data is that of the data
        data = word(choose, 1, LONGEST, TEXT)
        return marks.element.join([segment.tag, str(len(data)), data])
    present = presence(segment.fields, segment.notes, choose)
    values = [
        (_composite(field, choose, marks) if field.parts else sample_value(field.element, choose)) if there else ""
        for field, there in zip(segment.fields, present, strict=True)
    ]
    while not values[-1]:
        values.pop()
    return marks.element.join([segment.tag, *values])


def sample_body(definition: TransactionSet, choose: Choose, marks: Delimiters) -> list[str]:
    """The segments between ST and SE of a valid transaction. Its totals (CTT) are arbitrary."""
    return sampled(definition, choose, lambda segment: sample_segment(segment, choose, marks))
