"""Which nodes an XPath expression takes, and which it only asks."""

from __future__ import annotations

import pytest
from lxml import etree

from crossdock.mapping.explanation.stylesheets.paths import UnreadableError, operands_of, pieces_of


@pytest.mark.parametrize(
    ("text", "taken", "asked"),
    [
        ("number", ["number"], []),
        ("concat(a, ' | ', b/c[@x='1'])", ["a", "b/c[@x='1']"], ["(b/c)/@x"]),
        ("xd:lookup('uom', lines[unit=$u]/unit)", ["lines[unit=$u]/unit"], ["(lines)/unit", "$u"]),
        ("a | b[c | d]", ["a | b[c | d]"], ["(b)/c", "(b)/d"]),
        ("$x/a[1]", ["$x/a[1]"], []),
        ("exsl:node-set($v)/row", ["$v", "exsl:node-set($v)/row"], []),
        ("key('k', @ref)/name", ["key('k', @ref)/name"], ["@ref"]),
        ("(a | b)[2]/c", ["(a | b)[2]/c"], []),
        ("* * *", ["*", "*"], []),
        ("div div mod", ["div", "mod"], []),
        ("a-b - c", ["a-b", "c"], []),
        ("sum(/a/b[c > ../d[1]])", ["/a/b[c > ../d[1]]"], ["(/a/b)/c", "(/a/b)/../d[1]"]),
        ("a[key('k', b)]", ["a[key('k', b)]"], ["(a)/b"]),
        ("ancestor-or-self::node()/processing-instruction('q')", ["ancestor-or-self::node()/processing-instruction('q')"], []),
        ("position() = last()", [], []),
    ],
)  # fmt: skip
def test_an_expression_takes_its_paths_and_asks_those_of_predicates(
    text: str, taken: list[str], asked: list[str]
) -> None:
    found = operands_of(text)
    assert ([one.text for one in found.values], [one.text for one in found.asked]) == (taken, asked)


@pytest.mark.parametrize("text", ["", "a[", "a]", "(", "a b", "$", "'x", "#", "a/", "(" * 100 + "a" + ")" * 100])
def test_what_is_no_xpath_or_too_deep_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableError):
        operands_of(text)


@pytest.mark.parametrize(
    ("template", "pieces"),
    [
        ("plain", [(False, "plain")]),
        ("a{b}c{{d}}", [(False, "a"), (True, "b"), (False, "c{d}")]),
        ("{concat('}', b)}", [(True, "concat('}', b)")]),
        ("", []),
    ],
)
def test_an_attribute_value_template_is_cut_at_its_braces(template: str, pieces: list[tuple[bool, str]]) -> None:
    assert pieces_of(template) == pieces


@pytest.mark.parametrize("template", ["{a", "a}", "{'}"])
def test_a_template_whose_braces_do_not_match_is_not_read(template: str) -> None:
    with pytest.raises(UnreadableError):
        pieces_of(template)


def test_every_operand_is_an_expression_of_its_own() -> None:
    root = etree.XML('<a x="1"><b x="2">t<a/></b><c/></a>')
    for text in ("a[b[c = @x] or ../c]/@x", "-(a | b[.//c])[last()] + count(*[@x])", "//b[text() = 't']/@* = 'x'"):
        found = operands_of(text)
        for one in (*found.values, *found.asked):
            etree.XPath(one.text)(root)
