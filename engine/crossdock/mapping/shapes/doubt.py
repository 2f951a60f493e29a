"""What shapes say against an expression: located in its text, not yet in a file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from crossdock.errors import Severity
from crossdock.mapping.fault import quoted
from crossdock.mapping.jmespath.scan import PREFIX
from crossdock.mapping.jmespath.syntax import Node


@dataclass(frozen=True, slots=True)
class Doubt:
    """One mistake. ``column`` counts from 1 in the expression; ``token`` is what stands there."""

    code: str
    message: str
    column: int | None
    token: str = ""
    hint: str | None = None
    severity: Severity = Severity.ERROR


def near(word: str, known: Iterable[str]) -> str | None:
    """``did you mean 'x'?`` where letters were left out, doubled, swapped or small; None where nothing is close."""
    names = sorted({str(name) for name in known})
    same = next((name for name in names if name.casefold() == word.casefold()), None)
    if same is not None:
        return f"did you mean '{same}'?"
    close = sorted(difflib.get_close_matches(word, names, n=_CLOSE, cutoff=0.6))
    return f"did you mean '{max(close, key=lambda name: _likeness(word, name))}'?" if close else None


def _likeness(word: str, name: str) -> tuple[bool, bool, float]:
    """Swapped letters come first, then what the word only begins, then what has most in common."""
    return sorted(word) == sorted(name), name.startswith(word), difflib.SequenceMatcher(None, name, word).ratio()


def first_named(node: Node) -> Node | None:
    """The first node in a tree that has a column."""
    if node.column is not None:
        return node
    return next((found for found in map(first_named, node.children) if found is not None), None)


def last_named(node: Node) -> Node | None:
    """The last field that a path asks for."""
    if node.kind == "field":
        return node
    if node.kind in _PATHS:
        return next((found for found in map(last_named, reversed(node.children)) if found is not None), None)
    return None


def called(node: Node) -> str:
    """What a node is called in a sentence: the field it ends with, or the constant it is."""
    named = last_named(node)
    if named is not None:
        return f"'{named.name}'"
    if node.kind == "literal":
        return quoted(node.literal)
    return f"{node.name}()" if node.kind == "function_expression" and not node.name.startswith(PREFIX) else "the value"


_CLOSE = 50
_PATHS = frozenset({"subexpression", "index_expression", "pipe"})
