"""Watermarks: the values of the last row taken, kept as text and bound again as exactly what they were."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from crossdock.errors import Halt

Part: TypeAlias = "int | float | str | Decimal | datetime | date"
Mark: TypeAlias = "tuple[Part, ...]"

#: How a value is written, and what reads it back. ``bool`` and bytes grow in no order anyone means.
_READERS: Mapping[str, Callable[[str], Part]] = {
    "int": int,
    "float": float,
    "str": str,
    "Decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def mark_of(row: Mapping[str, object], columns: Sequence[str], where: str) -> Mark:
    """The watermark of a row. Raises ``Halt`` K835 where a column is missing or nothing that grows."""
    parts: list[Part] = []
    for column in columns:
        if column not in row:
            raise Halt("K835", f"{where}: the rows have no column '{column}'", hint=f"they have: {', '.join(row)}")
        value = row[column]
        if type(value).__name__ not in _READERS:
            value = str(value) if type(value).__name__ == "UUID" else value
        if not isinstance(value, int | float | str | Decimal | datetime | date) or isinstance(value, bool):
            raise Halt("K835", f"{where}: the column '{column}' is a {type(value).__name__}, which makes no watermark")
        parts.append(value)
    return tuple(parts)


def written(mark: Mark) -> str:
    """A watermark as a note."""
    return json.dumps(
        [[type(part).__name__, part.isoformat() if isinstance(part, date) else str(part)] for part in mark]
    )


def read(note: str, columns: int) -> Mark:
    """What ``written`` wrote. Raises ``Halt`` K836 for a note of another watermark."""
    try:
        parts = json.loads(note)
        mark = tuple(_READERS[kind](text) for kind, text in parts)
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise Halt("K836", f"the watermark in the journal cannot be read: {error}") from error
    if len(mark) != columns:
        hint = "a route whose watermark changes is another one: give it another name"
        raise Halt(
            "K836", f"the watermark in the journal has {len(mark)} columns, and the route names {columns}", hint=hint
        )
    return mark


def is_later(one: Mark, other: Mark) -> bool:
    """Whether a mark lies beyond another. Raises ``Halt`` K836 where a column has values of several types."""
    try:
        return one > other
    except TypeError as error:
        hint = "cast the columns of the watermark to one type in the statement"
        raise Halt("K836", f"two values of the watermark cannot be compared: {error}", hint=hint) from error


def before(mark: Mark, overlap: float) -> Mark:
    """A mark from which everything is looked at again: its first part, less ``overlap``, and nothing beside it."""
    first = mark[0]
    if isinstance(first, int | Decimal):
        return (first - int(overlap),)
    if isinstance(first, float):
        return (first - overlap,)
    if isinstance(first, datetime):
        return (first - timedelta(seconds=overlap),)
    return (_text_before(first, overlap),)


def _text_before(first: str | date, overlap: float) -> Part:
    if isinstance(first, date):
        return first - timedelta(days=-int(-overlap // 86400))
    moment = _moment(first) - timedelta(seconds=overlap)
    earlier = moment.isoformat(sep=first[10:11] or "T", timespec=_precision(first))
    return f"{earlier.removesuffix('+00:00')}Z" if first.endswith("Z") else earlier


def _precision(text: str) -> str:
    fraction = text.partition(".")[2]
    digits = len(fraction.rstrip("Z").partition("+")[0].partition("-")[0])
    return "seconds" if not digits else "milliseconds" if digits <= 3 else "microseconds"  # noqa: PLR2004 - of a second


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        hint = "'lag' and a duration as 'overlap' need a first watermark column with moments"
        raise Halt("K836", f"'{text[:80]}' is no moment", hint=hint) from None


def is_younger(mark: Mark, than: datetime) -> bool:
    """Whether the first part is later than a moment; what has no zone is UTC. Raises ``Halt`` K836."""
    first = mark[0]
    if isinstance(first, str):
        first = _moment(first)
    if not isinstance(first, datetime):
        hint = "'lag' needs a first watermark column with moments; numbers have 'overlap'"
        raise Halt("K836", f"'{first}' is no moment", hint=hint)
    return (first if first.tzinfo else first.replace(tzinfo=UTC)) > than
