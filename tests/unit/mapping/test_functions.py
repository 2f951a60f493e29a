"""The library: every function by its own example, and what the examples do not show."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crossdock.errors import Finding, Place
from crossdock.mapping.expression import compile_expression
from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.library.function import Function
from crossdock.mapping.lookup import parse_table
from crossdock.mapping.scope import Scope
from crossdock.message import Document

SCOPE = Scope(id="m", route="r", now=datetime(2026, 1, 1, tzinfo=UTC))
TABLES = {
    "uom": b"x12,rec20\nEA,C62\n",
    "terms": b"for,code,ours\n,N30,30D\nacme,N30,NET30\n",
    "units": b"unit,factor,of\nDZ,12,EA\nGRO,12,DZ\n",
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_example_of_the_function_gives_what_it_says(function: Function) -> None:
    tables = {name: parse_table(name, data, f"{name}.csv") for name, data in TABLES.items()}
    expression = compile_expression(function.example.expression, place=Place(), tables=tables)
    given = json.loads(function.example.given, parse_float=Decimal)
    result, gives = expression(given, SCOPE), json.loads(function.example.gives, parse_float=Decimal)
    assert result == gives
    assert str(result) == str(gives)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_function_is_documented(function: Function) -> None:
    assert function.about.endswith(".")
    assert function.signature.startswith(f"{function.name}(")
    assert f"{function.name}(" in function.example.expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("dec('  7 ')", Decimal(7)),
        ("dec('-.5')", Decimal("-0.5")),
        ("dec('5.')", Decimal(5)),
        ("dec('12.50-')", Decimal("-12.50")),
        ("int('7-')", -7),
        ("dec('12345', `2`)", Decimal("123.45")),
        ("dec('')", None),
        ("dec(nope)", None),
        ("int('10.00')", 10),
        ("int(' ')", None),
        ("round(`-2.5`)", Decimal(-3)),
        ("round(`2.5`, `0`, 'half_even')", Decimal(2)),
        ("add(`1`, `2`)", 3),
        ("subtract(`1`, dec('1'))", Decimal(0)),
        ("divide(`6`, `3`)", 2),
        ("divide(`1`, `3`)", Decimal("0.3333333333333333333333333333333333")),
        ("format_number(`0.5`)", "0.5"),
        ("sum([`0.1`, `0.2`])", Decimal("0.3")),
        ("avg([`1`, `2`])", Decimal("1.5")),
        ('to_string(`{"a": 1.50}`)', '{"a":1.50}'),
        ("max([`1`, `1.5`])", Decimal("1.5")),
        ("type(`1.5`)", "number"),
        ("`1.10` == `1.1`", True),
        ("`1` < `1.5`", True),
    ],
)
def test_numbers_are_exact(evaluate: Callable[..., Document], text: str, value: Document) -> None:
    result = evaluate(text, {})
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text", ["1O", "1,5", "1e5", "1_0", "NaN", "Infinity", "٣", "--1", "-1-", "1 -", "1.2.3", "9" * 61, "0x1F"]
)
def test_what_is_no_number_is_a_finding(refused: Callable[..., Finding], text: str) -> None:
    finding = refused("dec(a)", {"a": text})
    assert finding.code == "M304"
    assert finding.place.pointer == "/a"


def test_a_decimal_comma_gets_its_fix(refused: Callable[..., Finding]) -> None:
    assert refused("dec(a)", {"a": "1,5"}).hint == "for a decimal comma: dec(replace(…, ',', '.'))"


def test_implied_decimals_do_not_go_with_a_point(refused: Callable[..., Finding]) -> None:
    assert refused("dec(a, `2`)", {"a": "1.5"}).code == "M304"


def test_a_fraction_is_no_whole_number(refused: Callable[..., Finding]) -> None:
    assert refused("int(a)", {"a": "1.5"}).code == "M304"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("date('261120')", "2026-11-20"),
        ("date('690101')", "1969-01-01"),
        ("date('681231')", "2068-12-31"),
        ("date('2026-11-20T10:00:00Z')", "2026-11-20"),
        ("date('20.11.2026', 'DD.MM.YYYY')", "2026-11-20"),
        ("date('')", None),
        ("datetime('202611201030')", "2026-11-20T10:30:00"),
        ("datetime('20261120103015')", "2026-11-20T10:30:15"),
        ("datetime('2026-11-20T10:30:00+0100')", "2026-11-20T10:30:00+01:00"),
        ("datetime('261120', '1030', '+01')", "2026-11-20T10:30:00+01:00"),
        ("format_date('2026-11-20T10:30:00Z', 'YYMMDD hh:mm')", "261120 10:30"),
    ],
)
def test_dates_become_iso_text(evaluate: Callable[..., Document], text: str, value: Document) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize("text", ["20260230", "20261301", "2026112", "tomorrow", "20261120103015", "2026-02-29"])
def test_a_day_the_calendar_lacks_is_a_finding(refused: Callable[..., Finding], text: str) -> None:
    finding = refused("date(a)", {"a": text})
    assert (finding.code, finding.place.pointer) == ("M305", "/a")


def test_a_time_of_25_hours_is_a_finding_at_the_time(refused: Callable[..., Finding]) -> None:
    finding = refused("datetime(d, t)", {"d": "20261120", "t": "2500"})
    assert finding.code == "M305"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("upper(nope)", None),
        ("pad('4711', `2`)", "4711"),
        ("pad(`7`, `3`, '0', 'left')", "007"),
        ("substring('abc', `-2`)", "bc"),
        ("substring('abc', `9`)", ""),
        ("concat(nope, nope)", None),
        ("concat('a', nope, `1.50`)", "a1.50"),
        ("uuid_of(nope, 'a')", None),
        ("coalesce(nope, '', 'x')", "x"),
        ("when(nope, 'a')", None),
        ("when(`0`, 'a', 'b')", "a"),
        ("by(nope, 'k', 'v')", None),
        ("count(nope)", 0),
        ("first(nope)", None),
        ("sum_of(nope, &q)", None),
        ("lookup('uom', nope)", None),
        ("lookup('uom', '')", None),
        ("lookup('uom', 'ZZ', `null`, '?')", "?"),
        ("reverse_lookup('uom', 'CS')", "CA"),
        ("reverse_lookup('uom', 'ZZ', 'rec20', `null`)", None),
    ],
)
def test_what_is_absent_stays_absent(evaluate: Callable[..., Document], text: str, value: Document) -> None:
    assert evaluate(text, {}) == value


def test_only_the_branch_that_is_chosen_is_computed(evaluate: Callable[..., Document]) -> None:
    assert evaluate("when(a=='x', 'ok', dec(a))", {"a": "x"}) == "ok"
    assert evaluate("coalesce(a, dec(b))", {"a": "x", "b": "1O"}) == "x"


def test_a_code_the_table_lacks_is_a_finding_with_the_file_to_mend(refused: Callable[..., Finding]) -> None:
    finding = refused("lookup('uom', l[1].u, 'erp')", {"l": [{}, {"u": "ZZ"}]})
    assert (finding.code, finding.value, finding.place.pointer) == ("M306", "ZZ", "/l/1/u")
    assert finding.message.startswith("table 'uom' has no erp for 'ZZ'")
    assert "mappings/tables/uom.csv" in (finding.hint or "")


def test_an_empty_cell_of_a_table_says_nothing(refused: Callable[..., Finding]) -> None:
    assert refused("lookup('uom', a)", {"a": "XX"}).code == "M306"


def test_the_element_that_breaks_a_sum_is_named(refused: Callable[..., Finding]) -> None:
    finding = refused("sum_of(l, &q)", {"l": [{"q": "1"}, {"q": "1O"}]})
    assert (finding.code, finding.place.pointer) == ("M304", "/l/1/q")


def test_text_where_numbers_are_wanted_suggests_dec(refused: Callable[..., Finding]) -> None:
    finding = refused("sum(l[].q)", {"l": [{"q": "1"}]})
    assert (finding.code, finding.place.pointer, finding.hint) == ("M301", "/l/0/q", "dec() makes a number of text")


def test_division_by_zero_is_a_finding(refused: Callable[..., Finding]) -> None:
    assert refused("divide(a, b)", {"a": 1, "b": 0}).code == "M307"


def test_the_same_values_make_the_same_uuid_for_ever(evaluate: Callable[..., Document]) -> None:
    assert evaluate("uuid_of('ACME', '4711')") == "ac6eff3b-58dd-5aeb-bc7d-3fec4675b37c"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("all_by(l, 'k', 'b')[].n", [2, 4]),
        ("all_by(l, 'k', 'z')", []),
        ("all_by(nope, 'k', 'b')", None),
        ("unique(l[].k)", ["a", "b"]),
        ("unique([`1`, `1.0`, `true`, 'x', `{}`, `{}`, `null`, '1'])", [1, True, "x", {}, "1"]),
        ("unique(nope)", None),
    ],
)
def test_lists_are_chosen_from_and_thinned_out(evaluate: Callable[..., Document], text: str, value: Document) -> None:
    document = {"l": [{"k": "a", "n": 1}, {"k": "b", "n": 2}, {"n": 3}, {"k": "b", "n": 4}, "b"]}
    assert evaluate(text, document) == value
