"""Usual documents are written by a shorter way than others; the lines are the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crossdock.codecs.fixed.lines import Lines
from crossdock.codecs.fixed.making import make_layout
from crossdock.codecs.fixed.usual import usual_lines
from crossdock.codecs.judged import Faults
from crossdock.message import Document
from crossdock.yaml_source import load

EVERYTHING = make_layout(
    load(
        b"""
encoding: cp1252
record:
  tag: "%"
  fields:
    text: {width: 4, required: true}
    right: {width: 4, align: right}
    zeros: {width: 4, align: right, pad: "0"}
    stars: {width: 4, pad: "*", default: NIL}
    whole: {width: 4, type: int, default: 7}
    left: {width: 4, type: int, align: left, pad: " "}
    exact: {width: 6, decimals: 2}
    spaced: {width: 6, decimals: 2, pad: " ", sign: trailing}
    point: {width: 6, decimals: 2, point: ","}
    day: {width: 8, type: date}
    short: {width: 6, format: DDMMYY}
    fixed: {width: 2, value: "%s"}
    count: {width: 3, count: lines}
    sum: {width: 8, decimals: 2, sum: lines.amount}
  groups:
    lines: {tag: LINE, fields: {amount: {width: 6, decimals: 2}, name: 4}}
    more: {single: true, fields: {name: 4}}
""",
        "everything.yaml",
    )
)
USUAL: Document = {
    "text": "a",
    "right": "-1",
    "zeros": "12",
    "stars": "\u20ac",
    "whole": 12,
    "left": 0,
    "exact": Decimal("1.5"),
    "spaced": Decimal("0.05"),
    "point": Decimal(2),
    "day": "2026-11-20",
    "short": "2026-11-20",
    "lines": [{"amount": Decimal("2.25"), "name": "x"}, {"amount": 1}],
    "more": {"name": "y"},
}
USUAL_LINES = [
    "%a     -10012\u20ac***00120   000150     5002,00" + "20261120" + "201126" + "%s" + "002" + "00000325",
    "LINE000225x   ",
    "LINE000100    ",
    "y   ",
]

words = st.text("ab1 \u00e9", min_size=1, max_size=4)
amounts = st.decimals(0, 9999, places=2) | st.sampled_from([Decimal("0.00"), Decimal("-0"), Decimal("1E+2"), 3])
lines = st.fixed_dictionaries({"amount": amounts}, optional={"name": words})
days = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(str)
usual = st.fixed_dictionaries(
    {"text": words, "more": st.fixed_dictionaries({"name": words})},
    optional={
        **dict.fromkeys(("right", "zeros", "stars"), words),
        **dict.fromkeys(("whole", "left"), st.integers(0, 9999)),
        **dict.fromkeys(("exact", "spaced", "point"), amounts),
        **dict.fromkeys(("day", "short"), days),
        "lines": st.lists(lines, max_size=3),
    },
)
characters = st.text("aL%\u00e9\u20ac\u4e2d\n\x85\xa0 0-+1.", max_size=5)
numbers = st.decimals(-200, 20000, allow_nan=False, places=2) | st.decimals() | st.integers(-20, 20000)
plain = st.none() | st.booleans() | numbers | characters | st.sampled_from(["LINE", "2026-11-20", "2026-02-30"])
odd = plain | st.fixed_dictionaries({"name": plain}) | st.lists(st.fixed_dictionaries({"amount": plain}), max_size=2)
keys = sorted(EVERYTHING.record.keys | {"unknown"})
changes = st.dictionaries(st.sampled_from(keys), odd, max_size=2)
documents = st.tuples(usual, changes).map(lambda pair: {**pair[0], **pair[1]})
shorter = usual_lines(EVERYTHING)


def judged(document: Document) -> tuple[list[str], bool]:
    """The lines that the way with findings writes, and whether it has none."""
    faults = Faults()
    texts = Lines(EVERYTHING, faults).of(document, EVERYTHING.record)
    return texts, not faults


@settings(max_examples=300, deadline=None)
@given(documents | odd)
@example({"text": "toolong", "right": "", "more": {}})
@example({"text": "a", "zeros": "-1", "exact": Decimal("-0.00"), "more": {"name": "LINE"}})
@example({"text": "a", "exact": 10**5000, "more": {}})
@example({"text": "a", "unknown": 1, "more": {}})
@example({"text": "a", "lines": {"amount": 1}, "more": {}})
@example({"text": "a", "more": [{}]})
def test_the_shorter_way_writes_what_the_way_with_findings_writes_or_nothing(document: Document) -> None:
    texts = shorter(document)
    if texts is not None:
        assert (texts, True) == judged(document)


def test_a_usual_document_goes_the_shorter_way() -> None:
    assert shorter(USUAL) == USUAL_LINES == judged(USUAL)[0]


@pytest.mark.parametrize("text", ["a\nb", "a\x85", "\u2028", "\u4e2d", "\ud800", "12345"])
def test_what_would_break_a_line_is_never_usual(text: str) -> None:
    assert shorter({"text": text, "more": {}}) is None


def test_a_field_too_wide_is_found_also_where_another_has_no_text() -> None:
    assert shorter({"text": "x" * 8, "right": True, "more": {}}) is None
