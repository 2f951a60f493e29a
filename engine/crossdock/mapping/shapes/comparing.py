"""Comparisons that come out the same for every document."""

from __future__ import annotations

import re

from crossdock.mapping.jmespath.syntax import Node
from crossdock.mapping.shapes.doubt import called, near
from crossdock.mapping.shapes.shape import NUMBER, TEXT, Scalar, Shape, alternatives, kinds_of
from crossdock.message import Document

_LISTED = 12  # codes that can be taken in at a glance
_EQUALITY = {"eq": "never", "ne": "always another"}
_DEC = "dec() makes a number of text"
_ORDERED = frozenset({TEXT, NUMBER})

#: code, message, the node to blame, hint
Clash = tuple[str, str, Node, str | None]


def clash_of(node: Node, left: Shape, right: Shape) -> Clash | None:
    """What is wrong with comparing these; None where it may come out either way."""
    one, other = node.children
    kinds = kinds_of(left), kinds_of(right)
    if kinds[0] and kinds[1] and not kinds[0] & kinds[1]:
        return _of_kinds(node, _in_words(kinds[0]), _in_words(kinds[1]))
    if node.name not in _EQUALITY:
        if (_is_number_in_quotes(one) and NUMBER in kinds[1]) or (_is_number_in_quotes(other) and NUMBER in kinds[0]):
            return _of_kinds(node, "", "")
        return None if not all(kinds) or kinds[0] & kinds[1] & _ORDERED else _unordered(node)
    return _of_codes(node, one, left, other, right) or _of_codes(node, other, right, one, left)


def _of_kinds(node: Node, left: str, right: str) -> Clash:
    one, other = node.children
    if node.name not in _EQUALITY and any(_is_text(child) for child in (one, other)):
        text, rest = (one, other) if _is_text(one) else (other, one)
        hint = f"a number stands in backticks: `{text.literal}`" if _is_number_in_quotes(text) else None
        return "M159", f"{called(text)} is text, and orders no number such as {called(rest)}", text, hint
    if node.name in _EQUALITY:
        message = f"{called(one)} is {left} and {called(other)} is {right}: they are never equal"
    else:
        message = f"{called(one)} is {left} and {called(other)} is {right}: the comparison is always null"
    hint = _remedy(one, left, other) if {left, right} == {TEXT, f"a {NUMBER}"} else None
    return "M154", message, one if one.kind != "literal" else other, hint


def _remedy(one: Node, left: str, other: Node) -> str:
    """What is done about text that is compared with a number."""
    text, number = (one, other) if left == TEXT else (other, one)
    if text.kind == "literal":
        return (
            f"a number stands in backticks: `{text.literal}`" if str(text.literal).isdecimal() else "no number is text"
        )
    return (
        f"text stands in quotes: '{number.literal}'; dec() makes a number of text" if number.kind == "literal" else _DEC
    )


def _is_number_in_quotes(node: Node) -> bool:
    return _is_text(node) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(node.literal)) is not None


def _is_text(node: Node) -> bool:
    return node.kind == "literal" and isinstance(node.literal, str)


def _unordered(node: Node) -> Clash:
    message = f"{called(node.children[0])} has no order: only numbers and text are less or more"
    return "M154", message, node.children[0], None


def _in_words(kinds: frozenset[str]) -> str:
    words = [kind if kind == TEXT else f"an {kind}" if kind[0] == "o" else f"a {kind}" for kind in sorted(kinds)]
    return " or ".join(words)


def _of_codes(node: Node, coded: Node, shape: Shape, constant: Node, value: Shape) -> Clash | None:
    codes = codes_of(shape)
    if codes is None or constant.kind != "literal" or not isinstance(value, Scalar) or constant.literal in codes:
        return None
    word = _EQUALITY[node.name]
    message = (
        f"{called(coded)} is {word} {called(constant)}"
        if word == "never"
        else f"{called(coded)} is always another than {called(constant)}"
    )
    return "M153", message, constant, one_of_codes(str(constant.literal), codes)


def codes_of(shape: Shape) -> tuple[Document, ...] | None:
    """All that a value can be; None where nobody can list it."""
    codes: list[Document] = []
    for each in alternatives(shape):
        if not isinstance(each, Scalar) or not each.codes:
            return None
        codes += each.codes
    return tuple(dict.fromkeys(codes)) or None


def one_of_codes(word: str, codes: tuple[Document, ...]) -> str:
    """The code that was meant, or all there are."""
    texts = [str(code) for code in codes]
    few = ", ".join(texts[:_LISTED]) + (", …" if len(texts) > _LISTED else "")
    return near(word, texts) or f"it is one of: {few}"
