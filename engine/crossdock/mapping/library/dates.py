"""Dates and times: whatever the other side writes becomes ISO 8601 text, and back.

Only the calendar is checked here; there is no clock. Two-digit years follow POSIX (strptime, ``%y``): 69 to 99 are
1969 to 1999, 00 to 68 are 2000 to 2068.
"""

from __future__ import annotations

import re
from datetime import date as calendar_day
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library import kinds
from crossdock.mapping.library.function import Example, Function, Parameter
from crossdock.message import Document

_PIVOT = 69  # POSIX, strptime, %y
_LONGEST = 40  # characters; no date format is longer

_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z|([0-9]{2})([0-9]{2})([0-9]{2})\Z")
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
)
_STAMP = re.compile(r"([0-9]{8}|[0-9]{6})([0-9]{2})([0-9]{2})([0-9]{2})?\Z")
_TIME = re.compile(r"([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?(?:[.]?[0-9]{1,6})?\Z")
_ZONE = re.compile(r"(Z|UTC)\Z|([+-])([0-9]{2}):?([0-9]{2})?\Z")

_PATTERN = re.compile("YYYY|CYY|YY|MM|DDD|DD|hh|mm|ss")
_WIDTHS = {token: rf"(?P<{token}>[0-9]{{{len(token)}}})" for token in ("YYYY", "CYY", "DDD")}


def _no_date(value: Document, what: str, hint: str | None = None) -> Fault:
    return Fault("M305", f"{quoted(value)} is not a {what}", value, hint=hint)


def _checked(year: str, month: str, day: str, value: str) -> str:
    if len(year) == 2:  # noqa: PLR2004 - a year without its century
        year = f"{19 if int(year) >= _PIVOT else 20}{year}"
    try:
        datetime(int(year), int(month), int(day))  # noqa: DTZ001 - a calendar day has no zone
    except ValueError as error:
        raise _no_date(value, "date", "the calendar has no such day") from error
    return f"{year}-{month}-{day}"


def _clock(hour: str, minute: str, second: str | None, value: str) -> str:
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:  # noqa: PLR2004 - a day has 24 hours of 60 minutes
        raise _no_date(value, "time")
    return f"{hour}:{minute}:{second or '00'}"


def _text(function: str, value: Document) -> str | None:
    if value is None:
        return None
    text = kinds.text_of(function, value).strip(" ")
    if len(text) > _LONGEST:
        raise _no_date(value, "date")
    return text or None


def date(value: Document, pattern: Document = None) -> Document:
    text = _text("date", value)
    if text is None:
        return None
    if pattern is not None:
        return _by_pattern(text, kinds.text_in("date", pattern, 1))[:10]
    return _day(text)


@lru_cache(maxsize=1024)  # a day's documents share a few dates
def _day(text: str) -> str:
    found = _DATE.match(text)
    if found:
        return _checked(found[1] or found[4], found[2] or found[5], found[3] or found[6], text)
    iso = _ISO.match(text)
    if iso is None:
        raise _no_date(
            text, "date", "expected CCYYMMDD, YYMMDD or CCYY-MM-DD; else name the pattern: date(…, 'DD.MM.YYYY')"
        )
    return _checked(iso[1], iso[2], iso[3], text)


def _zone(text: Document) -> str:
    if text is None:
        return ""
    found = _ZONE.match(text) if isinstance(text, str) else None
    if found is None:
        kinds.invalid("datetime", f"{quoted(text)} is not a zone such as 'Z' or '+01:00'", text, 2)
    return "Z" if found[1] else f"{found[2]}{found[3]}:{found[4] or '00'}"


def date_and_time(value: Document, time: Document = None, zone: Document = None) -> Document:
    text = _text("datetime", value)
    if text is None:
        return None
    if time is not None:
        clock = kinds.text_of("datetime", time, 1).strip(" ")
        found = _TIME.match(clock) if len(clock) <= _LONGEST else None
        if found is None:
            raise Fault("M305", f"{quoted(time)} is not a time", time, argument=1)
        return f"{date(text)}T{_clock(found[1], found[2], found[3], clock)}{_zone(zone)}"
    stamp = _STAMP.match(text)
    if stamp:
        return f"{date(stamp[1])}T{_clock(stamp[2], stamp[3], stamp[4], text)}{_zone(zone)}"
    iso = _ISO.match(text)
    if iso is None or iso[4] is None:
        raise _no_date(value, "date and time", "expected CCYYMMDDhhmm[ss] or ISO 8601; else datetime(date, time)")
    own = _zone(iso[7]) if iso[7] else _zone(zone)
    return f"{_checked(iso[1], iso[2], iso[3], text)}T{_clock(iso[4], iso[5], iso[6], text)}{own}"


@lru_cache(maxsize=256)  # patterns stand in mappings, so there are few
def _reader(pattern: str) -> re.Pattern[str]:
    parts, last = [], 0
    for token in _PATTERN.finditer(pattern):
        parts += [re.escape(pattern[last : token.start()]), _WIDTHS.get(token[0], f"(?P<{token[0]}>[0-9]{{2}})")]
        last = token.end()
    try:
        return re.compile("".join(parts) + re.escape(pattern[last:]) + r"\Z")
    except re.error as error:
        raise Fault("M307", f"the pattern '{pattern}' says a part twice", pattern, argument=1) from error


def _by_pattern(text: str, pattern: str) -> str:
    """ISO text of a date (and time) written as ``pattern`` says."""
    found = _reader(pattern).match(text)
    if found is None:
        raise _no_date(text, f"date written as {pattern}")
    parts = found.groupdict()
    year = _year_in(parts)
    if year is None or ("DDD" not in parts and ("MM" not in parts or "DD" not in parts)):
        raise Fault("M307", f"the pattern '{pattern}' needs a year, and MM and DD or DDD", pattern, argument=1)
    day = _day_of_year(year, parts["DDD"], text) if "DDD" in parts else _checked(year, parts["MM"], parts["DD"], text)
    return f"{day}T{_clock(parts.get('hh') or '00', parts.get('mm') or '00', parts.get('ss'), text)}"


