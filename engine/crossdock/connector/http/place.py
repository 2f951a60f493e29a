"""How far a poll has come: kept in the journal, together with what was taken there."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, TypeAlias

from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.http.expression import Expression
from crossdock.connector.http.options import Options
from crossdock.message import Document

NOTE = "place"

_WRITTEN = {"odata": "%Y-%m-%dT%H:%M:%SZ", "naive": "%Y-%m-%dT%H:%M:%S", "spaced": "%Y-%m-%d %H:%M:%S"}
#: A time in JSON of OData 2 (OData V2 JSON format, 4): milliseconds, and minutes from UTC that it was written at.
_ODATA = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{1,4})?\)/\Z")

Mark: TypeAlias = "datetime | Decimal"


class Watermark(Options):
    """Which value of an item says when it changed; the next sweep asks from the highest one on.

    ``field`` is JMESPath on an item. ``overlap`` goes back a little; ``start`` is what the first sweep asks for.
    ``form`` is how values are written: ``odata`` for ``/Date(…)/``, ``naive`` for UTC that does not say so, ``spaced``
    for that with a space in the middle. ``text`` is what is asked, with ``{since}`` in it, such as a filter.
    """

    field: Expression
    form: Literal["iso", "unix", "unix_ms", "number", "odata", "naive", "spaced"] = "iso"
    text: str = "{since}"
    start: str | None = None
    overlap: Annotated[Seconds, lasting("0s", "30d")] = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sweep over all pages stands; the next sweep begins where ``next`` is None.

    ``since`` is what this sweep asks for, ``high`` the highest value seen in it. ``etag`` and ``modified`` are those of
    the last reply that brought something, ``content`` its hash and ``changes`` how many there were.
    """

    since: str | None = None
    high: str | None = None
    next: str | None = None
    etag: str | None = None
    modified: str | None = None
    content: str | None = None
    changes: int = 0

    @classmethod
    def read(cls, text: str | None) -> Place:
        """What was noted; the beginning, where nothing was, or where another version wrote it."""
        try:
            given = json.loads(text) if text else {}
            known = {one.name for one in fields(cls)}
            return cls(**{name: value for name, value in given.items() if name in known})
        except (ValueError, TypeError, AttributeError):
            return cls()

    def text(self) -> str:
        """As it is noted."""
        return json.dumps({name: value for name, value in asdict(self).items() if value not in (None, 0)})

    def onwards(self, following: str | None, high: str | None) -> Place:
        """The place behind a page; behind the last one the next sweep asks from the highest value on."""
        if following is not None:
            return replace(self, next=following, high=high)
        return replace(self, next=None, since=high or self.since, high=None)


def mark(value: Document, since: Watermark, now: datetime) -> Mark | None:
    """The value of an item as something that can be compared; None where it is none.

    A time that has not come yet counts as now: one wrong clock must not hide what comes after it.
    """
    if since.form == "number":
        return _number(value)
    moment = _moment(value, since)
    return None if moment is None else min(moment, now)


def highest(values: list[Mark | None], before: str | None, since: Watermark, now: datetime) -> str | None:
    """The highest of the values and of what was noted before, as it is noted."""
    known = None if before is None else mark(before, since, now)
    marks: list[Mark] = [value for value in (*values, known) if value is not None]
    top = max(marks, default=None)
    if top is None:
        return before
    return top.isoformat() if isinstance(top, datetime) else format(top, "f")


def told(noted: str | None, since: Watermark) -> str | None:
    """What is asked for, with the text around it."""
    value = asked(noted, since)
    return None if value is None else since.text.replace("{since}", value)


def asked(noted: str | None, since: Watermark) -> str | None:
    """What the parameter says: a little before the highest value seen, in the form the peer knows."""
    if noted is None:
        return since.start
    if since.form == "number":
        return noted
    moment = datetime.fromisoformat(noted) - timedelta(seconds=since.overlap)
    if since.form in _WRITTEN:
        return moment.astimezone(UTC).strftime(_WRITTEN[since.form])
    if since.form == "iso":
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    seconds = int(moment.timestamp() * (1000 if since.form == "unix_ms" else 1))
    return str(seconds)


def _number(value: Document) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(value: Document, since: Watermark) -> datetime | None:
    odata = _ODATA.match(value) if isinstance(value, str) else None
    if odata is not None and since.form == "odata":
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(odata[1]))
    if isinstance(value, str) and "-" in value:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    number = _number(value)
    if number is None or since.form not in ("unix", "unix_ms"):
        return None
    try:
        return datetime.fromtimestamp(float(number) / (1000 if since.form == "unix_ms" else 1), UTC)
    except (ValueError, OverflowError, OSError):
        return None
