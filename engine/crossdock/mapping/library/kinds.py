"""The kinds of values, and taking an argument as one of them."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import NoReturn

from crossdock.mapping.fault import Fault, quoted
from crossdock.message import Document

MAX_DIGITS = 60  # twice the longest number X12, EDIFACT and SQL know (38); longer ones are no quantities
MAX_TEXT = 1024 * 1024  # characters that one function may make; the longest EDI element has 4 million in no standard
MAX_ITEMS = 1_000_000  # elements of a list that one function may make

#: Exact for every number of MAX_DIGITS digits on both sides of the point, added or multiplied.
EXACT = Context(prec=6 * MAX_DIGITS)
#: Division and average, as IEEE 754 decimal128 rounds.
DIVISION = Context(prec=34)

NUMBERS = frozenset({int, Decimal})

_KINDS: dict[type, str] = {
    str: "text",
    int: "number",
    Decimal: "number",
    bool: "boolean",
    type(None): "null",
    list: "list",
    dict: "object",
}


def kind_of(value: Document) -> str:
    """``text``, ``number``, ``boolean``, ``null``, ``list`` or ``object``."""
    return _KINDS[type(value)]


def wrong_kind(function: str, wanted: str, value: Document, argument: int = 0, item: int | None = None) -> NoReturn:
    """Raise the fault of an argument that is of the wrong kind."""
    found = (
        quoted(value) if value is None or isinstance(value, list | dict) else f"the {kind_of(value)} {quoted(value)}"
    )
    hint = "dec() makes a number of text" if wanted.endswith("number") and isinstance(value, str) else None
    raise Fault("M301", f"{function}() takes {wanted}, not {found}", value, hint=hint, argument=argument, item=item)


def invalid(function: str, problem: str, value: Document, argument: int = 0) -> NoReturn:
    """Raise the fault of an argument of the right kind that makes no sense."""
    raise Fault("M307", f"{function}(): {problem}", value, argument=argument)


def text_in(function: str, value: Document, argument: int = 0) -> str:
    """The argument, which must be text."""
    if type(value) is not str:
        wrong_kind(function, "text", value, argument)
    return value


def number_in(function: str, value: Document, argument: int = 0) -> int | Decimal:
    """The argument, which must be a number of sane size."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        wrong_kind(function, "number", value, argument)
    if isinstance(value, Decimal) and not -MAX_DIGITS <= value.adjusted() <= MAX_DIGITS and value:
        invalid(function, "the number is out of range", value, argument)
    return value


def whole_in(function: str, value: Document, argument: int = 0, low: int = 0, high: int = MAX_TEXT) -> int:
    """The argument, which must be a whole number from ``low`` to ``high``."""
    number = number_in(function, value, argument)
    if number != int(number) or not low <= number <= high:
        invalid(function, f"needs a whole number from {low} to {high}", value, argument)
    return int(number)


def list_in(function: str, value: Document, argument: int = 0) -> list[Document]:
    """The argument, which must be a list."""
    if type(value) is not list:
        wrong_kind(function, "list", value, argument)
    return value


def object_in(function: str, value: Document, argument: int = 0) -> dict[str, Document]:
    """The argument, which must be an object."""
    if type(value) is not dict:
        wrong_kind(function, "object", value, argument)
    return value


def numbers_in(function: str, value: Document, argument: int = 0) -> list[int | Decimal]:
    """The argument, which must be a list of numbers."""
    return [
        item if type(item) in NUMBERS else wrong_kind(function, "list of number", item, argument, index)  # type: ignore[misc]  # the set says int or Decimal
        for index, item in enumerate(list_in(function, value, argument))
    ]


def texts_in(function: str, value: Document, argument: int = 0) -> list[str]:
    """The argument, which must be a list of text."""
    return [
        item if type(item) is str else wrong_kind(function, "list of text", item, argument, index)
        for index, item in enumerate(list_in(function, value, argument))
    ]


def limited(function: str, text: str) -> str:
    """The text a function made, unless it is too long to be meant."""
    if len(text) > MAX_TEXT:
        raise Fault("M308", f"{function}() makes more than {MAX_TEXT} characters")
    return text


def text_of(function: str, value: Document, argument: int = 0) -> str:
    """Text, or a number or boolean written as text: every digit, no exponent."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format(number_in(function, value, argument), "f" if isinstance(value, Decimal) else "d")
    return wrong_kind(function, "text or number", value, argument)
