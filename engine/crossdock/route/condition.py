"""A yes-or-no question about a document: ``filter``, ``when``, ``that``.

Yes and no as JMESPath has them (false, empty text, empty list and empty object are no), but null is neither: it
is what a misspelt name gives, and a document must not be dropped or let through because of one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from crossdock.errors import Finding, Reject
from crossdock.mapping.scope import Scope
from crossdock.message import Document

#: What an expression of a route compiles to. Raises ``Reject``.
Value: TypeAlias = Callable[[Document, Scope], Document]

Condition: TypeAlias = Callable[[Document, Scope], bool]


def condition(value: Value, text: str) -> Condition:
    """The question ``text`` asks, compiled. Raises ``Reject`` when the answer is null."""

    def holds(document: Document, scope: Scope) -> bool:
        answer = value(document, scope)
        if answer is True or answer is False:
            return answer
        if answer is None:
            raise Reject.of([_neither(text)])
        return answer not in ("", [], {})

    return holds


def _neither(text: str) -> Finding:
    hint = "say what an absent value means, such as: … || `false`"
    return Finding(code="R401", message=f"'{text}' gave null, neither true nor false", value=text, hint=hint)
