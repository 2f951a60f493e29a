"""Evaluates terms slowly, knowing of every value where in the source it came from.

Compiled code says only *that* a function refused a value. The same term evaluated here says where the value stands,
as a JSON pointer (RFC 6901), however it got there: through filters, projections, objects made on the way, functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from crossdock.mapping.fault import Fault
from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.jmespath import semantics
from crossdock.mapping.jmespath.term import Term
from crossdock.mapping.scope import Scope, headers_of, now_of
from crossdock.message import Document


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A value and where it came from: ``pointer`` of the whole, ``parts`` where it was put together on the way."""

    value: Document
    pointer: str | None = None
    parts: Sequence[Traced] | dict[str, Traced] | None = None

    def at(self, key: str) -> Traced:
        """The field of that name."""
        if type(self.value) is not dict or key not in self.value:
            return NOTHING
        if isinstance(self.parts, dict):
            return self.parts[key]
        return Traced(self.value[key], self._below(key))

    def items(self) -> list[Traced]:
        """The elements of a list."""
        if type(self.value) is not list:
            return []
        if self.parts is not None and not isinstance(self.parts, dict):
            return list(self.parts)
        return [Traced(item, self._below(str(index))) for index, item in enumerate(self.value)]

    def fields(self) -> list[Traced]:
        """The values of an object."""
        return [self.at(key) for key in self.value] if type(self.value) is dict else []

    def _below(self, step: str) -> str | None:
        if self.pointer is None:
            return None
        return f"{self.pointer}/{step.replace('~', '~0').replace('/', '~1')}"


NOTHING = Traced(None)


def _list(items: Sequence[Traced]) -> Traced:
    return Traced([item.value for item in items], parts=items)


@dataclass(slots=True)
class Tracer:
    """Values of terms while ``variables`` (by uid) have theirs. ``below`` is a tracer with one more variable."""

    scope: Scope
    variables: dict[int, Traced]
    _known: dict[int, Traced] = field(default_factory=dict)

    def below(self, variable: Term, value: Traced) -> Tracer:
        """The tracer for the body of a loop."""
        return Tracer(self.scope, self.variables | {variable.uid: value})

    def value(self, term: Term) -> Traced:
        """The value of the term. Raises ``Fault`` that knows its ``pointer``."""
        known = self.variables.get(term.uid) or self._known.get(term.uid)
        if known is None:
            known = self._known[term.uid] = _TRACE[term.op](self, term)
        return known

    def get(self, term: Term) -> Traced:
        """A field."""
        return self.value(term.parts[0]).at(term.name)

    def item(self, term: Term) -> Traced:
        """An element by its index."""
        items, index = self.value(term.parts[0]).items(), term.numbers[0] or 0
        return items[index] if -len(items) <= index < len(items) else NOTHING

    def slice(self, term: Term) -> Traced:
        """A part of a list."""
        base = self.value(term.parts[0])
        return _list(base.items()[slice(*term.numbers)]) if type(base.value) is list else NOTHING

    def flatten(self, term: Term) -> Traced:
        """One level flatter."""
        base = self.value(term.parts[0])
        if type(base.value) is not list:
            return NOTHING
        semantics.flatten(base.value)
        nested = ((item.items() if type(item.value) is list else [item]) for item in base.items())
        return _list([item for items in nested for item in items])

    def loop(self, term: Term) -> Traced:
        """A projection."""
        base = self.value(term.parts[0])
        wanted, elements = (dict, base.fields) if term.op == "values" else (list, base.items)
        if type(base.value) is not wanted:
            return NOTHING
        results = []
        for element in elements():
            inner = self.below(term.parts[1], element)
            if term.op == "filter" and not semantics.truth(inner.value(term.parts[3]).value):
                continue
            result = inner.value(term.parts[2])
            if result.value is not None:
                results.append(result)
        return _list(results)

    def each(self, term: Term) -> Traced:
        """What a function's `&expression` gives for every element."""
        base = self.value(term.parts[0])
        try:
            semantics.elements(term.name, base.value)
        except Fault as fault:
            fault.pointer = fault.pointer or base.pointer
            raise
        return _list([self.below(term.parts[1], item).value(term.parts[2]) for item in base.items()])

    def within(self, term: Term) -> Traced:
        """The body of a name."""
        return self.below(term.parts[1], self.value(term.parts[0])).value(term.parts[2])

    def literal(self, term: Term) -> Traced:
        """A constant: from nowhere."""
        return Traced(term.literal)

    def surroundings(self, term: Term) -> Traced:
        """What the scope knows: from nowhere."""
        return Traced(_SURROUNDINGS[term.name](self.scope))

    def object(self, term: Term) -> Traced:
        """A multi-select hash, each field with its own origin."""
        if self.value(term.parts[0]).value is None:
            return NOTHING
        parts = {name: self.value(part) for name, part in zip(term.names, term.parts[1:], strict=True)}
        return Traced({name: part.value for name, part in parts.items()}, parts=parts)

    def list(self, term: Term) -> Traced:
        """A multi-select list, each element with its own origin."""
        if self.value(term.parts[0]).value is None:
            return NOTHING
        return _list([self.value(part) for part in term.parts[1:]])

    def either(self, term: Term) -> Traced:
        """`||` and `&&`."""
        left = self.value(term.parts[0])
        decided = semantics.truth(left.value) is (term.op == "or")
        return left if decided else self.value(term.parts[1])

    def negation(self, term: Term) -> Traced:
        """`!`."""
        return Traced(not semantics.truth(self.value(term.parts[0]).value))

    def compare(self, term: Term) -> Traced:
        """A comparison."""
        left, right = (self.value(part).value for part in term.parts)
        return Traced(semantics.COMPARISONS[term.name](left, right))

    def when(self, term: Term) -> Traced:
        """The branch that is chosen."""
        if semantics.truth(self.value(term.parts[0]).value):
            return self.value(term.parts[1])
        return self.value(term.parts[2]) if len(term.parts) > 2 else NOTHING  # noqa: PLR2004 - otherwise is the third

    def coalesce(self, term: Term) -> Traced:
        """The first that is neither null nor empty text."""
        found = NOTHING
        for part in term.parts:
            found = self.value(part)
            if found.value is not None and found.value != "":
                break
        return found

    def call(self, term: Term) -> Traced:
        """A function call; its fault learns where the refused value stands."""
        assert term.call is not None, "a call has code"  # noqa: S101 - the lowering's promise
        if FUNCTIONS[term.name].skips_null and self.value(term.parts[0]).value is None:
            return NOTHING
        arguments = [self.value(part) for part in term.parts]
        try:
            result = term.call(*(argument.value for argument in arguments))
        except Fault as fault:
            fault.pointer = fault.pointer or _blamed(fault, arguments)
            raise
        return _origin(result, arguments)


