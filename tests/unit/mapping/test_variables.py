"""``$name``: what it reaches, and that it disturbs nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.errors import Finding
from crossdock.mapping.jmespath.scan import scan
from crossdock.message import Document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$id", "m-1"),
        ("$route", "orders-in"),
        ("$partner", "acme"),
        ("$now", "2026-11-20T10:30:00Z"),
        ("$headers.file", "po.edi"),
        ("$root.a", 1),
    ],
)
def test_a_name_reaches_beyond_the_document(evaluate: Callable[..., Document], text: str, value: Document) -> None:
    assert evaluate(text, {"a": 1}) == value


def test_root_is_reached_from_inside_a_projection(evaluate: Callable[..., Document]) -> None:
    assert evaluate("l[].{x: @, n: $root.n}", {"l": [1, 2], "n": 9}) == [{"x": 1, "n": 9}, {"x": 2, "n": 9}]


def test_names_given_by_the_caller_have_the_values_given(evaluate: Callable[..., Document]) -> None:
    assert evaluate("$order.number", None, order={"number": 4711}) == 4711


@pytest.mark.parametrize("text", ["'$id'", '"$id"', '`"$id"`', "'it\\'s $id'"])
def test_a_dollar_inside_quotes_is_text(text: str) -> None:
    assert scan(text).text == text


def test_columns_behind_names_are_the_authors() -> None:
    scanned = scan("$a.b + $c")
    assert scanned.text == "__a().b + __c()"
    plus = scanned.text.index("+")
    assert scanned.column(plus) == "$a.b + $c".index("+") + 1
    assert scanned.column(scanned.text.index("__c")) == "$a.b + $c".index("$c") + 1
    assert scanned.column(len(scanned.text)) == len("$a.b + $c") + 1


def test_the_inner_spelling_of_names_is_not_open_to_authors(mistakes: Callable[[str], tuple[Finding, ...]]) -> None:
    assert mistakes("__root()")[0].code == "M111"
