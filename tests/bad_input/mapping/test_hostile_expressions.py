"""Expressions and documents that mean harm, or a mistake of the same effect: refused at once, with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.errors import Finding
from crossdock.message import Document


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_001,
        "!" * 5_000 + "a",
        "(" * 4_000 + "a" + ")" * 4_000,
        "[" * 3_000 + "a" + "]" * 3_000,
        "a" + "[*]" * 2_000,
        "a" + ".b" * 1_000 + "|@" * 2_000,
        " || ".join(["a"] * 1_000),
        "`" + "[" * 2_000 + "]" * 2_000 + "`",
        "a[" + "9" * 5_000 + "]",
    ],
    ids=["long", "not", "parentheses", "brackets", "projections", "pipes", "or", "literal", "index"],
)
def test_an_endless_expression_is_refused_when_compiling(
    mistakes: Callable[[str], tuple[Finding, ...]], text: str
) -> None:
    assert {finding.code for finding in mistakes(text)} <= {"M110", "M118"}


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "'\ud800", "a\u2028b", "\ufeff", '`"\\ud800"` | to_string(@', "$", "&", "\\"]
)
def test_strange_characters_are_a_finding_not_a_crash(
    mistakes: Callable[[str], tuple[Finding, ...]], text: str
) -> None:
    assert mistakes(text)[0].code == "M110"


@pytest.mark.parametrize("text", ["__import__('os')", "eval('1')", "exec(a)", "$__class__", "__builtins__()"])
def test_python_cannot_be_called(mistakes: Callable[[str], tuple[Finding, ...]], text: str) -> None:
    assert mistakes(text)[0].code in {"M111", "M113"}


@pytest.mark.parametrize("text", ["@.__class__", "a.__globals__", "a.get", "a.__class__.__mro__"])
def test_python_cannot_be_read(evaluate: Callable[..., Document], text: str) -> None:
    assert evaluate(text, {"a": {}}) is None


def test_an_expression_that_doubles_its_result_again_and_again_is_stopped(
    findings: Callable[..., tuple[Finding, ...]],
) -> None:
    doubling = "@" + " | [@, @]" * 60
    (finding,) = findings(f'fields: {{a: "{doubling}"}}', {"x": 1})
    assert finding.code == "M308"


def test_doubling_behind_a_name_is_stopped(findings: Callable[..., tuple[Finding, ...]]) -> None:
    doubling = "@" + " | [@, @]" * 60
    assert findings(f'let: {{d: "{doubling}"}}\nfields: {{a: $d}}', {"x": 1})[0].code == "M308"


def test_doubling_in_a_route_is_stopped(refused: Callable[..., Finding]) -> None:
    assert refused("@" + " | [@, @]" * 60, {"x": 1}).code == "M308"


def test_the_whole_document_in_every_line_is_stopped_before_it_is_endless(
    findings: Callable[..., tuple[Finding, ...]],
) -> None:
    lines: list[Document] = [{"a": [*range(50)]} for _ in range(400)]
    found = findings("fields: {l: {each: l, fields: {all: $root.l}}}", {"l": lines})
    assert {finding.code for finding in found} <= {"M308", "M300"}


def test_flattening_what_was_doubled_is_stopped(refused: Callable[..., Finding]) -> None:
    assert refused("[@]" + " | [@, @][]" * 40, {"x": 1}).code == "M308"


def test_text_of_what_was_doubled_is_stopped(refused: Callable[..., Finding]) -> None:
    assert refused("@" + " | [@, @]" * 60 + " | to_string(@)", {"x": 1}).code == "M308"


@pytest.mark.parametrize(
    "text",
    [
        "pad('x', `1000000000`)",
        "replace(a, 'x', a)",
        "join(a, l)",
        "concat(a, a, a, a)",
        "round(`1`, `99`)",
        "substring('x', `1e9`)",
    ],
)
def test_a_function_makes_no_endless_text(refused: Callable[..., Finding], text: str) -> None:
    document: Document = {"a": "x" * 400_000, "l": ["x", "y", "z", "u"]}
    assert refused(text, document).code in {"M307", "M308"}


@pytest.mark.parametrize(
    "text", ["ceil(a)", "floor(a)", "round(a)", "format_number(a)", "concat(a)", "abs(a)", "int(a)"]
)
def test_a_number_of_a_billion_digits_is_refused(
    refused: Callable[..., Finding], text: str, evaluate: Callable[..., Document]
) -> None:
    document = {"a": evaluate("`1e999999`")}
    assert refused(text, document).code in {"M304", "M307"}


def test_text_that_only_looks_like_a_huge_number_is_no_number(evaluate: Callable[..., Document]) -> None:
    assert evaluate("to_number(a)", {"a": "1e999999999"}) is None
    assert evaluate("to_number(a)", {"a": "9" * 5_000}) is None


@pytest.mark.parametrize(
    "bad", ["1" * 100_000, " " * 100_000 + "x", "1." * 50_000, "-" * 100_000, "é" * 1000, "1\n", "\x001"]
)
def test_a_monstrous_quantity_is_a_short_finding(refused: Callable[..., Finding], bad: str) -> None:
    finding = refused("dec(a)", {"a": bad})
    assert finding.code == "M304"
    assert len(finding.message) < 200
    assert finding.value is not None
    assert len(finding.value) <= 80
    assert finding.value.isprintable()


@pytest.mark.parametrize(
    "bad", ["2" * 100_000, "20261120\n", "\uff12\uff10\uff12\uff16\uff11\uff11\uff12\uff10", "0000-00-00", "00000000"]
)
def test_a_monstrous_date_is_a_short_finding(refused: Callable[..., Finding], bad: str) -> None:
    finding = refused("date(a)", {"a": bad})
    assert finding.code == "M305"
    assert len(finding.message) < 200


@pytest.mark.parametrize(
    "given", [None, True, 0, "x", [], [[]], {}, {"l": {}}, {"l": "x"}, {"l": [None, 1, "x", [], {}]}]
)
def test_a_document_of_any_shape_is_taken_or_refused_never_a_crash(
    result: Callable[..., Document], given: Document
) -> None:
    body = "fields: {a: 'l[].b.c || l[0].d', b: \"l[?x=='1'] | [0]\", c: {each: 'l[]', fields: {d: e.f, g: {h: '$parent.l'}}}}"
    assert isinstance(result(body, given), dict)


def test_a_document_nested_very_deeply_is_no_matter(evaluate: Callable[..., Document]) -> None:
    document: Document = "x"
    for _ in range(20_000):
        document = {"a": document}
    assert evaluate("a.a.a.b", document) is None


@pytest.mark.parametrize(
    "text", ["to_string(a)", "unique([a, a])", "group_by([a], &@)", "sort_by([a, a], &to_string(@))"]
)
def test_text_of_a_document_nested_very_deeply_is_refused(refused: Callable[..., Finding], text: str) -> None:
    for levels in (401, 20_000):
        document: Document = "x"
        for _ in range(levels):
            document = [document] if levels % 2 else {"b": document}
        finding = refused(text, {"a": document})
        assert finding.code == "M308"
        assert "nested deeper than 400, in: " in finding.message
        assert (finding.place.pointer or "/a") == "/a"


def test_text_of_a_document_that_a_reader_takes_is_made(evaluate: Callable[..., Document]) -> None:
    document: Document = "x"
    for _ in range(400):
        document = [document]
    assert evaluate("to_string(a)", {"a": document}) == "[" * 400 + '"x"' + "]" * 400


def test_a_value_of_the_wrong_kind_is_told_however_deep_it_is(refused: Callable[..., Finding]) -> None:
    document: Document = "x"
    for _ in range(20_000):
        document = {"b": document}
    finding = refused("upper(a)", {"a": document})
    assert (finding.code, finding.value) == ("M301", "an object")
