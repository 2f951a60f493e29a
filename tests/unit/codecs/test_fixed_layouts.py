"""Layouts: what their author may write, and what is told about mistakes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.codecs.contract import Codec
from crossdock.errors import ConfigError

Fixed = Callable[[str], Codec]


def told(fixed: Fixed, text: str) -> list[tuple[str, int | None, int | None, str]]:
    with pytest.raises(ConfigError) as caught:
        fixed(text)
    assert {one.place.file for one in caught.value.findings} == {"mappings/layouts/example.yaml"}
    return [(one.code, one.place.line, one.place.column, one.message) for one in caught.value.findings]


def test_every_misspelt_key_is_told_with_what_was_meant(fixed: Fixed) -> None:
    text = """\
recrd: {}
record:
  tagg: X
  fields:
    a: {widht: 3}
    b: x
    c: {width: 0}
"""
    with pytest.raises(ConfigError) as caught:
        fixed(text)
    assert {(one.place.line, one.place.column, one.hint) for one in caught.value.findings} >= {
        (1, 1, "did you mean 'record'?"),
        (3, 3, "did you mean 'tag'?"),
        (5, 9, "did you mean 'width'?"),
        (6, 8, None),
        (7, 16, None),
    }
    assert {one.code for one in caught.value.findings} == {"F301"}


def test_fields_that_lie_over_each_other_are_told(fixed: Fixed) -> None:
    text = "record:\n  tag: AB\n  fields:\n    a: {width: 3, start: 2}\n    b: 4\n    c: {width: 2, start: 5}\n"
    assert told(fixed, text) == [
        ("F302", 4, 5, "field 'a' lies over columns that are taken"),
        ("F302", 6, 5, "field 'c' lies over columns that are taken"),
    ]


def test_fields_beyond_the_width_are_told(fixed: Fixed) -> None:
    assert told(fixed, "record:\n  width: 4\n  fields: {a: 5}\n")[0][:3] == ("F303", 1, 1)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("{width: 3, type: text, decimals: 2}", "'decimals' has no meaning in a field of type text"),
        ("{width: 8, type: int, format: YYYYMMDD}", "'format' has no meaning in a field of type int"),
        ("{width: 3, value: x, count: lines, type: int}", "'value' and 'count' exclude each other"),
        ("{width: 3, count: lines, type: text}", "'count' needs a field that is a number"),
    ],
)
def test_keys_that_contradict_each_other_are_told(field: str, message: str, fixed: Fixed) -> None:
    text = f"record:\n  fields:\n    a: {field}\n  groups: {{lines: {{tag: L}}}}\n"
    assert message in [one[3] for one in told(fixed, text)]


def test_two_records_of_one_tag_are_told(fixed: Fixed) -> None:
    assert told(fixed, "record: {tag: A}\ntrailer:\n  tag: A\n")[0][:2] == ("F305", 1)


def test_a_group_called_like_a_field_is_told(fixed: Fixed) -> None:
    assert told(fixed, "record:\n  tag: A\n  fields: {x: 1}\n  groups:\n    x: {tag: B}\n") == [
        ("F306", 5, 5, "'x' is a field already")
    ]


def test_a_group_whose_lines_cannot_be_told_is_told(fixed: Fixed) -> None:
    assert told(fixed, "record:\n  tag: A\n  groups:\n    x: {fields: {a: 1}}\n")[0][:3] == ("F307", 4, 5)


def test_a_record_of_nothing_is_told(fixed: Fixed) -> None:
    assert told(fixed, "record: {}\n")[0][0] == "F308"


def test_a_constant_or_default_that_does_not_fit_is_told(fixed: Fixed) -> None:
    text = "record:\n  fields:\n    a: {width: 2, value: abc}\n    b: {width: 2, type: int, default: x}\n"
    assert [one[:3] for one in told(fixed, text)] == [("F309", 3, 26), ("F309", 4, 39)]


def test_a_date_format_without_a_day_is_told(fixed: Fixed) -> None:
    assert told(fixed, "record:\n  fields:\n    a: {width: 6, format: YYYYMM}\n")[0][:3] == ("F310", 3, 27)


def test_counts_and_sums_of_what_is_not_there_are_told(fixed: Fixed) -> None:
    text = """\
record:
  tag: A
  groups:
    lines: {tag: L, fields: {q: {width: 3, type: int}, t: 3}}
trailer:
  tag: T
  fields:
    a: {width: 3, count: linse}
    b: {width: 3, sum: lines.t}
    c: {width: 3, sum: other.q}
    d: {width: 3, count: recods}
"""
    with pytest.raises(ConfigError) as caught:
        fixed(text)
    assert [(one.code, one.place.line, one.place.column, one.hint) for one in caught.value.findings] == [
        ("F311", 8, 26, "did you mean 'lines'?"),
        ("F312", 9, 24, "one of: q"),
        ("F311", 10, 24, "one of: lines"),
        ("F311", 11, 26, "did you mean 'records'?"),
    ]


def test_a_bare_number_is_the_width_of_a_text(fixed: Fixed) -> None:
    short, long = fixed("record: {fields: {a: 3}}"), fixed("record: {fields: {a: {width: 3, type: text}}}")
    assert b"".join(short.write([{"a": "x"}])) == b"".join(long.write([{"a": "x"}])) == b"x  \n"
