"""The official JMESPath compliance suite, as it lies beside the project; a small one of our own where it does not."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

import pytest

from crossdock.errors import CrossdockError, Place
from crossdock.mapping.expression import compile_expression
from crossdock.mapping.scope import Scope
from crossdock.message import Document

OURS = Path(__file__).with_name("jmespath_cases.json")
OFFICIAL = Path(__file__).parents[4] / "shared" / "conformance" / "jmespath"

CLASSES = {
    "M110": "syntax",
    "M111": "unknown-function",
    "M112": "invalid-arity",
    "M117": "invalid-type",
    "M119": "invalid-value",
    "M301": "invalid-type",
    "M307": "invalid-value",
}


class Case(TypedDict, total=False):
    expression: str
    result: Document
    error: str


class Group(TypedDict):
    given: Document
    cases: list[Case]


def files() -> list[Path]:
    return [OURS, *sorted(OFFICIAL.glob("*.json"))]


def outcome(expression: str, given: Document, scope: Scope) -> Case:
    try:
        result = compile_expression(expression, place=Place(), tables={})(given, scope)
    except CrossdockError as error:
        return {"error": CLASSES.get(error.code, error.code)}
    return {"result": result}


def expected(case: Case) -> Case | None:
    """None: a benchmark, which only has to run."""
    if "error" in case:
        return {"error": case["error"]}
    return {"result": case["result"]} if "result" in case else None


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_every_case_of_the_suite_gives_what_it_says(file: Path, scope: Scope) -> None:
    groups: list[Group] = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    wrong = []
    for group in groups:
        for case in group["cases"]:
            got, wanted = outcome(case["expression"], group["given"], scope), expected(case)
            if wanted is None:
                assert "result" in got, case["expression"]
            elif got != wanted:
                wrong.append((case["expression"], wanted, got))
    assert not wrong
