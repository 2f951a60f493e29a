"""How much larger than its document a result can become, as far as the expression alone tells.

Paths, filters and projections only pick; ``{a: @, b: @}`` doubles, and ``X | [@, @] | [@, @]`` doubles again. What is at
most ``MODEST`` times its input needs no weighing when it runs; a body that puts the whole document into every element
of a list, or doublings in a row, do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from typing import TypeAlias

from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.jmespath.term import LOOPS, Term

MODEST = 1000

_SCALAR_RETURNS = frozenset({"text", "number", "boolean"})


def is_scalar(term: Term) -> bool:
    """Whether the value can only be text, a number, a boolean or null."""
    if term.op in {"or", "and"}:
        return all(is_scalar(part) for part in term.parts)
    if term.op == "call":
        return FUNCTIONS[term.name].returns in _SCALAR_RETURNS
    if term.op == "literal":
        return not isinstance(term.literal, list | dict)
    return term.op in {"compare", "not", "index"} or (term.op == "surroundings" and term.name != "headers")


class Growth:
    """Answers for terms, each looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, int | None] = {}

    def bind(self, variable: Term, term: Term) -> None:
        """Let a variable grow as the term it stands for."""
        self._known[variable.uid] = self.of(term)

    def is_modest(self, term: Term) -> bool:
        """Whether the value is at most ``MODEST`` times as large as what the term's variables hold."""
        return self.of(term) is not None

    def of(self, term: Term) -> int | None:
        """The factor; None where it is not known to be modest."""
        if term.uid not in self._known:
            times = 1 if is_scalar(term) else _RULES.get(term.op, Growth._most)(self, term)
            self._known[term.uid] = times if times is not None and times <= MODEST else None
        return self._known[term.uid]

    def _all(self, terms: Iterable[Term], together: Callable[[Iterable[int]], int]) -> int | None:
        factors = [self.of(term) for term in terms]
        known = [factor for factor in factors if factor is not None]
        return together(known) if len(known) == len(factors) else None

    def _most(self, term: Term) -> int | None:
        """Of what is one of its parts."""
        return self._all(term.parts, lambda factors: max(factors, default=1))

    def made(self, term: Term) -> int | None:
        """Of what holds all of its parts."""
        return self._all(term.parts[1:], sum)

    def call(self, term: Term) -> int | None:
        """Of what a function makes of all of its arguments."""
        return self._all(term.parts, sum)

    def loop(self, term: Term) -> int | None:
        """Of a body for every element: as much as both, if nothing from outside comes into every element."""
        base, element, body = term.parts[:3]
        if not is_scalar(body) and body.free - element.free:
            return None
        return self._all((base, body), prod)

    def within(self, term: Term) -> int | None:
        """Of a body with a name for a value."""
        return self._all((term.parts[0], term.parts[2]), prod)


_Rule: TypeAlias = Callable[[Growth, Term], int | None]

_RULES: dict[str, _Rule] = {
    **dict.fromkeys(LOOPS, Growth.loop),
    "object": Growth.made,
    "list": Growth.made,
    "call": Growth.call,
    "with": Growth.within,
}
