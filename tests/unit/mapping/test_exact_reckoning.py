"""The exact parts of the library against oracles: dates, units, order, sums."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.errors import ConfigError, Finding, Place
from crossdock.mapping.conversion import bind_convert
from crossdock.mapping.expression import compile_expression
from crossdock.mapping.library.arranging import group_by, order_by
from crossdock.mapping.library.calendar import add_to_date, date_difference, end_of, start_of
from crossdock.mapping.library.dates import date as read_date
from crossdock.mapping.library.dates import format_date
from crossdock.mapping.library.lists import sum_of
from crossdock.mapping.lookup import parse_table
from crossdock.message import Document

days = st.dates(date(1950, 1, 1), date(2080, 12, 31))
UNITS = {"units": parse_table("units", b"unit,factor,of\nDZ,12,EA\nGRO,12,DZ\nLB,0.45359237,KG\nTRD,1/3,EA\n", "u.csv")}
convert = bind_convert(UNITS, "units")


def reckoned(begin: date, number: int, free: set[date]) -> date:
    """Business days one by one, as nobody would dare to get wrong."""
    day, left = begin, abs(number)
    while left:
        day += timedelta(days=1 if number > 0 else -1)
        left -= day.weekday() < 5 and day not in free
    return day


@settings(max_examples=80, deadline=None)
@given(days, st.integers(-60, 60), st.sets(st.integers(-30, 30), max_size=6))
def test_business_days_are_those_that_one_counts_by_hand(begin: date, number: int, offsets: set[int]) -> None:
    free = {begin + timedelta(days=offset) for offset in offsets}
    for holidays in (set[date](), free):
        listed: Document = [day.isoformat() for day in sorted(holidays)]
        there = add_to_date(begin.isoformat(), number, "business days", listed)
        assert there == reckoned(begin, number, holidays).isoformat()
        if number > 0:
            assert date_difference(begin.isoformat(), there, "business days", listed) == number


@settings(max_examples=80, deadline=None)
@given(days, days)
def test_the_difference_brings_one_from_here_to_there(first: date, last: date) -> None:
    begin, end = first.isoformat(), last.isoformat()
    assert add_to_date(begin, date_difference(begin, end)) == end
    months = date_difference(begin, end, "months")
    assert isinstance(months, int)
    around = sorted(
        str(add_to_date(begin, number, "months")) for number in (months, months + (1 if last > first else -1))
    )
    assert around[0] <= end <= around[1]


@settings(max_examples=60, deadline=None)
@given(days, st.sampled_from(["week", "month", "quarter", "year"]))
def test_a_period_ends_the_day_before_the_next_begins(day: date, period: str) -> None:
    begin, end = start_of(day.isoformat(), period), end_of(day.isoformat(), period)
    assert str(begin) <= day.isoformat() <= str(end)
    assert start_of(end, period) == begin
    assert start_of(add_to_date(end, 1), period) == add_to_date(end, 1)


@settings(max_examples=60, deadline=None)
@given(days, st.sampled_from(["YYYYMMDD", "CYYDDD", "YYYYDDD", "DD.MM.YYYY"]))
def test_a_date_written_by_a_pattern_is_read_by_it(day: date, pattern: str) -> None:
    assert read_date(format_date(day.isoformat(), pattern), pattern) == day.isoformat()


@settings(max_examples=80, deadline=None)
@given(st.decimals(Decimal("-1e6"), Decimal("1e6"), places=3), st.sampled_from(["EA", "DZ", "GRO", "TRD"]))
def test_a_quantity_through_other_units_and_back_is_what_it_was(quantity: Decimal, unit: str) -> None:
    pieces = convert(quantity, unit, "EA")
    factors = {"EA": Fraction(1), "DZ": Fraction(12), "GRO": Fraction(144), "TRD": Fraction(1, 3)}
    exact = Fraction(quantity) * factors[unit]
    if exact.denominator in {1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125, 200, 250, 500, 1000}:
        assert Fraction(str(pieces)) == exact
        assert convert(pieces, "EA", unit) == quantity


@settings(max_examples=60, deadline=None)
@given(st.lists(st.decimals(Decimal("-1e15"), Decimal("1e15"), places=4), max_size=30))
def test_sums_are_those_of_fractions(numbers: list[Decimal]) -> None:
    texts: Document = [format(number, "f") for number in numbers]
    assert Fraction(str(sum_of(texts, texts))) == sum(map(Fraction, numbers), Fraction(0))


keys = st.one_of(st.none(), st.integers(-3, 3))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(keys, keys), max_size=12), st.booleans())
def test_order_is_that_of_the_keys_with_nothing_last(rows: list[tuple[int | None, int | None]], down: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    made = order_by(list(range(len(rows))), [[*row] for row in rows], "down" if down else "up")
    sign = -1 if down else 1
    wanted = sorted(range(len(rows)), key=lambda at: [(key is None, sign * (key or 0)) for key in rows[at]])
    assert made == wanted


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", 1, True, None, Decimal("1.0")]), max_size=12))
def test_groups_have_every_element_once_and_in_order(keys_of: list[Document]) -> None:
    made = group_by(list(range(len(keys_of))), keys_of)
    assert isinstance(made, list)
    members = [group["items"] for group in made if isinstance(group, dict)]
    found = [[at for at in one if isinstance(at, int)] for one in members if isinstance(one, list)]
    assert sorted(at for one in found for at in one) == list(range(len(keys_of)))
    assert all(one == sorted(one) for one in found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("add_to_date('2024-02-29', `-1`, 'years')", "2023-02-28"),
        ("add_to_date('2026-11-20T23:30:00+01:00', `45`, 'minutes')", "2026-11-21T00:15:00+01:00"),
        ("add_to_date('2026-11-20', `2`, 'hours')", "2026-11-20T02:00:00"),
        ("date_difference('2026-11-20T10:00:00Z', '2026-11-20T12:30:00+01:00', 'minutes')", 90),
        ("date_difference('2026-11-20', '2026-10-25', 'months')", 0),
        ("end_of('2026-11-20T10:00:00', 'day')", "2026-11-20T23:59:59"),
        ("in_zone('2026-03-29T01:30:00Z', 'Europe/Berlin')", "2026-03-29T03:30:00+02:00"),
        ("in_zone('2026-11-20T10:00:00+02:00', '-05:00')", "2026-11-20T03:00:00-05:00"),
        ("date('100001', 'CYYDDD')", "2000-01-01"),
        ("time('23:59')", "23:59:00"),
        ("add_to_date(nope, `1`)", None),
        ("date_difference('2026-11-20', nope)", None),
        ("start_of('', 'month')", None),
    ],
)  # fmt: skip
def test_what_examples_do_not_show(evaluate: Callable[..., Document], text: str, value: Document) -> None:
    assert evaluate(text, {}) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("date('00000000')", "M305"),
        ("date('20230229')", "M305"),
        ("date('126000', 'CYYDDD')", "M305"),
        ("date('125366', 'CYYDDD')", "M305"),
        ("time('2460')", "M305"),
        ("add_to_date('20261120', `1`)", "M305"),
        ("add_to_date('9999-12-31', `1`)", "M307"),
        ("add_to_date('0001-01-01', `-1`, 'months')", "M307"),
        ("add_to_date('2026-11-20', `1.5`)", "M307"),
        ("add_to_date('2026-11-20', `1`, 'fortnights')", "M307"),
        ("add_to_date('2026-11-20', `99999999999`)", "M307"),
        ("date_difference('2026-11-20', '2026-11-20T10:00:00Z')", "M307"),
        ("in_zone('2026-11-20T10:00:00', 'Z')", "M307"),
        ("in_zone('2026-11-20T10:00:00Z', '../../etc/passwd')", "M307"),
        ("in_zone('2026-11-20T10:00:00Z', '+99:00')", "M307"),
        ("format_date('3000-01-01', 'CYYDDD')", "M305"),
        ("end_of('9999-12-31', 'week')", "M307"),
        ("dec('NaN')", "M304"),
        ("dec('Infinity')", "M304"),
        ("convert('uom', `1`, 'a', 'b')", None),
        ("order_by([`1`, 'a'], &@)", "M301"),
        ("order_by([`true`], &@)", "M301"),
        ("pad('a', `3`, ' ', `[]`)", "M307"),
        ("trim('a', 'b', `{}`)", "M307"),
        ("wrap('a', `0`)", "M307"),
        ("remainder(`1`, `0`)", "M307"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_a_finding(text: str, code: str | None, refused: Callable[..., Finding]) -> None:
    if code is None:
        with pytest.raises(ConfigError, match="M122"):
            refused(text, {})
    else:
        assert refused(text, {}).code == code


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (b"unit,factor,of\nA,2,B\nB,2,A\n", "M326"),
        (b"unit,factor,of\nA,0,B\n", "M326"),
        (b"unit,factor,of\nA,-1,B\n", "M326"),
        (b"unit,factor,of\nA,1/0,B\n", "M326"),
        (b"unit,factor,of\nA,NaN,B\n", "M326"),
        (b"unit,times,of\nA,1,B\n", "M122"),
        (b"for,unit,factor,of\nx,A,1,B\n", "M325"),
    ],
)
def test_a_table_of_units_that_is_wrong_is_told_when_it_is_bound(table: bytes, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_expression("convert('t', q, 'A', 'B')", place=Place(), tables={"t": parse_table("t", table, "t.csv")})
    assert [finding.code for finding in caught.value.findings] == [code]


def test_a_partners_row_comes_before_everybodys(evaluate: Callable[..., Document], tables: dict[str, object]) -> None:
    tables["terms"] = parse_table(
        "terms", b"for,code,ours,more\n,N30,30D,x\nacme,N30,NET30,\nacme,N10,NET10,\n", "terms.csv"
    )
    assert evaluate("lookup_for('terms', $partner, 'N30')") == "NET30"
    assert evaluate("lookup_for('terms', 'globex', 'N30')") == "30D"
    assert evaluate("lookup_for('terms', `null`, 'N30')") == "30D"
    assert evaluate("lookup_for('terms', 'globex', 'N10', 'ours', '?')") == "?"
    assert evaluate("lookup_for('terms', 'acme', 'N30', 'more')") == "x"
    with pytest.raises(ConfigError, match="M325"):
        evaluate("lookup('terms', 'N30')")
    with pytest.raises(ConfigError, match="M325"):
        evaluate("lookup_for('uom', 'acme', 'EA')")
