"""What functions give for shapes, and whether they take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.jmespath.syntax import Node
from crossdock.mapping.library.function import Function, Takes
from crossdock.mapping.lookup import BETWEEN, Table, Tables, UnusableTableError
from crossdock.mapping.shapes.comparing import codes_of, one_of_codes
from crossdock.mapping.shapes.doubt import called, near
from crossdock.mapping.shapes.shape import (
    ANYTHING,
    BOOLEAN,
    LIST,
    NULL,
    NUMBER,
    OBJECT,
    SOME_BOOLEAN,
    SOME_NUMBER,
    SOME_TEXT,
    TEXT,
    Anything,
    Entry,
    Listed,
    Null,
    Record,
    Scalar,
    Shape,
    alternatives,
    kinds_of,
    one_of,
)
from crossdock.message import Document


class Inferring(Protocol):
    """What a rule may ask of the inference it is part of."""

    tables: Tables

    def value(self, node: Node, current: Shape) -> Shape:
        """The shape of a node's value."""
        ...

    def named(self, name: str, shape: Shape, node: Node) -> Shape:
        """The field ``name`` of a shape, which ``node`` asks for."""
        ...

    def tell(self, code: str, message: str, node: Node, hint: str | None = None, *, doubtful: bool = False) -> Shape:
        """Keep a doubt about a node."""
        ...


_Rule = Callable[[Inferring, Node, Sequence[Shape]], Shape]

_KINDS: Mapping[str, tuple[str, ...]] = {
    "any": (TEXT, NUMBER, BOOLEAN, OBJECT, LIST),
    "text": (TEXT,),
    "number": (NUMBER,),
    "boolean": (BOOLEAN,),
    "object": (OBJECT,),
    "list": (LIST,),
}
_RESULTS: Mapping[str, Shape] = {
    "text": SOME_TEXT,
    "number": SOME_NUMBER,
    "boolean": SOME_BOOLEAN,
    "list": Listed(ANYTHING),
    "number or text": one_of([SOME_NUMBER, SOME_TEXT]),
    "list of text": Listed(SOME_TEXT),
    "list of number": Listed(SOME_NUMBER),
}
_SPLIT = re.compile(r", | or ")


def call_of(inference: Inferring, node: Node, current: Shape) -> Shape:
    """The shape of a call's value. A call that cannot be compiled is told elsewhere."""
    function = FUNCTIONS.get(node.name)
    arguments = _arguments(inference, function, node, current)
    if function is None or not function.fewest <= len(arguments) <= (function.most or len(arguments)):
        return ANYTHING
    for position, shape in enumerate(arguments):
        _check(inference, function, node, position, shape)
    rule = _RULES.get(function.name)
    return rule(inference, node, arguments) if rule else _RESULTS.get(function.returns, ANYTHING)


def _arguments(inference: Inferring, function: Function | None, node: Node, current: Shape) -> list[Shape]:
    """The arguments; an expression is that of an element of the list beside it."""
    plain = [child for child in node.children if child.kind != "expref"]
    values = {id(child): inference.value(child, current) for child in plain}
    over = _items(next(iter(values.values()), ANYTHING))
    return [
        inference.value(child.children[0], over) if child.kind == "expref" else values[id(child)]
        for child in node.children
    ]


def _items(shape: Shape) -> Shape:
    if any(isinstance(each, Anything) for each in alternatives(shape)):
        return ANYTHING
    items = [each.item for each in alternatives(shape) if isinstance(each, Listed)]
    return one_of(items) if items else ANYTHING


