"""Makes valid transactions from the dictionary: samples for people, and fuel for tests.

Nothing here is random: ``choose(n)`` is handed in and says which of n ways to take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from crossdock.codecs.edi.model import Element, Field, Node, Note, Segment, TransactionSet
from crossdock.codecs.x12.delimiters import Delimiters

#: A number from 0 to below the given one.
Choose: TypeAlias = Callable[[int], int]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
TEXT = LETTERS + "abcdefghijklmnopqrstuvwxyz -.,/&"
LONGEST = 12  # characters of a sample text; lengths up to the element's own are a matter of chance below that
ATTEMPTS = 12  # times a segment's presence pattern is mended before only what is mandatory remains
MOST = 2  # repetitions of a segment or loop


def _word(choose: Choose, low: int, high: int, letters: str) -> str:
    length = low + choose(min(high, max(low, LONGEST)) - low + 1)
    word = "".join(letters[choose(len(letters))] for _ in range(length))
    return (word.strip(" ") + LETTERS[choose(26)] * length)[:length]


def _number(choose: Choose, low: int, high: int) -> str:
    length = low + choose(min(high, max(low, 6)) - low + 1)
    return str(1 + choose(9)) + "".join(str(choose(10)) for _ in range(length - 1))


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
    return _number(choose, element.low, element.high)


def _decimal(element: Element, choose: Choose) -> str:
    whole = _whole(element, choose)
    return f"{whole[:-1]}.{whole[-1]}" if len(whole) > 1 and choose(2) else whole


def _code(element: Element, choose: Choose) -> str:
    return _word(choose, element.low, element.high, LETTERS)


def _text(element: Element, choose: Choose) -> str:
    return _word(choose, element.low, element.high, TEXT)


#: By the first letter of an element's type.
_KINDS = {"D": _date, "T": _time, "N": _whole, "R": _decimal, "I": _code}


def _mended(notes: tuple[Note, ...], present: list[bool]) -> bool:
    """Adds (for E: takes away) what the first broken note asks for; False when none is broken."""
    for note in notes:
        if note.broken(tuple(present)):
            position = note.absent(tuple(present))
            present[position - 1] = note.kind != "E"
            return True
    return False


def _presence(fields: tuple[Field, ...], notes: tuple[Note, ...], choose: Choose) -> list[bool]:
    present = [field.required or choose(3) == 0 for field in fields]
    if not any(present):
        present[0] = True
    for _ in range(ATTEMPTS):
        if not _mended(notes, present):
            return present
    present = [field.required for field in fields]
    while _mended(notes, present):
        continue
    return present


def _composite(field: Field, choose: Choose, marks: Delimiters) -> str:
    present = [part.required or choose(4) == 0 for part in field.parts]
    values = [
        sample_value(part.element, choose) if there else "" for part, there in zip(field.parts, present, strict=True)
    ]
    while not values[-1]:
        values.pop()
    return marks.component.join(values)


def sample_segment(segment: Segment, choose: Choose, marks: Delimiters) -> str:
    """A valid segment, without its terminator."""
    present = _presence(segment.fields, segment.notes, choose)
    values = [
        (_composite(field, choose, marks) if field.parts else sample_value(field.element, choose)) if there else ""
        for field, there in zip(segment.fields, present, strict=True)
    ]
    while not values[-1]:
        values.pop()
    return marks.element.join([segment.tag, *values])


def _sampled(node: Node, choose: Choose, marks: Delimiters, depth: int) -> Iterator[str]:
    wanted = choose(4 + 4 * depth) == 0
    times = max(int(node.required), (1 + choose(min(node.maximum, MOST))) if wanted else 0)
    for _ in range(times):
        yield sample_segment(node.segment, choose, marks)
        for child in node.children:
            yield from _sampled(child, choose, marks, depth + 1)


def sample_body(definition: TransactionSet, choose: Choose, marks: Delimiters) -> list[str]:
    """The segments between ST and SE of a valid transaction. Its totals (CTT) are arbitrary."""
    return [line for node in definition.nodes for line in _sampled(node, choose, marks, 0)]
