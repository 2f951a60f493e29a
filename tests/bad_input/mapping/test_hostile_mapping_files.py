"""Mapping files and tables that mean harm: refused when they are loaded, with their line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.errors import ConfigError, Finding
from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.lookup import parse_table
from crossdock.mapping.scope import Scope


def test_loops_inside_loops_without_end_are_refused(broken: Callable[[str], tuple[Finding, ...]]) -> None:
    text = "from: json\nfields:\n"
    for depth in range(12):
        text += (
            "  " * (2 * depth + 1)
            + "l:\n"
            + "  " * (2 * depth + 2)
            + "each: l\n"
            + "  " * (2 * depth + 2)
            + "fields:\n"
        )
    text += "  " * 25 + "x: x\n"
    assert broken(text)[0].code == "M104"


def test_ten_loops_inside_each_other_work(compile_yaml: Callable[[str], YamlMapping], scope: Scope) -> None:
    text = "from: json\nfields:\n"
    for depth in range(10):
        text += (
            "  " * (2 * depth + 1)
            + "l:\n"
            + "  " * (2 * depth + 2)
            + "each: l\n"
            + "  " * (2 * depth + 2)
            + "fields:\n"
        )
    text += "  " * 21 + "x: \"l[?a=='1'].b[*].c[*].d\"\n"
    assert compile_yaml(text).apply({}, scope) == {}


def test_a_mapping_of_a_thousand_fields_works(compile_yaml: Callable[[str], YamlMapping], scope: Scope) -> None:
    text = "from: json\nfields:\n" + "".join(f"  f{at}: a.b{at} || dec(c)\n" for at in range(1000))
    made = compile_yaml(text).apply({"c": "1"}, scope)
    assert isinstance(made, dict)
    assert made["f999"] == 1


def test_loops_over_everything_for_everything_are_stopped(findings: Callable[..., tuple[Finding, ...]]) -> None:
    body = "fields: {a: {each: l, fields: {b: {each: $root.l, fields: {c: {each: $root.l, fields: $index}}}}}}"
    (finding,) = findings(body, {"l": [None] * 300})
    assert finding.code == "M308"


@pytest.mark.parametrize(
    "value",
    [
        "[1, 2]",
        "null",
        "5",
        "{a: {b: 5}}",
        "{a: [5]}",
        "{a: {each: 5, fields: {b: b}}}",
        "{a: {expr: {}}}",
        "{a: {fields: b}}",
    ],
)
def test_fields_that_are_none_are_findings(broken: Callable[[str], tuple[Finding, ...]], value: str) -> None:
    assert broken(f"from: json\nfields: {value}")[0].code == "M103"


@pytest.mark.parametrize("value", ["{x: 5}", "[a]", "a", "{x: {y: z}}"])
def test_lets_that_are_none_are_findings(broken: Callable[[str], tuple[Finding, ...]], value: str) -> None:
    assert broken(f"from: json\nlet: {value}\nfields: {{a: a}}")[0].code == "M101"


@pytest.mark.parametrize("text", ["", "[]", "x", "from: json", "{}"])
def test_a_file_that_is_no_mapping_is_a_finding(broken: Callable[[str], tuple[Finding, ...]], text: str) -> None:
    assert broken(text)[0].code == "M101"


def test_names_that_would_be_code_are_no_names(broken: Callable[[str], tuple[Finding, ...]]) -> None:
    assert broken('from: json\nlet: {"x; import os": a}\nfields: {a: a}')[0].code == "M105"


def test_a_cell_too_long_for_csv_is_a_finding() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_table("t", b"a,b\n1," + b"x" * 200_000 + b"\n", "t.csv")
    assert caught.value.findings[0].code == "M132"
