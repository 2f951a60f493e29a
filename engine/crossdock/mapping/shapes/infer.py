"""Expressions over shapes: an interpreter of JMESPath that computes with what is known instead of with values.

It is made so that it can be believed: what it does not know for certain is ``ANYTHING``, and only what is wrong for every
document is told. What was told once is ``ANYTHING`` from there on, so one mistake gives one finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crossdock.errors import Severity
from crossdock.mapping.jmespath.scan import PREFIX
from crossdock.mapping.jmespath.syntax import ExpressionError, Node, parse
from crossdock.mapping.lookup import Tables
from crossdock.mapping.shapes.calls import call_of
from crossdock.mapping.shapes.comparing import clash_of
from crossdock.mapping.shapes.doubt import Doubt, first_named, last_named, near
from crossdock.mapping.shapes.shape import (
    ANYTHING,
    NULL,
    SOME_BOOLEAN,
    Anything,
    Listed,
    Null,
    Record,
    Shape,
    alternatives,
    one_of,
    record_of,
    shape_of,
)

LISTED = 12  # names that can be taken in at a glance

_Rule = Callable[["Inference", Node, Shape], Shape]


@dataclass(slots=True)
class Inference:
    """One expression: ``names`` are what its ``$names`` stand for; ``doubts`` is what was found."""

    names: Mapping[str, Shape]
    tables: Tables
    doubts: list[Doubt] = field(default_factory=list)
    whole: Node | None = None

    def of(self, text: str, current: Shape) -> Shape:
        """The shape of an expression's value. One that does not compile is told elsewhere."""
        try:
            node = parse(text, frozenset(self.names))
        except ExpressionError:
            return ANYTHING
        self.whole = node
        return self.value(node, current)

    def value(self, node: Node, current: Shape) -> Shape:
        """The shape of a node's value over ``current``."""
        rule = _RULES.get(node.kind)
        return rule(self, node, current) if rule else ANYTHING

    def tell(self, code: str, message: str, node: Node, hint: str | None = None, *, doubtful: bool = False) -> Shape:
        """Keep a doubt about a node; it is ANYTHING from here on."""
        at = first_named(node)
        severity = Severity.WARNING if doubtful else Severity.ERROR
        self.doubts.append(Doubt(code, message, at.column if at else None, at.name if at else "", hint, severity))
        return ANYTHING

    # --- paths ---

    def current(self, _node: Node, current: Shape) -> Shape:
        """What stands here."""
        return current

    def field(self, node: Node, current: Shape) -> Shape:
        """A field: what some alternative has is there; what none has is a mistake."""
        return self.named(node.name, current, node)

    def named(self, name: str, shape: Shape, node: Node) -> Shape:
        """The field ``name`` of a shape, which ``node`` asks for."""
        if isinstance(shape, Anything | Null):
            return shape
        every = list(alternatives(shape))
        if any(isinstance(each, Anything) for each in every):
            return ANYTHING
        records = [each for each in every if isinstance(each, Record)]
        found = [at for at in (record.at(name) for record in records) if at is not None]
        return one_of(found) if found else self._absent(name, every, records, node)

    def _absent(self, name: str, every: list[Shape], records: list[Record], node: Node) -> Shape:
        if name == "null":  # no literal, yet it gives what its author means
            return NULL
        if name in _WORDS:
            return self.tell(
                "M150",
                f"'{name}' is a field here, and there is none",
                node,
                f"{name} is written `{name}`, in backticks",
            )
        if records:
            doubtful = any(record.doubtful(name) for record in records)
            hint = self._meant(name, records, node)
            return self.tell("M150", f"{records[0].what} has no '{name}'", node, hint, doubtful=doubtful)
        if any(isinstance(each, Listed) and _has(each.item, name) for each in every):
            hint = f"[].{name} is that of each, [0].{name} that of the first"
            return self.tell("M151", f"'{name}' is asked of a list, which has no fields", node, hint)
        kind = "a list" if any(isinstance(each, Listed) for each in every) else "a single value"
        return self.tell("M151", f"'{name}' is asked of {kind}, which has no fields", node)

    def _meant(self, name: str, records: list[Record], node: Node) -> str | None:
        """What was probably meant by a field that is not there."""
        variant = next((known for record in records for known in record.fields if known.startswith(f"{name}_")), None)
        if variant is not None:  # one of several places of a segment, such as MOA_sum
            return f"did you mean '{variant}'?"
        elsewhere = next(filter(None, (record.elsewhere(name) for record in records)), None)
        if elsewhere is not None:
            return f"it stands at {elsewhere}"
        hint = near(
            name, {known for record in records for known in record.fields if known[:1] != "_" or name[:1] == "_"}
        )
        known = [one for one in records[0].fields if one[:1] != "_"]
        if hint or not 0 < len(known) <= LISTED:  # a word that is the whole expression was perhaps meant as text
            return hint or (f"text stands in quotes: '{name}'" if node is self.whole else None)
        return f"it has {', '.join(known)}"

    def index(self, _node: Node, current: Shape) -> Shape:
        """One element of a list."""
        if isinstance(current, Anything):
            return current
        return one_of(each.item for each in alternatives(current) if isinstance(each, Listed))

    def slice(self, _node: Node, current: Shape) -> Shape:
        """Some elements of a list."""
        lists = [each for each in alternatives(current) if isinstance(each, Listed | Anything)]
        return one_of(lists)

    def flatten(self, node: Node, current: Shape) -> Shape:
        """The elements of the lists in a list."""
        inner = self._listed(node.children[0], current, "[]")
        if not isinstance(inner, Listed):
            return inner
        flat = [each.item if isinstance(each, Listed) else each for each in alternatives(inner.item)]
        return Listed(one_of(flat) if flat else ANYTHING)

    def chain(self, node: Node, current: Shape) -> Shape:
        """One after the other: each over what the one before it gave."""
        for before, child in zip((None, *node.children), node.children, strict=False):
            if child.kind in _OF_LISTS and before is not None and not self.expect_list(before, current, "an index"):
                current = ANYTHING
            if before is not None and child.kind == "literal":
                message = "right of '|' stands a constant, whatever the part left of it gives"
                self.tell("M166", message, child, "'||' is what stands in for a value that is missing", doubtful=True)
            current = self.value(child, current)
        return current

    def expect_list(self, node: Node, shape: Shape, what: str) -> bool:
        """Whether it may be a list; told where it can never be one."""
        every = list(alternatives(shape))
        if not every or any(isinstance(each, Anything | Listed) for each in every):
            return True
        kind = "a single object" if any(isinstance(each, Record) for each in every) else "a single value"
        named = last_named(node)
        name = f"'{named.name}'" if named else "it"
        hint = "leave the brackets out" if kind == "a single object" else None
        if node.kind in _CURRENT:
            name, hint = "what stands here", "an empty list is written `[]`, in backticks"
        self.tell("M152", f"{name} is {kind}, and {what} is of lists", named or node, hint)
        return False

    # --- loops ---

    def _listed(self, node: Node, current: Shape, what: str) -> Shape:
        base = self.value(node, current)
        if isinstance(base, Anything | Null):
            return Listed(ANYTHING) if isinstance(base, Anything) else NULL
        if not self.expect_list(node, base, what):
            return Listed(ANYTHING)
        items = [each.item for each in alternatives(base) if isinstance(each, Listed)]
        return Listed(one_of(items) if items else ANYTHING)

    def projection(self, node: Node, current: Shape) -> Shape:
        """What follows, for every element of a list."""
        return self._project(node, self._listed(node.children[0], current, "'[…]'"))

    def _project(self, node: Node, base: Shape) -> Shape:
        if not isinstance(base, Listed):
            return base
        if len(node.children) > _WITH_CONDITION:
            self.value(node.children[2], base.item)
        made = self.value(node.children[1], base.item)
        return Listed(made) if not isinstance(made, Null) else Listed(ANYTHING)

    def value_projection(self, node: Node, current: Shape) -> Shape:
        """What follows, for every field of an object: nobody can list those."""
        self.value(node.children[0], current)
        self.value(node.children[1], ANYTHING)
        return Listed(ANYTHING)

    # --- making values ---

    def literal(self, node: Node, _current: Shape) -> Shape:
        """A constant."""
        return shape_of(node.literal)

    def multi_list(self, node: Node, current: Shape) -> Shape:
        """A list of values."""
        made = one_of([self.value(child, current) for child in node.children])
        return Listed(ANYTHING if isinstance(made, Null) else made)

    def multi_dict(self, node: Node, current: Shape) -> Shape:
        """An object of values."""
        return record_of({pair.name: self.value(pair.children[0], current) for pair in node.children})

    # --- logic ---

    def either(self, node: Node, current: Shape) -> Shape:
        """One value or the other: both sides of ``||`` and ``&&``."""
        return one_of([self.value(child, current) for child in node.children])

    def negation(self, node: Node, current: Shape) -> Shape:
        """Yes or no."""
        self.value(node.children[0], current)
        return SOME_BOOLEAN

    def comparator(self, node: Node, current: Shape) -> Shape:
        """Yes or no; null where an order is asked of what has none."""
        left, right = (self.value(child, current) for child in node.children)
        clash = clash_of(node, left, right)
        if clash is not None:
            self.tell(*clash)
        return SOME_BOOLEAN

    # --- calls ---

    def call(self, node: Node, current: Shape) -> Shape:
        """A name, or a function."""
        if node.name.startswith(PREFIX):
            return self.names.get(node.name.removeprefix(PREFIX), ANYTHING)
        return call_of(self, node, current)


_WORDS = frozenset({"true", "false"})
_CURRENT = frozenset({"identity", "current"})
_WITH_CONDITION = 2
_OF_LISTS = frozenset({"index", "slice"})


_RULES: Mapping[str, _Rule] = {
    "current": Inference.current,
    "identity": Inference.current,
    "field": Inference.field,
    "index": Inference.index,
    "slice": Inference.slice,
    "flatten": Inference.flatten,
    "subexpression": Inference.chain,
    "index_expression": Inference.chain,
    "pipe": Inference.chain,
    "projection": Inference.projection,
    "value_projection": Inference.value_projection,
    "filter_projection": Inference.projection,
    "literal": Inference.literal,
    "multi_select_list": Inference.multi_list,
    "multi_select_dict": Inference.multi_dict,
    "or_expression": Inference.either,
    "and_expression": Inference.either,
    "not_expression": Inference.negation,
    "comparator": Inference.comparator,
    "function_expression": Inference.call,
}


def _has(shape: Shape, name: str) -> bool:
    return any(isinstance(each, Record) and each.at(name) is not None for each in alternatives(shape))
