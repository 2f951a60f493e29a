"""What can be known of conditions before there is a document: always true, never true, covered by another one.

A condition becomes a claim: comparisons of something with a literal, and whatever else it asks, joined by "all" and
"any", with every "not" pushed down to them. Then ``implies`` needs no document. It says yes only where that is certain.
Null, which is neither yes nor no, is left out: a claim is about documents that have an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from crossdock.mapping.jmespath.syntax import Node

DEEPEST = 6  # levels of all and any: below them a condition is taken as it stands, or time would double with each

_CONTRARY = {"eq": "ne", "ne": "eq", "lt": "gte", "gte": "lt", "gt": "lte", "lte": "gt"}
_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "gte": "lte", "gt": "lt", "lte": "gte"}
_JOINED = {"and_expression": True, "or_expression": False}


@dataclass(frozen=True, slots=True)
class Fixed:
    """Holds for every document, or for none."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What ``subject`` is, compared with a literal: its text tells kinds apart (``'1'`` and ``1``)."""

    subject: str
    operator: str
    literal: str
    number: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that nothing is known of, or its contrary."""

    question: str
    yes: bool = True


@dataclass(frozen=True, slots=True)
class Joined:
    """All of the parts, or any of them."""

    every: bool
    parts: tuple[Claim, ...]


ALWAYS, NEVER = Fixed(holds=True), Fixed(holds=False)

Claim: TypeAlias = "Fixed | Compared | Asked | Joined"


def claim(node: Node, depth: int = 0) -> Claim:
    """What the condition claims."""
    if node.kind == "not_expression":
        return contrary(claim(node.children[0], depth))
    if node.kind in _JOINED and depth < DEEPEST:
        return _joined(_JOINED[node.kind], tuple(claim(child, depth + 1) for child in node.children))
    if node.kind == "literal":
        return (
            Asked(_key(node))
            if node.literal is None
            else Fixed(node.literal is not False and node.literal not in ("", [], {}))
        )
    if node.kind == "comparator":
        return _compared(node)
    return Asked(_key(node))


def contrary(one: Claim) -> Claim:
    """What holds where the claim does not."""
    match one:
        case Fixed(holds):
            return Fixed(not holds)
        case Compared(subject, operator, literal, number):
            return Compared(subject, _CONTRARY[operator], literal, number)
        case Asked(question, yes):
            return Asked(question, not yes)
        case Joined(every, parts):
            return Joined(not every, tuple(contrary(part) for part in parts))


def always(one: Claim) -> bool | None:
    """True where it always holds, False where it never does, None where that depends."""
    return one.holds if isinstance(one, Fixed) else None


def covered(claims: tuple[Claim, ...]) -> bool:
    """Whether two of the claims leave nothing: where one does not hold, the other does."""
    return any(implies(contrary(one), other) for at, one in enumerate(claims) for other in claims[:at])


def implies(one: Claim, other: Claim) -> bool:
    """Whether every document that the first holds for is one that the other holds for."""
    if one in (other, NEVER) or other == ALWAYS:
        return True
    if isinstance(one, Joined) and not one.every:
        return all(implies(part, other) for part in one.parts)
    if isinstance(other, Joined) and other.every:
        return all(implies(one, part) for part in other.parts)
    if isinstance(one, Joined) and any(implies(part, other) for part in one.parts):
        return True
    if isinstance(other, Joined):
        return any(implies(one, part) for part in other.parts)
    return isinstance(one, Compared) and isinstance(other, Compared) and _follows(one, other)


def _joined(every: bool, parts: tuple[Claim, ...]) -> Claim:  # noqa: FBT001 - which of two words joined them
    flat = [inner for part in parts for inner in _parts_of(part, every=every)]
    open_ = tuple(dict.fromkeys(part for part in flat if part != Fixed(every)))
    if Fixed(not every) in open_ or _excluded(open_, every=every):
        return Fixed(not every)
    if not open_:
        return Fixed(every)
    return open_[0] if len(open_) == 1 else Joined(every, open_)


def _parts_of(part: Claim, *, every: bool) -> tuple[Claim, ...]:
    return part.parts if isinstance(part, Joined) and part.every is every else (part,)


def _excluded(parts: tuple[Claim, ...], *, every: bool) -> bool:
    """Whether two parts cannot hold together, or, of those of which any must hold, cannot fail together."""
    return covered(tuple(contrary(part) for part in parts) if every else parts)


def _compared(node: Node) -> Claim:
    left, right = node.children
    if left.kind == "literal":
        left, right, operator = right, left, _MIRRORED[node.name]
    else:
        operator = node.name
    if _key(left) == _key(right) and operator in ("eq", "ne"):
        return Fixed(operator == "eq")
    if right.kind != "literal":
        return Asked(f"{operator} {_key(left)} {_key(right)}")
    if left.kind == "literal" and operator in ("eq", "ne"):
        return Fixed((_key(left) == _key(right)) is (operator == "eq"))
    value = right.literal
    number = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    return Compared(_key(left), operator, _key(right), number)


def _key(node: Node) -> str:
    """The node as text, without its place."""
    value = node.literal
    plain = Decimal(value).normalize() if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    return f"{node.kind} {node.name} {node.numbers} {plain!r} [{', '.join(map(_key, node.children))}]"


def _follows(one: Compared, other: Compared) -> bool:
    """Whether the second comparison of one subject follows from the first."""
    if one.subject != other.subject:
        return False
    if one.number is not None and other.number is not None:
        return _numbers_follow(one.operator, one.number, other.operator, other.number)
    return one.operator == "eq" and other.operator == "ne" and one.literal != other.literal


def _numbers_follow(operator: str, number: Decimal, other: str, limit: Decimal) -> bool:
    if operator == "eq":
        return _holds(number, other, limit)
    if operator == "ne":
        return other == "ne" and number == limit
    up, closed = operator in ("gt", "gte"), operator in ("gte", "lte")
    if other == "ne":
        return not _holds(limit, operator, number)
    if other not in (("gt", "gte") if up else ("lt", "lte")):
        return False
    beyond = number > limit if up else number < limit
    return beyond or (number == limit and not (closed and other in ("gt", "lt")))


def _holds(value: Decimal, operator: str, limit: Decimal) -> bool:
    return {
        "eq": value == limit,
        "ne": value != limit,
        "lt": value < limit,
        "lte": value <= limit,
        "gt": value > limit,
        "gte": value >= limit,
    }[operator]
