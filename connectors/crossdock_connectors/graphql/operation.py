"""What a GraphQL document says it does, without knowing the schema: its operations, their kinds and variables.

Only what has to be known before anything is sent is read (GraphQL, October 2021, 2.1 and 2.3); the rest is the server's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r'"""(?:\\"""|[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*|\.\.\.|[_A-Za-z][_0-9A-Za-z]*|[!$&(){}\[\]:=@|,]'
    r"|-?[0-9][0-9.eE+-]*|[\s\ufeff]+|(.)",
    re.DOTALL,
)
_KINDS = ("query", "mutation", "subscription")
_CLOSING = {"}": "{", ")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: ``kind`` is query, mutation or subscription; ``variables`` are those it declares."""

    kind: str
    name: str | None
    variables: frozenset[str]


def operation_in(text: str, name: str | None = None) -> Operation:
    """The operation that is executed. Raises ``ValueError`` that says what is wrong with the document."""
    found = list(_operations(list(_tokens(text))))
    if name is not None:
        named = [one for one in found if one.name == name]
        if len(named) != 1:
            known = ", ".join(str(one.name) for one in found) or "none"
            raise ValueError(f"there is no operation '{name}' in it, only: {known}")
        return named[0]
    if len(found) != 1:
        raise ValueError(f"there are {len(found)} operations in it; say which one with 'operation:'")
    return found[0]


def _tokens(text: str) -> Iterator[str]:
    """What means something. Raises ``ValueError`` where brackets do not fit, or a character is none of GraphQL's."""
    opened: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if match[1] is not None:
            line = text.count("\n", 0, match.start()) + 1
            raise ValueError(f"line {line}: '{token}' is no GraphQL there")
        if token in "({[":
            opened.append(token)
        elif token in _CLOSING and (not opened or opened.pop() != _CLOSING[token]):
            line = text.count("\n", 0, match.start()) + 1
            raise ValueError(f"line {line}: '{token}' closes nothing")
        if not token.isspace() and token[0] not in "#,\ufeff":
            yield token
    if opened:
        raise ValueError(f"'{opened[-1]}' is never closed")


def _operations(tokens: list[str]) -> Iterator[Operation]:
    """The operations at the top of a document; fragments are stepped over."""
    depth, head = 0, list[str]()
    for token in tokens:
        if depth == 0 and (token != "{" or _in_parentheses(head)):  # a brace in parentheses is a default value
            head.append(token)
            continue
        if depth == 0:
            yield from _operation(head)
            head = []
        depth += {"{": 1, "}": -1}.get(token, 0)


def _in_parentheses(head: list[str]) -> bool:
    return head.count("(") > head.count(")")


def _operation(head: list[str]) -> Iterator[Operation]:
    head = [token for token in head if token[0] != '"']  # a description
    if not head:
        yield Operation("query", None, frozenset())
        return
    if head[0] == "fragment":
        return
    if head[0] not in _KINDS:
        raise ValueError(f"'{head[0]}' begins no operation; one begins with query or mutation")
    name = head[1] if len(head) > 1 and head[1] not in "(@" else None
    declared = frozenset(
        after for mark, after, colon in zip(head, head[1:], head[2:], strict=False) if mark == "$" and colon == ":"
    )
    yield Operation(head[0], name, declared)
