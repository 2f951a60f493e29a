"""Random expressions over random documents: our compiled code against the official interpreter."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import jmespath
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jmespath.exceptions import JMESPathError

from crossdock.errors import CrossdockError, Place
from crossdock.mapping.expression import compile_expression
from crossdock.mapping.scope import Scope
from crossdock.message import Document

SCOPE = Scope(id="m", route="r", now=datetime(2026, 1, 1, tzinfo=UTC))

NAMES = ["a", "b", "c", "d"]
scalars = st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "a", "b", "ab", "1", "2"])
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=25,
)

UNARY = ["abs", "avg", "ceil", "floor", "keys", "length", "max", "min", "reverse", "sort", "sum", "to_array"]
UNARY += ["to_number", "to_string", "type", "values", "not_null"]
BINARY = ["contains", "ends_with", "starts_with", "join", "not_null"]
BY = ["sort_by", "max_by", "min_by"]

literals = st.sampled_from(
    ["`0`", "`1`", "`2`", "`true`", "`false`", "`null`", "'a'", "''", '`"b"`', "`[]`", "`[1, 0]`"]
)
steps = st.sampled_from(
    [
        ".a",
        ".b",
        ".c",
        "[0]",
        "[1]",
        "[-1]",
        "[*]",
        "[]",
        ".*",
        "[:1]",
        "[::-1]",
        "[1:]",
        "[*].a",
        "[].b",
        "[?a]",
        "[?a==b]",
    ]
)
comparators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = inner.map(lambda text: f"({text})")
    return st.one_of(
        st.tuples(group, steps).map("".join),
        st.tuples(inner, steps).map("".join),
        st.tuples(group, comparators, group).map(" ".join),
        st.tuples(group, st.sampled_from(["||", "&&", "|"]), group).map(" ".join),
        group.map(lambda text: f"!{text}"),
        st.tuples(group, group).map(lambda pair: f"{pair[0]}[?{pair[1]}]"),
        st.tuples(group, group).map(lambda pair: f"{pair[0]}[*].[{pair[1]}, @]"),
        st.tuples(group, group).map(lambda pair: f"{pair[0]} | {{a: {pair[1]}, b: @}}"),
        st.tuples(inner, inner).map(lambda pair: f"[{pair[0]}, {pair[1]}]"),
        st.tuples(st.sampled_from(UNARY), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
        st.tuples(st.sampled_from(BINARY), inner, inner).map(lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"),
        st.tuples(st.sampled_from(BY), inner, inner).map(lambda parts: f"{parts[0]}({parts[1]}, &{parts[2]})"),
        st.tuples(inner, inner).map(lambda pair: f"merge({{a: {pair[0]}}}, {{b: {pair[1]}}})"),
        st.tuples(inner, inner).map(lambda pair: f"map(&{pair[0]}, {pair[1]})"),
    )


expressions = st.recursive(st.sampled_from([*NAMES, "@"]) | literals, _grown, max_leaves=9)


def normal(value: object) -> object:
    """Results as JSON would show them: 2.0 is 2, but true is not 1."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, float | Decimal):
        return round(float(value), 9)
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items()}
    return value


def official(expression: str, document: Document) -> object:
    try:
        return normal(jmespath.search(expression, document))
    except (JMESPathError, TypeError):  # the interpreter lets Python's own TypeError out, where it compares or searches
        return "error"


def ours(expression: str, document: Document) -> object:
    try:
        return normal(compile_expression(expression, place=Place(), tables={})(document, SCOPE))
    except CrossdockError:
        return "error"


def lenient(expression: str, document: Document) -> bool:
    """Whether the interpreter fails with Python's TypeError, where the specification says null (or false)."""
    try:
        jmespath.search(expression, document)
    except TypeError:
        return True
    except JMESPathError:
        return False
    return False


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions, documents)
def test_a_compiled_expression_gives_what_the_interpreter_gives(expression: str, document: Document) -> None:
    if lenient(expression, document):
        ours(expression, document)
        return
    assert ours(expression, document) == official(expression, document)
