"""Nodes -> terms: says of every part of an expression where its input comes from, and checks every call.

The rules are those of the JMESPath specification; where it is silent (functions right of a dot, ordering of text) those
of the official interpreter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.jmespath.scan import PREFIX
from crossdock.mapping.jmespath.synonyms import SYNONYMS
from crossdock.mapping.jmespath.syntax import ExpressionError, Node, Problem, first_column, parse
from crossdock.mapping.jmespath.term import LAZY, Term, Terms, reachable
from crossdock.mapping.library.function import Function, Parameter, Takes
from crossdock.mapping.library.lookups import BINDERS
from crossdock.mapping.lookup import Tables, UnusableTableError
from crossdock.message import Document
from crossdock.yaml_source import suggest

#: What uses its input once, so that the input need not be kept.
_USES_ONCE = frozenset({"field", "index", "slice", "flatten", "projection", "filter_projection", "value_projection"})

_Rule: TypeAlias = Callable[["_Lowering", Node, Term, int], Term]


def lower(text: str, terms: Terms, current: Term, names: Mapping[str, Term], tables: Tables, depth: int) -> Term:
    """The term of an expression over ``current``, inside ``depth`` levels. Raises ``ExpressionError``."""
    lowering = _Lowering(terms, names, tables)
    term = lowering.term(parse(text, frozenset(names)), current, depth)
    if lowering.problems:
        raise ExpressionError(*lowering.problems)
    return term


class _Lowering:
    """Turns the nodes of one expression into terms."""

    def __init__(self, terms: Terms, names: Mapping[str, Term], tables: Tables) -> None:
        self.terms = terms
        self.names = names
        self.tables = tables
        self.problems: list[Problem] = []

    def term(self, node: Node, current: Term, depth: int) -> Term:
        return _RULES[node.kind](self, node, current, depth)

    # --- paths ---

    def current(self, _node: Node, current: Term, _depth: int) -> Term:
        return current

    def field(self, node: Node, current: Term, _depth: int) -> Term:
        return self.terms.make("get", (current,), name=node.name)

    def index(self, node: Node, current: Term, _depth: int) -> Term:
        return self.terms.make("item", (current,), numbers=node.numbers)

    def slice(self, node: Node, current: Term, _depth: int) -> Term:
        if node.numbers[2] == 0:
            self.problems.append(Problem("M119", "the step of a slice cannot be 0", node.column))
        return self.terms.make("slice", (current,), numbers=node.numbers)

    def flatten(self, node: Node, current: Term, depth: int) -> Term:
        return self.terms.make("flatten", (self.term(node.children[0], current, depth),))

    def chain(self, node: Node, current: Term, depth: int) -> Term:
        """One after the other: each is evaluated on what the one before it gave."""
        for child in node.children[:-1]:
            current = self.term(child, current, depth)
        last = node.children[-1]
        if current.total:
            return self.term(last, current, depth)
        if last.kind in _USES_ONCE:
            direct = self.term(last, current, depth)
            if any(term is current for term in reachable([direct])):
                return direct  # else it would not be computed, and its fault not be found
        kept = self.terms.variable(depth)
        return self.terms.make("with", (current, kept, self.term(last, kept, depth + 1)))

    # --- loops ---

    def projection(self, node: Node, current: Term, depth: int) -> Term:
        return self._loop("project", node, current, depth)

    def value_projection(self, node: Node, current: Term, depth: int) -> Term:
        return self._loop("values", node, current, depth)

    def filter_projection(self, node: Node, current: Term, depth: int) -> Term:
        return self._loop("filter", node, current, depth)

    def _loop(self, op: str, node: Node, current: Term, depth: int) -> Term:
        base = self.term(node.children[0], current, depth)
        element = self.terms.element(base, depth)
        bodies = [self.term(child, element, depth + 1) for child in node.children[1:]]
        return self.terms.make(op, (base, element, *bodies))

    # --- making values ---

    def literal(self, node: Node, _current: Term, _depth: int) -> Term:
        return self.terms.literal(node.literal)

    def multi_list(self, node: Node, current: Term, depth: int) -> Term:
        parts = [self.term(child, current, depth) for child in node.children]
        return self.terms.make("list", (current, *parts))

    def multi_dict(self, node: Node, current: Term, depth: int) -> Term:
        pairs = {pair.name: self.term(pair.children[0], current, depth) for pair in node.children}
        return self.terms.make("object", (current, *pairs.values()), names=tuple(pairs))

    # --- logic ---

    def operator(self, node: Node, current: Term, depth: int) -> Term:
        op = node.kind.partition("_")[0]
        return self.terms.make(op, tuple([self.term(child, current, depth) for child in node.children]))

    def comparator(self, node: Node, current: Term, depth: int) -> Term:
        sides = tuple([self.term(child, current, depth) for child in node.children])
        return self.terms.make("compare", sides, name=node.name)

    # --- calls ---

    def misplaced(self, node: Node, current: Term, _depth: int) -> Term:
        message = "'&' stands only where a function takes an expression (sort_by, map, sum_of …)"
        self.problems.append(Problem("M117", message, node.column))
        return current

    def call(self, node: Node, current: Term, depth: int) -> Term:
        if node.name.startswith(PREFIX):
            return self.names[node.name.removeprefix(PREFIX)]
        function = FUNCTIONS.get(node.name)
        if function is None:
            return self._wrong("M111", f"unknown function '{node.name}'", node, _meant(node.name))
        count = len(node.children)
        if count < function.fewest or (function.most is not None and count > function.most):
            return self._wrong(
                "M112", f"{function.name}() takes {_arity(function)}, not {count}", node, function.signature
            )
        if function.name in BINDERS:
            return self._lookup(function, node, current, depth)
        return self._plain_call(function, node, current, depth)

    def _wrong(self, code: str, message: str, node: Node, hint: str | None) -> Term:
        self.problems.append(Problem(code, message, first_column(node), hint))
        return self.terms.literal(None)

    def _plain_call(self, function: Function, node: Node, current: Term, depth: int) -> Term:
        pairs = [(function.parameter(at), child) for at, child in enumerate(node.children)]
        values = {
            at: self.term(child, current, depth)
            for at, (parameter, child) in enumerate(pairs)
            if parameter.takes is Takes.VALUE
        }
        if any(parameter.takes is Takes.EACH for parameter, _ in pairs):
            return self._call_over(function, pairs, values, depth, node)
        op = function.name if function.name in LAZY else "call"
        return self.terms.call(op, tuple(values.values()), function.name, function.body, total=function.total)

    def _call_over(
        self, function: Function, pairs: list[tuple[Parameter, Node]], values: dict[int, Term], depth: int, node: Node
    ) -> Term:
        """A function of a list (its first value) and of an expression's value for every element of it."""
        first = min(values)
        over = values[first]
        kept = values[first] = over if over.total else self.terms.variable(depth)
        parts: list[Term] = []
        for at, (parameter, child) in enumerate(pairs):
            if parameter.takes is Takes.VALUE:
                parts.append(values[at])
            elif child.kind == "expref":
                parts.append(self._each(function, kept, child, depth + (kept is not over)))
            else:
                parts.append(
                    self._wrong("M117", f"{function.name}() takes an expression here", child, function.signature)
                )
        made = self.terms.call("call", tuple(parts), function.name, function.body, total=False)
        return made if kept is over else self.terms.make("with", (over, kept, made))

    def _each(self, function: Function, over: Term, expression: Node, depth: int) -> Term:
        element = self.terms.element(over, depth)
        body = self.term(expression.children[0], element, depth + 1)
        return self.terms.call("each", (over, element, body), function.name, None, total=False)

    def _lookup(self, function: Function, node: Node, current: Term, depth: int) -> Term:
        named = [at for at, parameter in enumerate(function.parameters) if parameter.takes is Takes.NAME]
        names = [self._name(function, node, at) for at in named]
        values = [self.term(child, current, depth) for at, child in enumerate(node.children) if at not in named]
        if not isinstance(names[0], str):
            return self.terms.literal(None)
        try:
            find = BINDERS[function.name](self.tables, *[names[0], *names[1:]])
        except UnusableTableError as error:
            at = named[-1] if error.code == "M122" else named[0]
            return self._wrong(error.code, error.message, (*node.children, node)[at], error.hint)
        asked = (names[0], (names[1] if len(names) > 1 else None) or "")
        return self.terms.call("call", tuple(values), function.name, find, total=False, names=asked)

    def _name(self, function: Function, node: Node, at: int) -> str | None:
        """A table's or column's name, which must be written out; None where it is left out or null."""
        child = node.children[at] if at < len(node.children) else Node("literal")
        value: Document = child.literal
        if child.kind == "literal" and (isinstance(value, str) or (value is None and at > 0)):
            return value
        name = function.parameters[at].name
        self._wrong("M116", f"{function.name}() takes its {name} as 'text', so that it can be checked", child, None)
        return None


