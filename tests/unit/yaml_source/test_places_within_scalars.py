"""A character of a value is found in its file, however the author wrote the scalar."""

from __future__ import annotations

import pytest

from crossdock.yaml_source import load

WRITTEN = r"""
a: plain text
b: "dou\"ble \u00e9 esc\tx"
c: 'it''s single'
d: >-
  folded line one
  line two

  para two
    more indented
  last
e: |
  literal one
  two
f: "multi
  line double
  with \
     continued

  blank"
g: plain multi
  line here
  and more # not this
h: 'multi
   single ''quoted'' x'
i: [ab, "cd"]
j: >
   # no comment
   text [x]
k: |2
    indented
   less
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("key", "abcdefghijk")
def test_every_visible_character_is_found(key: str, newline: str) -> None:
    text = WRITTEN.replace("\n", newline)
    source, lines = load(text.encode(), "f.yaml"), text.splitlines()
    path: tuple[str | int, ...] = ("i", 1) if key == "i" else (key,)
    value = source.at(path)
    assert isinstance(value, str)
    for offset, character in enumerate(value):
        place = source.within(path, offset)
        assert place.line is not None
        assert place.column is not None
        written = lines[place.line - 1][place.column - 1 : place.column]
        assert written in (character, "\\") or character in " \n", (offset, character, written)


def test_what_is_no_text_is_found_at_its_beginning() -> None:
    source = load(b"a: 12\nb: [x]\n", "f.yaml")
    assert str(source.within(("a",), 1)) == "f.yaml:1:4"
    assert str(source.within(("b", 7), 1)) == "f.yaml:2:4"


def test_a_place_behind_the_text_is_that_of_the_text() -> None:
    source = load(b"a: text\n", "f.yaml")
    assert str(source.within(("a",), 50)) == "f.yaml:1:4"
