"""Evaluates terms slowly, knowing of every value where in the source it came from.

Compiled code says only *that* a function refused a value. The same term evaluated here says where the value stands,
as a JSON pointer (RFC 6901), however it got there: through filters, projections, objects made on the way, functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from crossdock.mapping.fault import Fault
from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.jmespath import semantics
from crossdock.mapping.jmespath.term import Term
from crossdock.mapping.scope import Scope, headers_of, now_of
from crossdock.message import Document


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row that was looked for: ``function`` says in which direction, ``column`` is empty where none was named.

    ``whom`` is the partner that ``lookup_for`` looked for it for.
    """

    function: str
    table: str
    column: str
    key: Document
    whom: Document = None


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A value and where it came from: ``pointer`` of the whole, ``parts`` where it was put together on the way.

    ``made_of`` is what a function or comparison computed it from (then ``pointer`` is only the first of them), ``rows``
    where a table was asked. ``because`` are conditions it was chosen by. Of nothing, ``absent`` is the pointer at which
    it was looked for.
    """

    value: Document
    pointer: str | None = None
    parts: Sequence[Traced] | dict[str, Traced] | None = None
    made_of: tuple[Traced, ...] = ()
    because: tuple[Traced, ...] = ()
    absent: str | None = None
    rows: tuple[TableRow, ...] = ()

    def at(self, key: str) -> Traced:
        """The field of that name."""
        if type(self.value) is not dict or key not in self.value:
            return Traced(None, because=self.because, absent=self._below(key))
        if isinstance(self.parts, dict):
            return self.parts[key]
        return Traced(self.value[key], self._below(key), made_of=self._made_of, because=self.because)

    def items(self) -> list[Traced]:
        """The elements of a list."""
        if type(self.value) is not list:
            return []
        if self.parts is not None and not isinstance(self.parts, dict):
            return list(self.parts)
        return [
            Traced(item, self._below(str(index)), made_of=self._made_of, because=self.because)
            for index, item in enumerate(self.value)
        ]

    def missing(self, index: int) -> Traced:
        """An element that is not there."""
        return Traced(None, because=self.because, absent=self._below(str(index)))

    def fields(self) -> list[Traced]:
        """The values of an object."""
        return [self.at(key) for key in self.value] if type(self.value) is dict else []

    @property
    def _made_of(self) -> tuple[Traced, ...]:
        """What a part of it is made of: of what came whole from the source, nothing but itself."""
        return self.made_of if self.pointer is None or self.made_of else ()

    def _below(self, step: str) -> str | None:
        base = self.absent if self.pointer is None else self.pointer
        return None if base is None else f"{base}/{step.replace('~', '~0').replace('/', '~1')}"


NOTHING = Traced(None)


def _list(items: Sequence[Traced]) -> Traced:
    return Traced([item.value for item in items], parts=items)


@dataclass(slots=True)
class Tracer:
    """Values of terms while ``variables`` (by uid) have theirs. ``below`` is a tracer with one more variable."""

    scope: Scope
    variables: dict[int, Traced]
    looked_at: list[Traced] = field(default_factory=list)  # what conditions, comparisons and functions were given
    _known: dict[int, Traced] = field(default_factory=dict)

    def below(self, variable: Term, value: Traced) -> Tracer:
        """The tracer for the body of a loop."""
        return Tracer(self.scope, self.variables | {variable.uid: value}, self.looked_at)

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
        base, index = self.value(term.parts[0]), term.numbers[0] or 0
        items = base.items()
        return items[index] if -len(items) <= index < len(items) else base.missing(index)

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
            if term.op == "filter":
                condition = inner.value(term.parts[3])
                self.looked_at.append(condition)
                if not semantics.truth(condition.value):
                    continue
                inner = self.below(term.parts[1], replace(element, because=(*element.because, condition)))
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

    def given(self, term: Term) -> Traced:
        """What the step gives for a parameter: from nowhere."""
        return Traced(self.scope.given.get(term.name))

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
        self.looked_at.append(left)
        decided = semantics.truth(left.value) is (term.op == "or")
        return left if decided else self.value(term.parts[1])

    def negation(self, term: Term) -> Traced:
        """`!`."""
        inner = self.value(term.parts[0])
        return Traced(not semantics.truth(inner.value), made_of=(inner,))

    def compare(self, term: Term) -> Traced:
        """A comparison."""
        left, right = (self.value(part) for part in term.parts)
        return Traced(semantics.COMPARISONS[term.name](left.value, right.value), made_of=(left, right))

    def when(self, term: Term) -> Traced:
        """The branch that is chosen."""
        condition = self.value(term.parts[0])
        self.looked_at.append(condition)
        if semantics.truth(condition.value):
            chosen = self.value(term.parts[1])
        else:
            chosen = self.value(term.parts[2]) if len(term.parts) > 2 else NOTHING  # noqa: PLR2004 - otherwise is the third
        return replace(chosen, because=(*chosen.because, condition))

    def coalesce(self, term: Term) -> Traced:
        """The first that is neither null nor empty text."""
        found = NOTHING
        for part in term.parts:
            found = self.value(part)
            self.looked_at.append(found)
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
        of_each = [argument for part, argument in zip(term.parts, arguments, strict=True) if part.op == "each"]
        made = _origin(result, arguments, of_each or arguments)
        self.looked_at.append(made)
        if term.name in _CHOOSING:
            return self._chosen(made, arguments)
        if not term.names:
            return made
        return replace(made, made_of=tuple(arguments), rows=_rows(term, [argument.value for argument in arguments]))

    def _chosen(self, made: Traced, arguments: Sequence[Traced]) -> Traced:
        """What `by` and `all_by` chose, because of a field that every element was asked for."""
        key = arguments[1].value
        if not isinstance(key, str):
            return made
        self.looked_at.extend(item.at(key) for item in arguments[0].items())
        if type(made.value) is list:
            return _list([replace(item, because=(*item.because, item.at(key))) for item in made.items()])
        if made.value is None:
            return Traced(None)
        return replace(made, because=(*made.because, made.at(key)))


def _rows(term: Term, arguments: Sequence[Document]) -> tuple[TableRow, ...]:
    """The rows that a call looks for: of units, where each way to what they are made of begins."""
    table, column = term.names
    asked = partial(TableRow, term.name, table, column)
    if term.name == "convert":
        return tuple(asked(unit) for unit in dict.fromkeys(map(_plain, arguments[1:])) if unit is not None)
    if term.name == "lookup_for":
        return (asked(_plain(arguments[1]), _plain(arguments[0])),)
    return (asked(_plain(arguments[0])),)


def _plain(value: Document) -> Document:
    """What can be a key; nothing of lists and objects, which a call does not take."""
    return None if isinstance(value, list | dict) else value


#: Functions that choose among the objects of a list by a field of theirs.
_CHOOSING = frozenset({"by", "all_by"})


def _blamed(fault: Fault, arguments: Sequence[Traced]) -> str | None:
    """The pointer of the value a function refused."""
    if fault.argument >= len(arguments):
        return None
    argument = arguments[fault.argument]
    items = argument.items()
    if fault.item is not None and fault.item < len(items):
        return items[fault.item].pointer
    return argument.pointer


def _origin(result: Document, arguments: Sequence[Traced], made_of: Sequence[Traced]) -> Traced:
    """The result with its origin: the argument or element it is, or what it was made of.

    Of a list and an expression for each of its elements, what the expression gave is what it was made of.
    """
    known = {id(item.value): item for argument in arguments for item in reversed((argument, *argument.items()))}
    if id(result) in known and not isinstance(result, bool):
        return known[id(result)]
    if isinstance(result, list | dict):
        return _rebuilt(result, known, arguments, _LEVELS)
    made_from = next((argument.pointer for argument in arguments if argument.pointer is not None), None)
    return Traced(result, made_from, made_of=tuple(made_of))


_LEVELS = 4  # of what a function put together: objects of lists of objects, as grouping makes them


def _rebuilt(value: Document, known: dict[int, Traced], arguments: Sequence[Traced], levels: int) -> Traced:
    """What a function put together of values that came to it, each with its own origin."""
    if levels and isinstance(value, list):
        parts = [known.get(id(item)) or _rebuilt(item, known, arguments, levels - 1) for item in value]
        return Traced(value, parts=parts)
    if levels and isinstance(value, dict):
        fields = {
            key: _taken(key, item, arguments) or _rebuilt(item, known, arguments, levels - 1)
            for key, item in value.items()
        }
        return Traced(value, parts=fields)
    return Traced(value, made_of=tuple(arguments))


def _taken(key: str, value: Document, arguments: Sequence[Traced]) -> Traced | None:
    """The field of that name that an argument had, the last one first."""
    for argument in reversed(arguments):
        if isinstance(argument.value, dict) and key in argument.value and argument.value[key] is value:
            return argument.at(key)
    return None


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
    "given": Tracer.given,
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
