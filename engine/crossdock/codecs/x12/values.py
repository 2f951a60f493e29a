"""Whether one value is a number, a date, a time or text of the right length (X12.6, 3.5; X12.3).

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

_DECIMAL = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_EXPONENT = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:E-?\d+)?", re.ASCII)  # X12.6 allows it from 004020 on
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d([0-5]\d\d{0,2})?", re.ASCII)
_SIGNS = str.maketrans("", "", "-.E")  # a length counts digits only (X12.6, 3.5.1)

EXPONENTS_SINCE = "004020"


def is_date(value: str) -> bool:
    """CCYYMMDD or YYMMDD, and a day that the calendar has."""
    if not (value.isascii() and value.isdigit()):
        return False
    if len(value) == 6:  # noqa: PLR2004 - YYMMDD; the century only decides 29 February, and 2000 has one
        value = "20" + value
    if len(value) != 8:  # noqa: PLR2004 - CCYYMMDD
        return False
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return False
    return True


def is_time(value: str) -> bool:
    """HHMM, HHMMSS, or with tenths or hundredths of a second."""
    return _TIME.fullmatch(value) is not None


def scaled(value: str, decimals: int) -> Decimal:
    """The exact number an ``Nn`` value stands for."""
    return Decimal(value).scaleb(-decimals)


def _number_pattern(element: Element, release: str) -> re.Pattern[str] | None:
    if element.kind == "R":
        return _EXPONENT if release >= EXPONENTS_SINCE else _DECIMAL
    return _WHOLE if element.kind[0] == "N" else None


def length_of(element: Element, value: str) -> int:
    """Length as the standard counts it: of a number, its digits."""
    return len(value.translate(_SIGNS)) if element.kind[0] in "NR" else len(value)


def judge(element: Element, value: str, release: str) -> list[str]:
    """What is wrong with a non-empty value: number, date, time, short, long, code, character."""
    wrong: list[str] = []
    pattern = _number_pattern(element, release)
    if pattern is not None and not pattern.fullmatch(value):
        return ["number"]
    length = length_of(element, value)
    if length < element.low:
        wrong.append("short")
    if length > element.high:
        wrong.append("long")
    if not wrong and element.kind == "DT" and not is_date(value):
        wrong.append("date")
    if not wrong and element.kind == "TM" and not is_time(value):
        wrong.append("time")
    if element.codes is not None and value not in element.codes:
        wrong.append("code")
    if element.kind != "B" and not is_clean(value):
        wrong.append("character")
    return wrong


def is_clean(value: str) -> bool:
    """No control character and nothing else that cannot be printed."""
    return value.isprintable()


def quick(element: Element, release: str) -> tuple[set[str], Callable[[str], bool]]:
    """(values passed before, whether a value is bad), for kinds whose test costs more than a look-up.

    A value from a text known to be printable ASCII: characters are not looked at.
    """
    passed: set[str] = set()
    pattern = _number_pattern(element, release)
    test = _quick_moment(element) if pattern is None else _quick_number(element, pattern)

    def bad(value: str) -> bool:
        if not test(value):
            return True
        if len(passed) < REMEMBERED:
            passed.add(value)
        return False

    return passed, bad


def _quick_moment(element: Element) -> Callable[[str], bool]:
    low, high, test = element.low, element.high, is_date if element.kind == "DT" else is_time
    return lambda value: low <= len(value) <= high and test(value)


def _quick_number(element: Element, pattern: re.Pattern[str]) -> Callable[[str], bool]:
    low, high, whole_only = element.low, element.high, element.kind != "R"

    def good(value: str) -> bool:
        whole, point, fraction = value.partition(".")
        if whole.isdigit() and (not point or (fraction.isdigit() and not whole_only)):  # nearly all: 12, 12.50
            return low <= len(whole) + len(fraction) <= high
        return pattern.fullmatch(value) is not None and low <= len(value.translate(_SIGNS)) <= high

    return good
