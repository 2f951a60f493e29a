"""The code we make: safe, nested as deep as JMESPath is, and the same with and without sharing."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable

import pytest

from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.jmespath.term import Terms
from crossdock.message import Document


def source_of(mapping: YamlMapping) -> str:
    mapping.__dict__.pop("_run", None)
    _ = mapping._run  # made when it is first needed
    return "".join(linecache.getlines(f"<mapping {mapping.name}>"))


NASTY = "__import__('os').system('x')"


def test_no_word_of_an_author_or_a_document_reaches_the_code(compile_yaml: Callable[[str], YamlMapping]) -> None:
    text = f'from: json\nfields: {{"{NASTY}": "\\"{NASTY}\\".a || \'b\'", c: "l[?\\"{NASTY}\\"==\'1\']"}}'
    code = source_of(compile_yaml(text))
    assert "import" not in code
    assert "system" not in code
    strings = [
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [node for node in strings if node.value]


def test_the_code_sees_no_builtins(compile_yaml: Callable[[str], YamlMapping]) -> None:
    mapping = compile_yaml("from: json\nfields: {a: a}")
    assert mapping._run.__globals__["__builtins__"] == {}


def test_what_two_fields_share_is_computed_once(compile_yaml: Callable[[str], YamlMapping]) -> None:
    code = source_of(compile_yaml("from: json\nfields: {a: \"N1[?k=='ST'] | [0].x\", b: \"N1[?k=='ST'] | [0].y\"}"))
    assert code.count("for ") == 1


def test_what_does_not_change_in_a_loop_is_computed_before_it(compile_yaml: Callable[[str], YamlMapping]) -> None:
    code = source_of(compile_yaml("from: json\nfields: {l: {each: l, fields: {n: $root.h.n, m: m, x: x}}}"))
    before, _, inside = code.partition("for ")
    assert "root.get" in before
    assert "root" not in inside


@pytest.mark.parametrize("levels", [5, 18, 60, 100])
def test_projections_may_be_nested_deeper_than_python_allows(evaluate: Callable[..., Document], levels: int) -> None:
    document: Document = "x"
    for _ in range(levels):
        document = {"a": [document]}
    expected: Document = "x"
    for _ in range(levels):
        expected = [expected]
    assert evaluate("a[*]." * (levels - 1) + "a[*]", document) == expected


def test_choices_may_be_nested_deeper_than_python_indents(evaluate: Callable[..., Document]) -> None:
    text = "x"
    for _ in range(70):
        text = f"(n || {text})"
    assert evaluate(text, {"x": 1}) == 1


def test_deep_conditions_inside_loops_see_the_variables_around(evaluate: Callable[..., Document]) -> None:
    text = "k"
    for _ in range(60):
        text = f"(n || {text})"
    assert evaluate(f"l[?{text}==$root.w].v", {"l": [{"k": 1, "v": "a"}, {"k": 2, "v": "b"}], "w": 2}) == ["b"]


def test_a_value_that_can_fail_is_computed_once_however_often_it_is_used(evaluate: Callable[..., Document]) -> None:
    text = "split(a, '-')" + " | [@, @]" * 18 + " | [0]" * 18
    assert evaluate(text, {"a": "1-2"}) == ["1", "2"]


def test_equal_terms_are_one() -> None:
    terms = Terms()
    root = terms.variable(0)
    assert terms.make("get", (root,), name="a") is terms.make("get", (root,), name="a")
    assert terms.literal(1) is not terms.literal(value=True)
