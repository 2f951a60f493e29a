"""What is known of an expression's value before any document comes, and that nothing is told that is not certain."""

from __future__ import annotations

import pytest

from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.lookup import parse_table
from crossdock.mapping.shapes.calls import accepted
from crossdock.mapping.shapes.infer import Inference
from crossdock.mapping.shapes.shape import (
    ANYTHING,
    NULL,
    SOME_NUMBER,
    SOME_TEXT,
    Anything,
    Entry,
    Listed,
    Record,
    Scalar,
    Shape,
    kinds_of,
    one_of,
)

CODE = Scalar(frozenset({"text"}), ("A", "B"))
LINE = Record("a line", lambda: {"sku": Entry(SOME_TEXT), "quantity": Entry(SOME_NUMBER), "code": Entry(CODE)})
DOCUMENT = Record(
    "the order",
    lambda: {"number": Entry(SOME_TEXT), "lines": Entry(Listed(LINE)), "first": Entry(LINE), "free": Entry(ANYTHING)},
)
TABLES = {
    "units": parse_table("units", b"code,unit\nEA,C62\nCS,CS\n", "units.csv"),
    "sizes": parse_table("sizes", b"unit,factor,of\nDZ,12,EA\n", "sizes.csv"),
    "terms": parse_table("terms", b"for,code,days\n,N30,30\nacme,N60,60\n", "terms.csv"),
}


def inferred(text: str, current: Shape = DOCUMENT) -> tuple[Shape, list[str]]:
    inference = Inference({"root": current, "line": LINE}, TABLES)
    shape = inference.of(text, current)
    return shape, [doubt.code for doubt in inference.doubts]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("number", SOME_TEXT),
        ("lines[].sku", Listed(SOME_TEXT)),
        ("lines[0].sku", SOME_TEXT),
        ("lines[?code=='A'] | [0].quantity", SOME_NUMBER),
        ("lines[1:].sku | [0]", SOME_TEXT),
        ("[number, lines[0].sku]", Listed(SOME_TEXT)),
        ("{n: number}.n", SOME_TEXT),
        ("by(lines, 'code', 'A').sku", SOME_TEXT),
        ("all_by(lines, 'code', 'A')[].sku", Listed(SOME_TEXT)),
        ("map(&quantity, lines)", Listed(SOME_NUMBER)),
        ("merge(first, {more: number}).more", SOME_TEXT),
        ("merge(first, {more: number}).sku", SOME_TEXT),
        ("$line.sku", SOME_TEXT),
        ("sort_by(lines, &quantity)[0].sku", SOME_TEXT),
        ("lookup('units', number)", Scalar(frozenset({"text"}), ("C62", "CS"))),
        ("to_array(first)[].sku", Listed(SOME_TEXT)),
        ("lookup_for('terms', number, 'N60')", Scalar(frozenset({"text"}), ("30", "60"))),
        ("convert('sizes', `1`, 'DZ', 'EA')", SOME_NUMBER),
        ("lines[].[sku][]", Listed(SOME_TEXT)),
        ("number || lines[0].sku", SOME_TEXT),
        ("first.null", NULL),
    ],
)
def test_the_shape_of_an_expression_is_known(text: str, shape: Shape) -> None:
    assert inferred(text) == (shape, [])


@pytest.mark.parametrize(
    "text",
    [
        "free.what.ever[0].it[].is",
        "free[?x=='1'].y | [0]",
        "lines[].*",
        "first.*",
        "merge(first, free).anything",
        "(free || first).unknown",
        "values(first)[0].x",
        "lines[?sku] | [?quantity > `1`] | [0].sku",
        "free > '5'",
        "lookup('units', 'nope', 'unit', 'default')",
        "lookup('units', number || 'nope')",
        "number == null",
        "number == `null`",
        "first || lines[0].sku",
        "pad(free, free, free, free)",
        "[number, lines][1][0].sku",
        "not_null(free, first).other",
    ],
)
def test_nothing_is_told_where_nothing_is_certain(text: str) -> None:
    assert inferred(text)[1] == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("nubmer", ["M150"]),
        ("nubmer.x.y.z || lines[].q", ["M150", "M150"]),
        ("lines.sku", ["M151"]),
        ("number.x", ["M151"]),
        ("first[0]", ["M152"]),
        ("first[].sku", ["M152"]),
        ("number[?x]", ["M152"]),
        ("lines[?code == 'C']", ["M153"]),
        ("by(lines, 'code', 'C')", ["M153"]),
        ("by(lines, 'cdoe', 'A')", ["M150"]),
        ("number == `1`", ["M154"]),
        ("number > `1`", ["M154"]),
        ("first > `1`", ["M154"]),
        ("lines[?quantity > '1']", ["M159"]),
        ("round(number)", ["M155"]),
        ("upper(lines)", ["M155"]),
        ("round(`1`, `0`, 'half')", ["M155"]),
        ("lookup('units', 'EAA')", ["M156"]),
        ("reverse_lookup('units', 'EA')", ["M156"]),
        ("lookup('units', first.code)", ["M156"]),
        ("lookup_for('terms', number, 'N61')", ["M156"]),
        ("convert('sizes', `1`, 'DZZ', 'EA')", ["M156"]),
        ("sum_of(lines, &qty)", ["M150"]),
        ("{n: number}.m", ["M150"]),
    ],
)
def test_what_is_wrong_for_every_document_is_told_once(text: str, codes: list[str]) -> None:
    assert inferred(text)[1] == codes


def test_what_was_told_once_is_anything_from_there_on() -> None:
    shape, codes = inferred("lines[].skuu | [0].x.y")
    assert (shape, codes) == (ANYTHING, ["M150"])


def test_too_many_alternatives_are_anything() -> None:
    many = [Scalar(frozenset({"text"}), (str(number),)) for number in range(30)]
    assert one_of(many) == ANYTHING


def test_null_is_no_alternative() -> None:
    assert one_of([NULL, SOME_TEXT]) == SOME_TEXT
    assert kinds_of(NULL) == kinds_of(ANYTHING) == frozenset()


def test_a_record_may_hold_itself() -> None:
    tree: Record = Record("a node", lambda: {"up": Entry(tree), "name": Entry(SOME_TEXT)})
    assert inferred("up.up.up.name", tree) == (SOME_TEXT, [])


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_what_a_function_takes_is_understood(name: str) -> None:
    for parameter in FUNCTIONS[name].parameters:
        kinds, words = accepted(parameter.kind)
        assert kinds
        assert not words or kinds == {"text"}, (parameter, words)


def test_an_expression_that_does_not_compile_is_told_elsewhere() -> None:
    assert inferred("lines[") == (Anything(), [])
