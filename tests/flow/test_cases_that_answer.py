"""Cases of routes that ask: they say what is answered, and who is down."""

from __future__ import annotations

import pytest
from tests.flow.conftest import Project

ROUTE = """\
from: {topic: order.received}
steps:
  - enrich: {echo: {}, as: credit, cache: {key: buyer, for: 10m}, fallback: cached}
  - call: {echo: {effect: opaque}, as: held, fallback: {value: {no: 1.50}}}
to:
  - topic: order.checked
cases:
  - given: {number: "1", buyer: a}
"""


def passes(project: Project, case: str) -> bool:
    project.write(r=ROUTE + case)
    return project.command("test") == {"code": 0}


@pytest.mark.parametrize(
    ("case", "good"),
    [
        ("    answers: {credit: 5, held: 7}\n    expect: {order.checked: {credit: 5, held: 7}}\n", True),
        ("    answers: {ask-credit: 5, held: 7}\n    expect: {order.checked: {credit: 5, held: 7}}\n", True),
        ("    answers: {credit: 5}\n    expect: {order.checked: {credit: 5}}\n", False),
        (
            (
                "    answers: {credit: 5}\n    when_down: [credit, held]\n"
                "    expect: {order.checked: {credit: 5, held: {no: 1.50}}}\n"
            ),
            True,
        ),
        (
            "    answers: {held: 1}\n    when_down: credit\n    expect_error: E811\n    outcome: {credit: waiting}\n",
            True,
        ),
    ],
    ids=["answers", "by the name of the place", "an answer is missing", "fallbacks", "down without a last answer"],
)
def test_a_case_says_what_is_answered(project: Project, case: str, good: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert passes(project, case) is good
