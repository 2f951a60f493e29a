"""Text with expressions in braces: ``order.{status}``, ``total {total} is above the limit``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from crossdock.errors import Finding, Reject
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.route.condition import Value

Template: TypeAlias = Callable[[Document, Scope], str]

_HOLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Hole:
    """An expression in a template; ``offset`` is where it begins in the text."""

    expression: str
    offset: int


def pieces(text: str) -> list[str | Hole]:
    """Literal text and holes, in order. Raises ``ValueError`` on a brace without its other half."""
    found = list(_pieces(text))
    if any(isinstance(piece, str) and ("{" in piece or "}" in piece) for piece in found):
        raise ValueError("a brace without its other half")
    if any(isinstance(piece, Hole) and not piece.expression.strip() for piece in found):
        raise ValueError("braces with nothing in them")
    return found


def _pieces(text: str) -> Iterator[str | Hole]:
    end = 0
    for match in _HOLE.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield Hole(match[1], match.start(1))
        end = match.end()
    if end < len(text):
        yield text[end:]


def template(parts: list[str | Value], *, fits: Callable[[str], bool], what: str) -> Template:
    """Fill the holes. Raises ``Reject`` for a value that is no text or number, or does not fit where it stands."""

    def filled(document: Document, scope: Scope) -> str:
        texts = [part if isinstance(part, str) else _word(part(document, scope), fits, what) for part in parts]
        return "".join(texts)

    return filled


def plain(value: Document) -> str | None:
    """A scalar as text: numbers with every digit they have. None for what has no plain text: null, list, object."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value) if isinstance(value, int) else None


def _word(value: Document, fits: Callable[[str], bool], what: str) -> str:
    text = plain(value)
    if text is None or not fits(text):
        shown = "nothing, a list or an object" if text is None else f"'{text[:80]}'"
        raise Reject.of([Finding(code="R405", message=f"{shown} cannot be part of {what}", value=text and text[:80])])
    return text
