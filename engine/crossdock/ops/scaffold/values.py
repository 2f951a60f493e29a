"""What the values of a sample are, and the expression that reads such a value as a contract wants it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from crossdock.canonical.blocks.gs1 import check_digit
from crossdock.message import Document

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_COMMA = re.compile(r"[+-]?\d+(,\d+)?\Z")
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3})*(,\d+)?\Z")
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_GTIN = re.compile(r"(?:\d{8}|\d{12,14})\Z")
#: (pattern of date(), of strptime), those that cannot be told apart by one value next to each other.
_DATES = (
    ("YYYYMMDD", "%Y%m%d"),
    ("DD.MM.YYYY", "%d.%m.%Y"),
    ("DD.MM.YY", "%d.%m.%y"),
    ("MM/DD/YYYY", "%m/%d/%Y"),
    ("DD/MM/YYYY", "%d/%m/%Y"),
    ("YYYY/MM/DD", "%Y/%m/%d"),
    ("DD-MM-YYYY", "%d-%m-%Y"),
    ("MM-DD-YYYY", "%m-%d-%Y"),
    ("YYYY.MM.DD", "%Y.%m.%d"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """``template`` has ``{}`` for the value; ``doubt`` says why it may be another."""

    template: str
    doubt: str | None = None

    def of(self, expression: str) -> str:
        """The expression that gives the value as it is wanted."""
        return self.template.replace("{}", expression)


AS_IT_IS = Reading("{}")
_GROUPED_COMMA = Reading("dec(replace(replace({}, '.', ''), ',', '.'))")


def reading(kind: str, values: Sequence[Document], *, comma: bool = False) -> Reading | None:
    """How values become a ``kind`` of the contract (the format of its schema, or the type); None where they cannot.

    ``comma`` says that the sample writes decimals with a comma, so that ``1.200`` is more than a thousand.
    """
    given = [value for value in values if value not in (None, "")]
    if comma and kind == "decimal" and given and all(_COMMA_GROUPS.match(str(one).strip()) for one in given):
        return _GROUPED_COMMA
    rule = _RULES.get(kind, _text)
    return rule(given) if given else None


def has_comma(values: Sequence[Document]) -> bool:
    """Whether these are numbers with a comma before the fraction."""
    texts = [value.strip() for value in values if isinstance(value, str) and value]
    return any("," in text for text in texts) and all(_COMMA_GROUPS.match(text) for text in texts)


def _text(values: Sequence[Document]) -> Reading | None:
    if any(isinstance(value, bool | dict | list) for value in values):
        return None
    return AS_IT_IS if all(isinstance(value, str) for value in values) else Reading("to_string({})")


def _day(values: Sequence[Document]) -> Reading | None:
    texts = [str(value).strip() for value in values]
    if all(_ISO.match(text) for text in texts):
        return Reading("date({})")
    fitting = [pattern for pattern, form in _DATES if all(_is_date(text, pattern, form) for text in texts)]
    if not fitting:
        return None
    if fitting[0] == "YYYYMMDD":
        return Reading("date({})")
    doubt = f"it may be {fitting[1]} as well" if len(fitting) > 1 else None
    return Reading(f"date({{}}, '{fitting[0]}')", doubt)


def _is_date(text: str, pattern: str, form: str) -> bool:
    try:
        return len(text) == len(pattern) and bool(datetime.strptime(text, form))  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False


def _moment(values: Sequence[Document]) -> Reading | None:
    texts = [str(value) for value in values]
    if not all(_MOMENT.match(text) for text in texts):
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
        return Reading("dec(replace({}, ',', '.'))", _doubtful_group(texts, ","))
    if all(_COMMA_GROUPS.match(text) for text in texts):
        return _GROUPED_COMMA
    if all(_POINT_GROUPS.match(text) or _PLAIN_NUMBER.match(text) for text in texts):
        return Reading("dec(replace({}, ',', ''))")
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
    "gtin": _gtin,
    "boolean": _boolean,
}


def one_of(codes: Collection[str], values: Sequence[Document]) -> Reading | None:
    """Values that are the contract's own codes."""
    if values and all(str(value) in codes for value in values):
        return AS_IT_IS
    return Reading("lower({})") if values and all(str(value).lower() in codes for value in values) else None
