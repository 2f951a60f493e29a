"""What the values of a sample are, and the expression that reads such a value as a contract wants it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from crossdock.canonical.blocks.gs1 import check_digit
from crossdock.message import Document

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]|\Z)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_COMPACT_MOMENT = re.compile(r"\d{12}(\d\d)?\Z")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_COMMA = re.compile(r"[+-]?\d+(,\d+)?\Z")
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3})*(,\d+)?\Z")
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_COUNTRY = re.compile(r"[A-Za-z]{2}\Z")
_GTIN = re.compile(r"(?:\d{8}|\d{12,14})\Z")
#: (pattern of date(), of strptime), those that cannot be told apart by one value next to each other.
_DATES = (
    ("YYYYMMDD", "%Y%m%d"),
    ("DD.MM.YYYY", "%d.%m.%Y"),
    ("DD.MM.YY", "%d.%m.%y"),
    ("MM/DD/YYYY", "%m/%d/%Y"),
    ("DD/MM/YYYY", "%d/%m/%Y"),
    ("MM/DD/YY", "%m/%d/%y"),
    ("DD/MM/YY", "%d/%m/%y"),
    ("YYYY/MM/DD", "%Y/%m/%d"),
    ("DD-MM-YYYY", "%d-%m-%Y"),
    ("MM-DD-YYYY", "%m-%d-%Y"),
    ("YYYY.MM.DD", "%Y.%m.%d"),
)
_CLOCKS = (("", ""), (" hh:mm", " %H:%M"), (" hh:mm:ss", " %H:%M:%S"))
_SHORT_DAY = re.compile(r"\d{1,2}(?P<mark>[./-])\d{1,2}(?P=mark)(?:\d{4}|\d\d)\Z")


@dataclass(frozen=True, slots=True)
class Reading:
    """``template`` has ``{}`` for the value; ``doubt`` says why it may be another."""

    template: str
    doubt: str | None = None

    def of(self, expression: str) -> str:
        """The expression that gives the value as it is wanted."""
        return self.template.replace("{}", expression)


AS_IT_IS = Reading("{}")
_LOWER = Reading("lower({})")
_COMMA_IS_POINT = Reading("dec(replace({}, ',', '.'))")
_GROUPED_COMMA = Reading("dec(replace(replace({}, '.', ''), ',', '.'))")
_GROUPED_POINT = Reading("dec(replace({}, ',', ''))")


@dataclass(frozen=True, slots=True)
class Decimals:
    """How a sample writes decimals: the mark before the fraction (empty: nothing tells), whether thousands have one."""

    mark: str = ""
    grouped: bool = False


def decimals_of(columns: Iterable[Sequence[Document]]) -> Decimals:
    """What all columns of numbers together say: ``1.200`` is more than a thousand where another says ``0,35``."""
    numbers = [text for column in columns for text in _numbers(column)]
    marks = {mark for text in numbers if (mark := _sure_mark(text))}
    if len(marks) != 1:
        return Decimals()
    (mark,) = marks
    return Decimals(mark, any(("." if mark == "," else ",") in text for text in numbers))


def _numbers(column: Sequence[Document]) -> list[str]:
    """The texts of a column of numbers; none of any other column."""
    texts = [value.strip() for value in column if isinstance(value, str) and value.strip()]
    fitting = (_COMMA_GROUPS, _COMMA, _POINT_GROUPS, _PLAIN_NUMBER)
    return texts if all(any(one.match(text) for one in fitting) for text in texts) else []


def _sure_mark(text: str) -> str:
    """The mark before the fraction, where it can be no other: ``1,234`` alone may be one and a bit, or a thousand."""
    marks = [char for char in text if char in ".,"]
    if not marks:
        return ""
    if len(set(marks)) > 1:
        return marks[-1]
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    whole, _, fraction = text.lstrip("+-").partition(marks[0])
    return "" if len(fraction) == 3 and 0 < len(whole) <= 3 and whole != "0" else marks[0]  # noqa: PLR2004 - 1,234


def reading(kind: str, values: Sequence[Document], decimals: Decimals = Decimals()) -> Reading | None:
    """How values become a ``kind`` of the contract (the format of its schema, or the type); None where they cannot."""
    given = [value for value in values if value not in (None, "")]
    if not given:
        return None
    if kind == "decimal" and decimals.mark and (styled := _styled([str(one).strip() for one in given], decimals)):
        return AS_IT_IS if not any(isinstance(one, str) for one in given) else styled
    return _RULES.get(kind, _text)(given)


def _styled(texts: Sequence[str], decimals: Decimals) -> Reading | None:
    """Decimals as the whole sample writes them."""
    if decimals.mark == ",":
        return _GROUPED_COMMA if all(_COMMA_GROUPS.match(text) for text in texts) else None
    if not all(_POINT_GROUPS.match(text) or _PLAIN_NUMBER.match(text) for text in texts):
        return None
    return _GROUPED_POINT if decimals.grouped else Reading("dec({})")


def _text(values: Sequence[Document]) -> Reading | None:
    if any(isinstance(value, bool | dict | list) for value in values):
        return None
    return AS_IT_IS if all(isinstance(value, str) for value in values) else Reading("to_string({})")


def scheme(values: Sequence[Document]) -> Reading | None:
    """The scheme of an id: contracts write them small."""
    texts = [str(value) for value in values if value not in (None, "")]
    if not texts or not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", text) for text in texts):
        return None
    return AS_IT_IS if all(text == text.lower() for text in texts) else _LOWER


def _day(values: Sequence[Document]) -> Reading | None:
    texts = [str(value).strip() for value in values]
    if all(_ISO.match(text) for text in texts):
        return Reading("date({})")
    short = any(_SHORT_DAY.match(text) and not _is_whole(text) for text in texts)
    fitting = [
        (pattern, clock)
        for clock, clock_form in _CLOCKS
        for pattern, form in _DATES
        if all(_is_date(text, pattern + clock, form + clock_form, short=short) for text in texts)
    ]
    if not fitting:
        return None
    pattern, clock = fitting[0]
    if pattern + clock == "YYYYMMDD":
        return Reading("date({})")
    others = [other for other, _ in fitting[1:] if len(other) == len(pattern)]
    doubt = f"it may be {others[0]} as well" if others else None
    return Reading(f"date({_padded(pattern) if short else '{}'}, '{pattern}{clock}')", doubt)


def _is_whole(text: str) -> bool:
    """Whether day and month have two digits."""
    return re.match(r"\d\d\D\d\d\D", text) is not None


def _padded(pattern: str) -> str:
    """``1/2/2026`` with its zeros."""
    mark = pattern[2]
    return f"join('{mark}', map(&pad(@, `2`, '0', 'left'), split({{}}, '{mark}')))"


def _is_date(text: str, pattern: str, form: str, *, short: bool) -> bool:
    if short and not (pattern[2] in "./-" and len(text) <= len(pattern)):
        return False
    try:
        return (short or len(text) == len(pattern)) and bool(datetime.strptime(text, form))  # noqa: DTZ007 - no zone
    except ValueError:
        return False


def _moment(values: Sequence[Document]) -> Reading | None:
    texts = [str(value).strip() for value in values]
    if not all(_MOMENT.match(text) or _COMPACT_MOMENT.match(text) for text in texts):
        return None
    zoned = all(text.endswith("Z") or re.search(r"[+-]\d\d:?\d\d\Z", text) for text in texts)
    return Reading("datetime({})") if zoned else Reading("datetime({}, `null`, 'Z')", "it has no time zone; UTC?")


def _decimal(values: Sequence[Document]) -> Reading | None:
    if all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values):
        return AS_IT_IS
    texts = [str(value).strip() for value in values]
    if all(_PLAIN_NUMBER.match(text) for text in texts):
        return Reading("dec({})", _doubtful_group(texts, "."))
    if all(_COMMA.match(text) for text in texts):
        return Reading(_COMMA_IS_POINT.template, _doubtful_group(texts, ","))
    if all(_COMMA_GROUPS.match(text) for text in texts):
        return _GROUPED_COMMA
    if all(_POINT_GROUPS.match(text) or _PLAIN_NUMBER.match(text) for text in texts):
        return _GROUPED_POINT
    return None


def _doubtful_group(texts: Sequence[str], mark: str) -> str | None:
    """``1.234`` alone may be one and a bit, or a thousand."""
    marked = [text for text in texts if mark in text]
    if marked and all(re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}\{mark}\d{{3}}", text) for text in marked):
        return f"'{mark}' before three digits: a fraction, or thousands?"
    return None


def _whole(values: Sequence[Document]) -> Reading | None:
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return AS_IT_IS
    return Reading("int({})") if all(re.fullmatch(r"\d{1,12}", str(value).strip()) for value in values) else None


def _currency(values: Sequence[Document]) -> Reading | None:
    if all(_CURRENCY.match(str(value)) for value in values):
        return AS_IT_IS
    return Reading("upper({})") if all(_CURRENCY.match(str(value).upper()) for value in values) else None


def _country(values: Sequence[Document]) -> Reading | None:
    texts = [str(value) for value in values]
    if not all(_COUNTRY.match(text) for text in texts):
        return None
    return AS_IT_IS if all(text == text.upper() for text in texts) else Reading("upper({})")


def _gtin(values: Sequence[Document]) -> Reading | None:
    texts = [str(value) for value in values]
    if not all(_GTIN.match(text) and check_digit(text[:-1]) == text[-1] for text in texts):
        return None
    return AS_IT_IS if all(isinstance(value, str) for value in values) else Reading("to_string({})")


def _boolean(values: Sequence[Document]) -> Reading | None:
    return AS_IT_IS if all(isinstance(value, bool) for value in values) else None


_RULES = {
    "date": _day,
    "date-time": _moment,
    "decimal": _decimal,
    "integer": _whole,
    "currency": _currency,
    "country": _country,
    "gtin": _gtin,
    "boolean": _boolean,
}


def one_of(codes: Collection[str], values: Sequence[Document]) -> Reading | None:
    """Values that are the contract's own codes."""
    if values and all(str(value) in codes for value in values):
        return AS_IT_IS
    return _LOWER if values and all(str(value).lower() in codes for value in values) else None