def _blamed(fault: Fault, arguments: Sequence[Traced]) -> str | None:
    """The pointer of the value a function refused."""
    if fault.argument >= len(arguments):
        return None
    argument = arguments[fault.argument]
    items = argument.items()
    if fault.item is not None and fault.item < len(items):
        return items[fault.item].pointer
    return argument.pointer


def _origin(result: Document, arguments: Sequence[Traced]) -> Traced:
    """The result with its origin: the argument or element it is, or the first argument it was made from."""
    known = {id(item.value): item for argument in arguments for item in reversed((argument, *argument.items()))}
    if id(result) in known and not isinstance(result, bool):
        return known[id(result)]
    if isinstance(result, list):
        return Traced(result, parts=[known.get(id(item), Traced(item)) for item in result])
    made_from = next((argument.pointer for argument in arguments if argument.pointer is not None), None)
    return Traced(result, None if isinstance(result, dict) else made_from)


_SURROUNDINGS: dict[str, Callable[[Scope], Document]] = {
    "id": lambda scope: scope.id,
    "route": lambda scope: scope.route,
    "partner": lambda scope: scope.partner,
    "now": now_of,
    "headers": headers_of,
}

_Trace: TypeAlias = Callable[[Tracer, Term], Traced]

_TRACE: dict[str, _Trace] = {
    "get": Tracer.get,
    "item": Tracer.item,
    "slice": Tracer.slice,
    "flatten": Tracer.flatten,
    "project": Tracer.loop,
    "values": Tracer.loop,
    "filter": Tracer.loop,
    "each": Tracer.each,
    "with": Tracer.within,
    "literal": Tracer.literal,
    "surroundings": Tracer.surroundings,
    "object": Tracer.object,
    "list": Tracer.list,
    "or": Tracer.either,
    "and": Tracer.either,
    "not": Tracer.negation,
    "compare": Tracer.compare,
    "call": Tracer.call,
    "when": Tracer.when,
    "coalesce": Tracer.coalesce,
}
