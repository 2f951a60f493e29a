"""Values as they stand in URLs and in JSON of OData: V2 and V4 write them differently.

A text is quoted and its quotes are doubled (OData 4.01 URL Conventions, 5.1.1.6.1); all else is checked for what it says
it is. Nothing that comes from a document can become structure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias
from urllib.parse import quote
from uuid import UUID

from crossdock.errors import Reject
from crossdock.message import Document

Type: TypeAlias = Literal["string", "int", "int64", "decimal", "bool", "guid", "date", "datetime", "datetimeoffset"]
Version: TypeAlias = Literal["v2", "v4"]

_V2_DATE = re.compile(r"/Date\((-?\d{1,17})([+-]\d{1,4})?\)/\Z")  # OData 2.0 JSON: milliseconds, then minutes
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - of a zone that V2 does not name
_INTEGER = re.compile(r"-?[0-9]{1,40}\Z")


def literal(value: Document, kind: Type | None, version: Version, what: str) -> str:
    """A value in a URL, not yet encoded. Raises ``Reject`` K765 where it is missing or not what it should be."""
    try:
        text = _literal(value, kind or _kind_of(value), version)
    except (ValueError, InvalidOperation) as error:
        shown = str(value)[:80]
        raise Reject("K765", f"{what} is {shown!r}, and that is no {kind or 'value of a key'}") from error
    if "\0" in text or not _encodable(text):
        raise Reject("K765", f"{what} has a character that no URL can carry")
    return text


def encoded_literal(value: Document, kind: Type | None, version: Version, what: str) -> str:
    """A value in a URL, encoded."""
    return quote(literal(value, kind, version, what), safe="'")


def doubled(text: str) -> str:
    """A text between quotes that are there already."""
    return text.replace("'", "''")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind_of(value: Document) -> Type:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case Decimal():
            return "decimal"
        case str() if value:
            return "string"
    raise ValueError("nothing that can be written")


def _literal(value: Document, kind: Type, version: Version) -> str:
    if isinstance(value, dict | list) or value is None or value == "":
        raise ValueError("nothing that can be written")
    text = "true" if value is True else "false" if value is False else str(value)
    return _WRITERS[kind](text, version == "v2")


def _day(text: str, old: bool) -> str:  # noqa: FBT001 - one of a table
    day = date.fromisoformat(text).isoformat()
    return f"datetime'{day}T00:00:00'" if old else day


def _datetime(text: str, old: bool) -> str:  # noqa: FBT001 - one of a table
    moment = datetime.fromisoformat(text).replace(tzinfo=None).isoformat()
    return f"datetime'{moment}'" if old else f"{moment}Z"


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise ValueError(text)
    return text


def _integer(text: str) -> str:
    if not _INTEGER.match(text):
        raise ValueError(text)
    return text


def _decimal(text: str) -> str:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return format(number, "f")


def _utc(text: str) -> str:
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


#: How a value of each type is written; ``old`` is V2.
_WRITERS: Mapping[Type, Callable[[str, bool], str]] = {
    "string": lambda text, old: f"'{doubled(text)}'",
    "bool": lambda text, old: _one_of(text, ("true", "false")),
    "int": lambda text, old: _integer(text),
    "int64": lambda text, old: f"{_integer(text)}{'L' if old else ''}",
    "decimal": lambda text, old: f"{_decimal(text)}{'M' if old else ''}",
    "guid": lambda text, old: f"guid'{UUID(text)}'" if old else str(UUID(text)),
    "date": _day,
    "datetime": _datetime,
    "datetimeoffset": lambda text, old: f"datetimeoffset'{_utc(text)}'" if old else _utc(text),
}


def from_v2(value: Document) -> Document:
    """A document of V2 with its dates as everybody writes them; those without an offset have no zone."""
    match value:
        case dict():
            return {key: from_v2(one) for key, one in value.items()}
        case list():
            return [from_v2(one) for one in value]
        case str() if value.startswith("/Date("):
            return _moment(value) or value
        case _:
            return value


def _moment(text: str) -> str | None:
    found = _V2_DATE.match(text)
    if not found:
        return None
    try:
        moment = _EPOCH + timedelta(milliseconds=int(found[1]))
        if found[2] is None:
            return moment.isoformat()
        return moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=int(found[2])))).isoformat()
    except (OverflowError, ValueError):
        return None


def to_v2(value: Document, what: str) -> Document:
    """A date or a time as V2 has it in JSON. Raises ``Reject`` K765."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Reject("K765", f"{what} is {str(value)[:80]!r}, and that is no date") from error
    aware = moment.tzinfo is not None
    since = (moment.astimezone(UTC) if aware else moment).replace(tzinfo=None) - _EPOCH
    return f"/Date({since // timedelta(milliseconds=1)}{'+0000' if aware else ''})/"
