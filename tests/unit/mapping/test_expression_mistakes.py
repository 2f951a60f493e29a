"""What authors are told about expressions that cannot work: the code, the author's column, what to write instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.errors import Finding

Mistakes = Callable[[str], tuple[Finding, ...]]


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("PO1[0.PO102", 6, "expected ']', found '.'"),
        ("a = 'b'", 3, "unexpected '='"),
        ("total > 50000", 9, "unexpected '50000'"),
        ("ship-to", 5, "unexpected '-'"),
        ("$root.BEG && $id[0.x", 19, "expected ']', found '.'"),
        ("N1[?N101=='ST'", 15, "the expression ends too early"),
        ("a == 'ST", 6, "the quote ' is never closed"),
        ("a.$", 3, "expected a name after '$'"),
        ("f(a", 4, "the expression ends too early"),
        ("a == `ST`", 6, "`ST` is not JSON"),
    ],
)
def test_a_syntax_error_has_the_authors_column(mistakes: Mistakes, text: str, column: int, said: str) -> None:
    (finding,) = mistakes(text)
    assert finding.code == "M110"
    assert finding.message == f"JMESPath: {said}, at column {column} of: {text}"


def test_the_finding_stands_where_the_expression_stands(mistakes: Mistakes) -> None:
    (finding,) = mistakes("a[")
    assert (finding.place.file, finding.place.line, finding.place.column) == ("r.yaml", 3, 7)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("total > 5", "write numbers in backticks: `5`"),
        ("a = b", "compare with '=='"),
        ("ship-to", 'quote names that have a hyphen: "ship-to"'),
        ("a == `ST`", "text stands in 'single quotes'"),
    ],
)
def test_a_usual_slip_gets_its_fix(mistakes: Mistakes, text: str, hint: str) -> None:
    assert mistakes(text)[0].hint == hint


def test_an_unknown_function_is_told_with_its_neighbour(mistakes: Mistakes) -> None:
    (finding,) = mistakes("a || lokup('uom', b)")
    assert (finding.code, finding.hint) == ("M111", "did you mean 'lookup'?")
    assert "at column 6" in finding.message


def test_an_unknown_name_is_told_with_its_neighbour(mistakes: Mistakes) -> None:
    (finding,) = mistakes("$rout.a")
    assert finding.code == "M113"
    assert finding.hint in {"did you mean '$root'?", "did you mean '$route'?"}


def test_names_of_loops_are_told_to_belong_into_loops(mistakes: Mistakes) -> None:
    assert mistakes("$index")[0].hint == "$index is known inside 'each' only"


def test_a_wrong_number_of_arguments_shows_the_signature(mistakes: Mistakes) -> None:
    (finding,) = mistakes("dec()")
    assert finding.code == "M112"
    assert "takes 1 to 2 arguments, not 0" in finding.message
    assert finding.hint == "dec(value: text or number, decimals?: number) -> number"


def test_an_unknown_table_is_told_with_its_neighbour(mistakes: Mistakes) -> None:
    (finding,) = mistakes("lookup('oum', a)")
    assert (finding.code, finding.hint) == ("M121", "did you mean 'uom'?")


def test_an_unknown_column_of_a_table_is_told(mistakes: Mistakes) -> None:
    (finding,) = mistakes("lookup('uom', a, 'epr')")
    assert (finding.code, finding.hint) == ("M122", "did you mean 'erp'?")


def test_a_table_must_be_named_where_it_can_be_checked(mistakes: Mistakes) -> None:
    assert mistakes("lookup(a, b)")[0].code == "M116"


def test_an_ambiguous_reverse_lookup_is_found_before_it_is_needed(mistakes: Mistakes) -> None:
    (finding,) = mistakes("reverse_lookup('uom', a, 'erp')")
    assert finding.code == "M123"
    assert "'ST' stands for 'EA' and 'DZ'" in finding.message
    assert "lines 2 and 4" in finding.message


def test_an_expression_argument_belongs_to_the_functions_that_take_one(mistakes: Mistakes) -> None:
    assert [finding.code for finding in mistakes("abs(&a)")] == ["M117"]
    assert [finding.code for finding in mistakes("sort_by(a, b)")] == ["M117"]


def test_every_mistake_of_an_expression_is_told_at_once(mistakes: Mistakes) -> None:
    assert [finding.code for finding in mistakes("[nope(a), dec(), lookup('oum', b)]")] == ["M111", "M112", "M121"]


def test_a_step_of_zero_is_found_when_compiling(mistakes: Mistakes) -> None:
    assert mistakes("a[::0]")[0].code == "M119"


def test_a_long_expression_is_shown_around_the_mistake(mistakes: Mistakes) -> None:
    (finding,) = mistakes("a." * 200 + "b = c")
    assert "b = c" in finding.message
    assert len(finding.message) < 250
