"""Reckoning with dates: adding, differences, beginnings and ends, time zones. All of it in ISO 8601 text."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library import kinds
from crossdock.mapping.library.dates import iso_match, offset_of
from crossdock.mapping.library.function import Example, Function, Parameter
from crossdock.message import Document

_MOST = 1_000_000  # of any unit, in one step
_DATE_LENGTH = 10  # CCYY-MM-DD
_MONTHS = {"months": 1, "quarters": 3, "years": 12}
_SPANS = {
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
}
_BUSINESS = "business days"
_WEEKEND = 5  # datetime.weekday(): Saturday and Sunday are 5 and 6
_ADDED = (*_SPANS, *_MONTHS, _BUSINESS)
_COUNTED = (*_SPANS, "months", "years", _BUSINESS)


def _moment(function: str, value: Document, argument: int = 0) -> datetime | None:
    """The date (at midnight) or date and time, with its zone if it has one. Raises ``Fault``."""
    if value is None or value == "":
        return None
    text = kinds.text_in(function, value, argument)
    try:
        return iso_match(text, value)
    except Fault as fault:
        fault.argument = argument
        raise


def _text(moment: datetime, like: Document) -> str:
    """The moment written as ``like`` was: a date, or date and time with its zone as it was."""
    if isinstance(like, str) and len(like.strip(" ")) <= _DATE_LENGTH:
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _one_of(function: str, unit: Document, units: tuple[str, ...], argument: int) -> str:
    if not isinstance(unit, str) or unit not in units:
        kinds.invalid(function, f"{quoted(unit)} is not one of {', '.join(units)}", unit, argument)
    return unit


def _holidays(function: str, value: Document, argument: int) -> frozenset[date]:
    if value is None:
        return frozenset()
    days = (_moment(function, day, argument) for day in kinds.texts_in(function, value, argument))
    return frozenset(day.date() for day in days if day is not None)


def add_to_date(value: Document, amount: Document, unit: Document = "days", holidays: Document = None) -> Document:
    begin = _moment("add_to_date", value)
    if begin is None or amount is None:
        return None
    number = kinds.whole_in("add_to_date", amount, 1, -_MOST, _MOST)
    chosen = _one_of("add_to_date", unit, _ADDED, 2)
    try:
        if chosen == _BUSINESS:
            return _text(_business(begin, number, _holidays("add_to_date", holidays, 3)), value)
        if chosen in _MONTHS:
            return _text(_months(begin, number * _MONTHS[chosen]), value)
        return _text(begin + number * _SPANS[chosen], value if chosen in {"days", "weeks"} else begin.isoformat())
    except (OverflowError, ValueError) as error:
        raise Fault("M307", "add_to_date(): there is no such year", value) from error


def _months(begin: datetime, number: int) -> datetime:
    """So many months on: the same day, or the last one of a month that is shorter."""
    year, month = divmod(begin.year * 12 + begin.month - 1 + number, 12)
    if not 1 <= year <= date.max.year:
        raise OverflowError(year)
    return begin.replace(year=year, month=month + 1, day=min(begin.day, monthrange(year, month + 1)[1]))


def _business(begin: datetime, number: int, holidays: frozenset[date]) -> datetime:
    """So many business days on: so many weekdays, and as many more as there are holidays on the way."""
    day, sign, left = begin, 1 if number >= 0 else -1, abs(number)
    while left:
        before, day = day, _weekdays(day, left, sign)
        first, last = sorted((before.date(), day.date()))
        left = sum(first <= one <= last and one != before.date() and one.weekday() < _WEEKEND for one in holidays)
    return day


def _weekdays(day: datetime, left: int, sign: int) -> datetime:
    """So many days on that are Monday to Friday; whole weeks at once."""
    step = timedelta(days=sign)
    while left and day.weekday() >= _WEEKEND:
        day += step
        left -= day.weekday() < _WEEKEND
    day += (left // 5) * 7 * step
    for _ in range(left % 5):
        day += step
        while day.weekday() >= _WEEKEND:
            day += step
    return day


def date_difference(begin: Document, end: Document, unit: Document = "days", holidays: Document = None) -> Document:
    first, last = _moment("date_difference", begin), _moment("date_difference", end, 1)
    if first is None or last is None:
        return None
    chosen = _one_of("date_difference", unit, _COUNTED, 2)
    if (first.tzinfo is None) != (last.tzinfo is None):
        raise Fault("M307", "date_difference(): one of them has a zone and the other has none", end, argument=1)
    if chosen == _BUSINESS:
        return _business_between(first.date(), last.date(), _holidays("date_difference", holidays, 3))
    if chosen in {"months", "years"}:
        months = _months_between(first, last) if first <= last else -_months_between(last, first)
        return int(months / (12 if chosen == "years" else 1))
    return int((last - first) / _SPANS[chosen])


def _months_between(first: datetime, last: datetime) -> int:
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if _months(first, months) <= last else months - 1


def _business_between(first: date, last: date, holidays: frozenset[date]) -> int:
    """Business days after the first up to the last; below zero where the last is before the first."""
    if last < first:
        return -_business_between(last, first, holidays)
    weeks, rest = divmod((last - first).days, 7)
    odd = sum((first + timedelta(days=at)).weekday() < _WEEKEND for at in range(1, rest + 1))
    free = sum(first < day <= last and day.weekday() < _WEEKEND for day in holidays)
    return weeks * 5 + odd - free


def _beginning(moment: datetime, unit: str) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "day":
        return midnight
    if unit == "week":
        return midnight - timedelta(days=midnight.weekday())
    month = {"month": midnight.month, "quarter": (midnight.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return midnight.replace(month=month, day=1)


def _end(moment: datetime, unit: str) -> datetime:
    begin = _beginning(moment, unit)
    if unit in {"day", "week"}:
        return begin + timedelta(days=1 if unit == "day" else 7, seconds=-1)
    return _months(begin, {"month": 1, "quarter": 3, "year": 12}[unit] - 1).replace(
        day=monthrange(begin.year, begin.month + {"month": 0, "quarter": 2, "year": 11}[unit])[1],
        hour=23,
        minute=59,
        second=59,
    )


_PERIODS = ("day", "week", "month", "quarter", "year")


def _edge(name: str, find: Callable[[datetime, str], datetime]) -> Callable[..., Document]:
    def body(value: Document, unit: Document) -> Document:
        moment = _moment(name, value)
        if moment is None:
            return None
        try:
            return _text(find(moment, _one_of(name, unit, _PERIODS, 1)), value)
        except OverflowError as error:
            raise Fault("M307", f"{name}(): there is no such year", value) from error

    return body


start_of = _edge("start_of", _beginning)
end_of = _edge("end_of", _end)


def _zone(function: str, name: Document, argument: int) -> tzinfo:
    """The zone of an offset, or of a name of the IANA time zone database."""
    text = kinds.text_in(function, name, argument)
    minutes = offset_of(text)
    if minutes is not None:
        return timezone(timedelta(minutes=minutes))
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Fault(
            "M307",
            f"{function}(): {quoted(name)} is no time zone",
            name,
            hint="such as 'Z', '+01:00', 'Europe/Berlin' or 'America/Chicago'",
            argument=argument,
        ) from error


def in_zone(value: Document, zone: Document, of: Document = None) -> Document:
    moment = _moment("in_zone", value)
    if moment is None:
        return None
    wanted = _zone("in_zone", zone, 1)
    if moment.tzinfo is None:
        if of is None:
            raise Fault(
                "M307",
                "in_zone(): the time has no zone",
                value,
                hint="say which one is meant: in_zone(…, 'Z', 'Europe/Berlin')",
            )
        moment = moment.replace(tzinfo=_zone("in_zone", of, 2))
    try:
        return moment.astimezone(wanted).isoformat(timespec="seconds").replace("+00:00", "Z")
    except OverflowError as error:
        raise Fault("M307", "in_zone(): there is no such year", value) from error


_VALUE = Parameter("value", "text")
_HOLIDAYS = Parameter("holidays", "list of text", optional=True)
_PERIOD = Parameter("period", ", ".join(_PERIODS[:-1]) + f" or {_PERIODS[-1]}")
_FORM = "An ISO date stays a date, a date and time keeps both"

CALENDAR: tuple[Function, ...] = (
    Function(
        name="add_to_date",
        parameters=(
            _VALUE,
            Parameter("amount", "number"),
            Parameter("unit", ", ".join(_ADDED[:-1]) + f" or {_BUSINESS}", optional=True),
            _HOLIDAYS,
        ),
        returns="text",
        about="The date so many days (or of `unit`: "
        + ", ".join(f"`{unit}`" for unit in _ADDED)
        + ") on, or back if below "
        "zero. A month on from the 31st is the last day of the month. Business days are Monday to Friday but for "
        f"`holidays`, a list of dates. {_FORM}.",
        example=Example("add_to_date('2026-01-31', `1`, 'months')", '"2026-02-28"'),
        body=add_to_date,
        skips_null=True,
    ),
    Function(
        name="date_difference",
        parameters=(
            Parameter("from", "text"),
            Parameter("to", "text"),
            Parameter("unit", ", ".join(_COUNTED[:-1]) + f" or {_BUSINESS}", optional=True),
            _HOLIDAYS,
        ),
        returns="number",
        about="The whole days (or of `unit`) from one to the other; below zero where the second is before the first.",
        example=Example("date_difference('2026-11-20', '2026-12-01')", "11"),
        body=date_difference,
        skips_null=True,
    ),
    Function(
        name="start_of",
        parameters=(_VALUE, _PERIOD),
        returns="text",
        about=f"The first day (and second) of the day, week (from Monday), month, quarter or year it is in. {_FORM}.",
        example=Example("start_of('2026-11-20', 'month')", '"2026-11-01"'),
        body=start_of,
        skips_null=True,
    ),
    Function(
        name="end_of",
        parameters=(_VALUE, _PERIOD),
        returns="text",
        about=f"The last day (and second) of the day, week, month, quarter or year it is in. {_FORM}.",
        example=Example("end_of('2028-02-10', 'month')", '"2028-02-29"'),
        body=end_of,
        skips_null=True,
    ),
    Function(
        name="in_zone",
        parameters=(_VALUE, Parameter("zone", "text"), Parameter("of", "text", optional=True)),
        returns="text",
        about="The same moment as it is told in a time zone: `'Z'`, `'+01:00'`, or a name such as `'Europe/Berlin'`. `of` is "
        "the zone of a time that has none.",
        example=Example("in_zone('2026-07-01T10:30:00', 'Z', 'America/Chicago')", '"2026-07-01T15:30:00Z"'),
        body=in_zone,
        skips_null=True,
    ),
)