def _year_in(parts: dict[str, str]) -> str | None:
    """The year a pattern found; the C of CYY counts the centuries after 1900."""
    century = parts.get("CYY")
    return f"{19 + int(century[0])}{century[1:]}" if century else parts.get("YYYY") or parts.get("YY")


def _day_of_year(year: str, number: str, value: str) -> str:
    first = calendar_day.fromisoformat(_checked(year, "01", "01", value))
    try:
        day = first + timedelta(days=int(number) - 1)
    except OverflowError as error:
        raise _no_date(value, "date", "the calendar has no such day") from error
    if day.year != first.year:
        raise _no_date(value, "date", "the year has no such day")
    return day.isoformat()


def time(value: Document) -> Document:
    text = _text("time", value)
    if text is None:
        return None
    found = _TIME.match(text)
    if found is None:
        raise _no_date(value, "time", "expected hhmm, hhmmss or hh:mm:ss")
    return _clock(found[1], found[2], found[3], text)


def offset_of(text: str) -> int | None:
    """The minutes that a zone written as ``Z`` or ``+01:00`` is ahead of UTC; None if it is written otherwise."""
    found = _ZONE.match(text)
    if found is None:
        return None
    if found[1]:
        return 0
    minutes = int(found[3]) * 60 + int(found[4] or 0)
    if minutes >= 24 * 60 or int(found[4] or 0) > 59:  # noqa: PLR2004 - a day has 24 hours of 60 minutes
        return None
    return -minutes if found[2] == "-" else minutes


def iso_match(text: str, value: Document) -> datetime:
    """The moment that ISO 8601 text says; a date is its first second. Raises ``Fault``."""
    found = _ISO.match(text.strip(" ")) if len(text) <= _LONGEST else None
    if found is None:
        raise _no_date(value, "date in ISO 8601", "date() makes one of what the partner sent")
    day = _checked(found[1], found[2], found[3], text)
    clock = _clock(found[4] or "00", found[5] or "00", found[6], text)
    moment = datetime.fromisoformat(f"{day}T{clock}")
    minutes = offset_of(found[7]) if found[7] else None
    if found[7] and minutes is None:
        raise _no_date(value, "time", f"{found[7]} is no zone")
    return moment if minutes is None else moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))


def format_date(value: Document, pattern: Document) -> Document:
    text = _text("format_date", value)
    if text is None:
        return None
    shape = kinds.text_in("format_date", pattern, 1)
    found = _ISO.match(text)
    if found is None:
        raise _no_date(value, "date in ISO 8601", "date() makes one of what the partner sent")
    _checked(found[1], found[2], found[3], text)
    clock = _clock(found[4] or "00", found[5] or "00", found[6], text).split(":")
    values = {"YYYY": found[1], "YY": found[1][2:], "MM": found[2], "DD": found[3]}
    if "CYY" in shape:
        values["CYY"] = f"{int(found[1][:2]) - 19}{found[1][2:]}"
        if len(values["CYY"]) != 3:  # noqa: PLR2004 - one digit for the century
            raise _no_date(value, "date from 1900 to 2899, as CYY has them")
    if "DDD" in shape:
        values["DDD"] = f"{calendar_day(int(found[1]), int(found[2]), int(found[3])).timetuple().tm_yday:03}"
    values |= dict(zip(("hh", "mm", "ss"), clock, strict=True))
    return _PATTERN.sub(lambda token: values[token[0]], shape)


_PATTERN_IS = "made of YYYY, YY, MM, DD, hh, mm, ss, DDD for the day of the year and CYY for JDE's year"

DATES: tuple[Function, ...] = (
    Function(
        name="date",
        parameters=(Parameter("value", "text or number"), Parameter("pattern", "text", optional=True)),
        returns="text",
        about="ISO 8601 date of CCYYMMDD, YYMMDD (69 to 99 are 19xx, 00 to 68 are 20xx), ISO text, or what `pattern` "
        f"({_PATTERN_IS}) says. Null of null and of blank text; a day the calendar lacks is a finding.",
        example=Example("date('20261120')", '"2026-11-20"'),
        body=date,
        skips_null=True,
    ),
    Function(
        name="datetime",
        parameters=(
            Parameter("value", "text or number"),
            Parameter("time", "text or number", optional=True),
            Parameter("zone", "text", optional=True),
        ),
        returns="text",
        about="ISO 8601 date and time of CCYYMMDDhhmm[ss], of ISO text, or of a date and a time beside it. `zone` "
        "(`'Z'`, `'+01:00'`) is added where the value has none.",
        example=Example("datetime('20261120', '1030', 'Z')", '"2026-11-20T10:30:00Z"'),
        body=date_and_time,
        skips_null=True,
    ),
    Function(
        name="time",
        parameters=(Parameter("value", "text or number"),),
        returns="text",
        about="The time hh:mm:ss of HHMM, HHMMSS or ISO text. Null of null and of blank text.",
        example=Example("time('1030')", '"10:30:00"'),
        body=time,
        skips_null=True,
    ),
    Function(
        name="format_date",
        parameters=(Parameter("value", "text"), Parameter("pattern", "text")),
        returns="text",
        about=f"An ISO 8601 date or date and time as `pattern` ({_PATTERN_IS}) says.",
        example=Example("format_date('2026-11-20', 'DD.MM.YYYY')", '"20.11.2026"'),
        body=format_date,
        skips_null=True,
    ),
)
