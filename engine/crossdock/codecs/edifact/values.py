"""Whether one value is a number, a moment or text of the right length (ISO 9735-1, 10; code list of element 2379).

``judge`` says everything that is wrong with a value; ``quick`` gives the same answer as yes or no, with a memory of
values it has passed, for the generated readers (shapes.py). A test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from crossdock.codecs.edi.model import Element

REMEMBERED = 4096  # values each element remembers as good: most repeat, and hostile ones cannot grow it further

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_BARE = re.compile(r"-?(?:[.,]\d+|\d+[.,])", re.ASCII)  # a digit is missing before or after the decimal mark
_SIGNS = str.maketrans("", "", "-.,")  # a length counts digits only (ISO 9735-1, 10.3)


def is_numeric(element: Element) -> bool:
    """Whether its values are numbers."""
    return element.kind[0] in "NR"


def exact(value: str) -> Decimal:
    """The number a value with a decimal comma stands for."""
    return Decimal(value.replace(",", "."))


def length_of(element: Element, value: str) -> int:
    """Length as the standard counts it: of a number, its digits."""
    return len(value.translate(_SIGNS)) if is_numeric(element) else len(value)


def judge(element: Element, value: str) -> list[str]:
    """What is wrong with a non-empty value: number, bare, short, long, letters, code."""
    wrong: list[str] = []
    if is_numeric(element) and not _NUMBER.fullmatch(value):
        if not _BARE.fullmatch(value):
            return ["number"]
        wrong.append("bare")
    if element.kind == "A" and any(char.isdigit() for char in value):
        wrong.append("letters")
    length = length_of(element, value)
    if length < element.low:
        wrong.append("short")
    if length > element.high:
        wrong.append("long")
    if element.codes is not None and value not in element.codes:
        wrong.append("code")
    return wrong


def quick(element: Element) -> tuple[set[str], Callable[[str], bool]]:
    """(values passed before, whether a value is bad or needs the closer look), for numbers and code lists."""
    passed: set[str] = set()
    good = _quick_number(element) if is_numeric(element) else _plainly_good(element)

    def bad(value: str) -> bool:
        if not good(value):
            return True
        if len(passed) < REMEMBERED:
            passed.add(value)
        return False

    return passed, bad


def _plainly_good(element: Element) -> Callable[[str], bool]:
    return lambda value: ":" not in value and not judge(element, value)


def _quick_number(element: Element) -> Callable[[str], bool]:
    low, high, codes = element.low, element.high, element.codes

    def good(value: str) -> bool:
        whole, point, fraction = value.partition(".")
        if codes is None and value.isascii() and whole.isdigit() and (fraction.isdigit() or not point):
            return low <= len(whole) + len(fraction) <= high
        return "," not in value and ":" not in value and not judge(element, value)

    return good


#: 2379 -> how a moment looks: Y M D h m s as in the code list, W week, Z zone letters.
FORMATS = {
    "2": "DDMMYY",
    "101": "YYMMDD",
    "102": "CCYYMMDD",
    "201": "YYMMDDhhmm",
    "202": "YYMMDDhhmmss",
    "203": "CCYYMMDDhhmm",
    "204": "CCYYMMDDhhmmss",
    "401": "hhmm",
    "402": "hhmmss",
    "602": "CCYY",
    "609": "YYMM",
    "610": "CCYYMM",
    "615": "YYWW",
    "616": "CCYYWW",
    "713": "YYMMDDhhmm-YYMMDDhhmm",
    "717": "YYMMDD-YYMMDD",
    "718": "CCYYMMDD-CCYYMMDD",
    "719": "CCYYMMDDhhmm-CCYYMMDDhhmm",
}
_HIGHEST = {"MM": 12, "WW": 53, "hh": 24, "mm": 59, "ss": 60}


def _fields(picture: str, value: str) -> dict[str, int]:
    return {picture[n : n + 2]: int(value[n : n + 2]) for n in range(0, len(picture), 2)}


def _is_single(picture: str, value: str) -> bool:
    if len(value) != len(picture) or not (value.isascii() and value.isdigit()):
        return False
    fields = _fields(picture, value)
    if any(fields.get(name, 0) > highest for name, highest in _HIGHEST.items()):
        return False
    if "MM" in fields and "YY" in fields:
        year = fields.get("CC", 20) * 100 + fields["YY"]
        return _is_day(year, fields["MM"], fields.get("DD", 1))
    return True


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_moment(value: str, code: str) -> bool:
    """Whether a date, time or period is what its format code says; what we have no picture of passes."""
    picture = FORMATS.get(code)
    if picture is None:
        return True
    first, dash, second = picture.partition("-")
    if not dash:
        return _is_single(picture, value)
    begins, ends = value[: len(first)], value[len(first) :].removeprefix("-")
    return _is_single(first, begins) and _is_single(second, ends)


def quick_moment() -> tuple[set[tuple[str, str]], Callable[[str, str], bool]]:
    """(pairs passed before, whether a pair of value and format is bad)."""
    passed: set[tuple[str, str]] = set()

    def bad(value: str, code: str) -> bool:
        if not is_moment(value, code):
            return True
        if len(passed) < REMEMBERED:
            passed.add((value, code))
        return False

    return passed, bad
