"""What is known of conditions before there is a document."""

from __future__ import annotations

import pytest

from crossdock.mapping.jmespath.claims import always, claim, covered, implies
from crossdock.mapping.jmespath.syntax import parse

NAMES = frozenset({"root", "headers"})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("`true`", True),
        ("`0`", True),  # zero is no empty value in JMESPath
        ("''", False),
        ("`[]`", False),
        ("!`true`", False),
        ("a == a", True),
        ("a.b != a.b", False),
        ("'x' == 'y'", False),
        ("a == 'x' && a == 'y'", False),
        ("a != 'x' || a != 'y'", True),
        ("a > `5` && a < `3`", False),
        ("a > `5` || a <= `5`", True),
        ("a || `true`", True),
        ("a && `false`", False),
        ("!(a == 'x') || !(a == 'y')", True),
        ("a", None),
        ("a == 'x' || a == 'y'", None),
        ("a > `3` && a < `5`", None),
        ("a == `1` && a == `1.0`", None),
        ("a == '1' && a == `1`", False),
        ("a != 'x' || b != 'y'", None),
        ("`null`", None),
    ],
)
def test_a_condition_always_holds_never_or_it_depends(condition: str, *, expected: bool | None) -> None:
    assert always(claim(parse(condition, NAMES))) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a > `1000`", "a > `100`", True),
        ("a > `100`", "a > `1000`", False),
        ("a >= `100`", "a > `100`", False),
        ("a > `100`", "a >= `100`", True),
        ("a == `7`", "a < `10`", True),
        ("`10` > a", "a < `10`", True),
        ("a == 'x'", "a != 'y'", True),
        ("a == 'x' && b", "a == 'x'", True),
        ("a == 'x'", "a == 'x' || b", True),
        ("a == 'x' || a == 'y'", "a == 'x'", False),
        ("b && a == 'x'", "a == 'x' && b", True),
        ("a", "b", False),
        ("length(a) > `5`", "length(a) > `3`", True),
        ("a < `5`", "a != `9`", True),
        ("a <= `5`", "a != `5`", False),
    ],
)
def test_one_condition_is_a_part_of_another(one: str, other: str, *, expected: bool) -> None:
    assert implies(claim(parse(one, NAMES)), claim(parse(other, NAMES))) is expected


def test_two_conditions_leave_nothing() -> None:
    claims = tuple(claim(parse(text, NAMES)) for text in ("a > `5`", "b", "a < `6`"))
    assert covered(claims)
    assert not covered(claims[:2])


def test_a_deep_condition_is_judged_in_no_time() -> None:
    deep = "a == 'x'"
    for number in range(60):
        deep = f"({deep}) {'&&' if number % 2 else '||'} (b{number} == '{number}')"
    asked = claim(parse(deep, NAMES))
    assert implies(asked, asked)