@lru_cache(maxsize=256)
def accepted(kind: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The types a parameter takes by its ``kind``, and the words where it takes certain words only."""
    kinds: set[str] = set()
    words: list[str] = []
    for part in _SPLIT.split(kind):
        first = part.partition(" of ")[0]
        if first in _KINDS:
            kinds |= {*_KINDS[first]}
        else:
            words.append(part)
    if {TEXT, NUMBER} <= kinds:
        kinds.add(BOOLEAN)  # written as text, like a number
    return frozenset(kinds or {TEXT}), tuple(words)


def _check(inference: Inferring, function: Function, node: Node, position: int, shape: Shape) -> None:
    parameter, child = function.parameter(position), node.children[position]
    if parameter.takes is Takes.NAME:
        return
    kinds, words = accepted(parameter.kind)
    found = kinds_of(shape)
    if found and not found & kinds:
        hint = None if child.kind == "literal" else _remedy(found, kinds)
        message = f"{function.name}() takes {parameter.kind} as its {parameter.name}, and {called(child)} is {' or '.join(sorted(found))}"
        inference.tell("M155", message, child if child.kind != "expref" else node, hint or function.signature)
    elif words and child.kind == "literal" and isinstance(child.literal, str) and child.literal not in words:
        message = f"{function.name}() knows no {parameter.name} '{child.literal}'"
        inference.tell("M155", message, child, one_of_codes(child.literal, words))


def _remedy(found: frozenset[str], wanted: frozenset[str]) -> str | None:
    if found == {TEXT} and NUMBER in wanted and LIST not in wanted:
        return "dec() makes a number of text"
    if LIST in wanted and found <= {OBJECT}:
        return "to_array() makes a list of a single value"
    if found == {LIST} and wanted & {TEXT, NUMBER, OBJECT}:
        return "[0] is the first of a list"
    return None


# What gives more than its kind says


def _first_of(_inference: Inferring, _node: Node, arguments: Sequence[Shape]) -> Shape:
    return _items(arguments[0])


def _same(_inference: Inferring, _node: Node, arguments: Sequence[Shape]) -> Shape:
    return arguments[0]


def _by(inference: Inferring, node: Node, arguments: Sequence[Shape]) -> Shape:
    item = _items(arguments[0])
    key = node.children[1]
    if key.kind == "literal" and isinstance(key.literal, str):
        _check_value(inference, node, inference.named(key.literal, item, key))
    return item


def _check_value(inference: Inferring, node: Node, shape: Shape) -> None:
    """A constant that the field never has finds nothing."""
    wanted, codes, key = node.children[2], codes_of(shape), node.children[1]
    if codes is not None and wanted.kind == "literal" and wanted.literal not in codes:
        message = f"'{key.literal}' is never {called(wanted)}"
        inference.tell("M153", message, wanted, one_of_codes(str(wanted.literal), codes))


def _all_by(inference: Inferring, node: Node, arguments: Sequence[Shape]) -> Shape:
    return Listed(_by(inference, node, arguments))


def _mapped(_inference: Inferring, _node: Node, arguments: Sequence[Shape]) -> Shape:
    return Listed(ANYTHING if isinstance(arguments[0], Null) else arguments[0])


def _either(_inference: Inferring, _node: Node, arguments: Sequence[Shape]) -> Shape:
    return one_of(arguments)


def _when(_inference: Inferring, _node: Node, arguments: Sequence[Shape]) -> Shape:
    return one_of(arguments[1:])


def _to_list(_inference: Inferring, _node: Node, arguments: Sequence[Shape]) -> Shape:
    every = list(alternatives(arguments[0]))
    lists = [each.item if isinstance(each, Listed) else each for each in every]
    return Listed(one_of(lists) if lists else ANYTHING)


def _merged(_inference: Inferring, _node: Node, arguments: Sequence[Shape]) -> Shape:
    """One object of all fields. What may be one of several objects, or none, is not followed."""
    records = [shape for shape in arguments if isinstance(shape, Record)]
    if len(records) < len(arguments):
        return ANYTHING

    def make() -> dict[str, Entry]:
        return {name: entry for record in records for name, entry in record.fields.items()}

    def more(name: str) -> Shape | None:
        return next((found for found in (record.more(name) for record in reversed(records)) if found is not None), None)

    def doubtful(name: str) -> bool:
        return any(record.doubtful(name) for record in records)

    return Record(records[0].what, make, more, doubtful, made=True)


@dataclass(frozen=True, slots=True)
class _Way:
    """How a function looks into a table: where its key stands among the arguments, what it finds by what."""

    keys: Callable[[Table, str | None], Collection[str]]
    values: Callable[[Table, str | None], Mapping[str, Document]]
    key: int = 1
    for_some: bool = False

    def __call__(self, inference: Inferring, node: Node, arguments: Sequence[Shape]) -> Shape:
        """One of the cells, or the default. Tables and columns that do not exist are told elsewhere."""
        table, column = _constant(node, 0), _constant(node, self.key + 1)
        found = inference.tables.get(table) if isinstance(table, str) else None
        if found is None or found.has_rows_for_some is not self.for_some or not isinstance(column, str | None):
            return ANYTHING
        try:
            keys, values = self.keys(found, column), self.values(found, column)
        except UnusableTableError:
            return ANYTHING
        default = arguments[self.key + 2] if len(arguments) > self.key + 2 else None
        if default is None:
            _check_key(inference, node.children[self.key], arguments[self.key], found, keys)
        cells = Scalar(frozenset({TEXT}), tuple(dict.fromkeys(values.values())))
        return one_of([cells, default or NULL])


def _constant(node: Node, at: int) -> Document:
    return node.children[at].literal if at < len(node.children) else None


def _keys(table: Table, column: str | None) -> Collection[str]:
    return table.rows.keys()


def _keys_for_some(table: Table, column: str | None) -> Collection[str]:
    return {key.partition(BETWEEN)[2] for key in table.rows}


def _cells(table: Table, column: str | None) -> Collection[str]:
    return table.back(column).keys()


def _converted(inference: Inferring, node: Node, arguments: Sequence[Shape]) -> Shape:
    """A number; units the table does not have are told."""
    table = inference.tables.get(str(_constant(node, 0)))
    if table is not None and "of" in table.columns:
        units = {*table.rows, *(cell for cell in table.forth("of").values() if isinstance(cell, str))}
        for at in (2, 3):
            _check_key(inference, node.children[at], arguments[at], table, units)
    return SOME_NUMBER


def _check_key(inference: Inferring, node: Node, shape: Shape, table: Table, keys: Collection[str]) -> None:
    codes = codes_of(shape)
    texts = [_written(code) for code in codes] if codes else []
    if not texts or any(text in keys or not text for text in texts):
        return
    one = texts[0]
    said = f"'{one}'" if len(texts) == 1 else f"any code of {called(node)}"
    message = f"table '{table.name}' has no row for {said}"
    hint = near(one, keys) or f"add it to {table.file}, or give a default as the last argument"
    inference.tell("M156", message, node, hint)


def _written(code: Document) -> str:
    return "true" if code is True else "false" if code is False else str(code)


_RULES: Mapping[str, _Rule] = {
    "all_by": _all_by,
    "by": _by,
    "coalesce": _either,
    "first": _first_of,
    "convert": _converted,
    "lookup": _Way(_keys, Table.forth),
    "lookup_for": _Way(_keys_for_some, Table.forth, key=2, for_some=True),
    "map": _mapped,
    "max_by": _first_of,
    "merge": _merged,
    "min_by": _first_of,
    "not_null": _either,
    "reverse": _same,
    "reverse_lookup": _Way(_cells, Table.back),
    "sort": _same,
    "sort_by": _same,
    "to_array": _to_list,
    "unique": _same,
    "when": _when,
}
