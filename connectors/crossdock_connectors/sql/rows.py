"""Rows as documents, exactly: decimals keep their digits, moments are ISO 8601, bytes base64 (RFC 4648, 4).

Drivers do not always tell what a column is: MariaDB and SQLite have booleans that are numbers, SQLite's and MariaDB's
JSON is text. ``columns`` of the route says so, and a value that is not what it should be is told, never guessed.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from crossdock.errors import Finding, Place
from crossdock.message import Document

_BAD = re.compile("[\0\ud800-\udfff]")
_SHOWN = 80
LONGEST_WHOLE = 4000  # digits that int() reads at once (PYTHONINTMAXSTRDIGITS: 4300)
_ZERO_DATE = re.compile(r"0000-00-00(?: 00:00:00(?:\.0+)?)?\Z")  # MariaDB's own word for no date


class Unfit(ValueError):
    """Why a value of a row cannot be part of a document, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """JSON of a column that cannot be kept exactly; it is told where its row is read."""

    why: str


def exact_json(text: str | bytes) -> object:
    """What a driver makes of JSON text: decimals for fractions, and never an error in the middle of its row."""
    try:
        return json.loads(text, parse_float=Decimal, parse_int=_whole, parse_constant=_no_constant)
    except (ValueError, RecursionError, InvalidOperation) as error:
        return Unreadable(f"it is no JSON that can be kept exactly: {error}")


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < LONGEST_WHOLE else Decimal(digits)


def _no_constant(text: str) -> object:
    raise Unfit(f"{text} is no JSON")


def row_of(columns: Mapping[str, object], kinds: Mapping[str, str]) -> tuple[dict[str, Document], list[Finding]]:
    """A row as a document, and what is wrong with it (K834)."""
    document: dict[str, Document] = {}
    findings: list[Finding] = []
    for name, value in columns.items():
        try:
            document[name] = _AS[kinds[name]](value) if name in kinds and value is not None else document_of(value)
        except (Unfit, RecursionError) as unfit:
            told = f"column {name} is {_shown(value)}: {unfit}"
            findings.append(Finding(code="K834", message=told, place=Place(element=name), value=_shown(value)))
    return document, findings


def document_of(value: object) -> Document:
    """A driver's value as a document has it. Raises ``Unfit``."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Unreadable):
        raise Unfit(value.why)
    if isinstance(value, list | tuple):
        return [document_of(one) for one in value]
    if isinstance(value, dict):
        return {_text(str(name)): document_of(one) for name, one in value.items()}
    for kind, read in _READERS.items():
        if isinstance(value, kind):
            return read(value)
    return _text(str(value))


def _text(value: str) -> str:
    if _BAD.search(value):
        raise Unfit("it has a NUL, or bytes that are no text in the character set of the column")
    return value


def _decimal(value: object) -> Document:
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        raise Unfit("it is no amount")
    return number


def _span(value: object) -> Document:
    """A span of time as ``HH:MM:SS``: MariaDB's TIME, PostgreSQL's interval."""
    assert isinstance(value, timedelta)  # noqa: S101 - the table below says so
    sign, left = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(left.days * 86400 + left.seconds, 60)
    fraction = f".{left.microseconds:06}" if left.microseconds else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{fraction}"


def _base64(value: object) -> Document:
    assert isinstance(value, bytes | bytearray | memoryview)  # noqa: S101 - the table below says so
    return base64.b64encode(value).decode()


def _moment(value: object) -> Document:
    assert isinstance(value, date | time)  # noqa: S101 - the table below says so
    return value.isoformat()


_READERS: Mapping[type | tuple[type, ...], Callable[[object], Document]] = {
    (Decimal, float): _decimal,
    (date, datetime, time): _moment,
    timedelta: _span,
    (bytes, bytearray, memoryview): _base64,
    UUID: str,
}


def _as_boolean(value: object) -> Document:
    if isinstance(value, bool):
        return value
    if value in (0, 1):
        return value == 1
    if value in (b"\0", b"\1"):  # BIT(1)
        return value == b"\1"
    raise Unfit("it is neither 0 nor 1")


def _as_text(value: object) -> Document:
    if isinstance(value, bytes):
        with suppress(UnicodeDecodeError):
            return _text(value.decode())
        raise Unfit("it is no UTF-8 text")
    found = document_of(value)
    return format(found, "f") if isinstance(found, Decimal) else found if isinstance(found, str) else str(value)


def _as_decimal(value: object) -> Document:
    if isinstance(value, float | Decimal):
        return _decimal(value)
    with suppress(InvalidOperation, ValueError):
        return _decimal(Decimal(str(value)))
    raise Unfit("it is no number")


def _as_integer(value: object) -> Document:
    number = _as_decimal(value)
    if isinstance(number, Decimal) and number == number.to_integral_value():
        return int(number)
    raise Unfit("it is no whole number")


def _as_json(value: object) -> Document:
    return document_of(exact_json(value) if isinstance(value, str | bytes) else value)


_AS: Mapping[str, Callable[[object], Document]] = {
    "boolean": _as_boolean,
    "text": _as_text,
    "decimal": _as_decimal,
    "integer": _as_integer,
    "json": _as_json,
}


def without_zero_dates(columns: Mapping[str, object], dates: frozenset[str]) -> Iterator[tuple[str, object]]:
    """The columns, with MariaDB's zero dates as NULL; ``dates`` are those of a date type."""
    for name, value in columns.items():
        yield name, None if name in dates and isinstance(value, str) and _ZERO_DATE.match(value) else value


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 1000:  # noqa: PLR2004 - no number a person reads
        return "a very large number"
    text = ascii(value[: _SHOWN + 1] if isinstance(value, str | bytes) else value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