def _meant(name: str) -> str | None:
    """The function that was probably meant; one that other languages call so, first."""
    ours = SYNONYMS.get(name.lower())
    return f"did you mean '{ours}'?" if ours is not None else suggest(name, FUNCTIONS)


def _arity(function: Function) -> str:
    if function.most is None:
        wanted = f"at least {function.fewest}"
    elif function.fewest == function.most:
        wanted = str(function.most)
    else:
        wanted = f"{function.fewest} to {function.most}"
    return f"{wanted} argument{'' if wanted == '1' else 's'}"


_RULES: dict[str, _Rule] = {
    "current": _Lowering.current,
    "identity": _Lowering.current,
    "field": _Lowering.field,
    "index": _Lowering.index,
    "slice": _Lowering.slice,
    "flatten": _Lowering.flatten,
    "subexpression": _Lowering.chain,
    "index_expression": _Lowering.chain,
    "pipe": _Lowering.chain,
    "projection": _Lowering.projection,
    "value_projection": _Lowering.value_projection,
    "filter_projection": _Lowering.filter_projection,
    "literal": _Lowering.literal,
    "multi_select_list": _Lowering.multi_list,
    "multi_select_dict": _Lowering.multi_dict,
    "or_expression": _Lowering.operator,
    "and_expression": _Lowering.operator,
    "not_expression": _Lowering.operator,
    "comparator": _Lowering.comparator,
    "function_expression": _Lowering.call,
    "expref": _Lowering.misplaced,
}
