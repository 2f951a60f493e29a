"""What is wrong with an expression is told at the token, and not at the expression, however the YAML is written."""

from __future__ import annotations

import pytest

from crossdock.errors import ConfigError, Place
from crossdock.mapping.expression import compile_expression

MISTAKES = [
    ("status = 'open'", "M110", "="),
    ("total > 1000", "M110", "1000"),
    ("a == 'x' and b", "M110", "and"),
    ("lines[0.sku", "M110", "."),
    ("status ==", "M110", "=="),
    ("status == ", "M110", "=="),
    ("lines[?sku == 'A'", "M110", "'A'"),
    ("lookup('units', 007, 'text')", "M110", "007"),
    ("name == 'open", "M110", "'open"),
    ('"length"(a)', "M110", '"length"'),
    ("a == `{x}`", "M110", "`{x}`"),
    ("a == $", "M110", "$"),
    ("ship-to.id", "M110", "-"),
    (f"a[{'9' * 5000}]", "M110", "9" * 5000),
    ("a || uper(b)", "M111", "uper"),
    ("concat(', ', [length(a, b)])", "M112", "length"),
    ("$root.a == $partnr", "M113", "$partnr"),
    ("lookup(kind, unit)", "M116", "kind"),
    ("lookup(kinds[0].name, unit)", "M116", "kinds"),
    ("upper(&no)", "M117", "&"),
    ("$root.a || sort_by(b, c)", "M117", "c"),
    ("map(&a, b) || upper(& no)", "M117", "&"),
    ("lines[::0]", "M119", "0"),
    ("a[1:2].b[ 3 : 4 : 0 ]", "M119", "0"),
    ("lookup('none', a)", "M121", "'none'"),
]


@pytest.mark.parametrize(("text", "code", "token"), MISTAKES, ids=[text[:40] for text, _, _ in MISTAKES])
def test_the_token_is_meant(text: str, code: str, token: str) -> None:
    with pytest.raises(ConfigError) as raised:
        compile_expression(text, place=Place(line=1), tables={}, inside=lambda offset: Place(line=1, column=offset + 1))
    (finding,) = raised.value.findings
    assert (finding.code, finding.value) == (code, token)
    assert finding.place.column is not None
    assert text[finding.place.column - 1 :].startswith(token)


@pytest.mark.parametrize("text", ["", "   ", "a" * 20_000, "(" * 150 + "a" + ")" * 150 + ".b" * 230])
def test_what_is_wrong_with_all_of_it_is_told_at_its_beginning(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        compile_expression(text, place=Place(line=7), tables={}, inside=lambda offset: Place(column=offset + 1))
    assert [finding.place for finding in raised.value.findings] == [Place(line=7)]
