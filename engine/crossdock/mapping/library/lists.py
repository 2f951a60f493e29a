"""Lists, and choosing between values."""

from __future__ import annotations

from decimal import Decimal

from crossdock.mapping.fault import Fault
from crossdock.mapping.library import kinds
from crossdock.mapping.library.arranging import sameness
from crossdock.mapping.library.function import Example, Function, Parameter, Takes
from crossdock.mapping.library.numbers import parse
from crossdock.mapping.library.standard import exact_sum
from crossdock.message import Document


def by(value: Document, key: Document, wanted: Document) -> Document:
    if value is None:
        return None
    if type(value) is not list:
        kinds.wrong_kind("by", "list", value)
    name = kinds.text_in("by", key, 1)
    for item in value:
        if type(item) is dict and item.get(name) == wanted:
            return item
    return None


def all_by(value: Document, key: Document, wanted: Document) -> Document:
    if value is None:
        return None
    if type(value) is not list:
        kinds.wrong_kind("all_by", "list", value)
    name = kinds.text_in("all_by", key, 1)
    return [item for item in value if type(item) is dict and item.get(name) == wanted]


def unique(value: Document) -> Document:
    if value is None:
        return None
    found: dict[tuple[str, object], Document] = {}
    for item in kinds.list_in("unique", value):
        if item is not None:
            found.setdefault(sameness("unique", item), item)
    return list(found.values())


def first(value: Document) -> Document:
    if value is None:
        return None
    return next((item for item in kinds.list_in("first", value) if item is not None), None)


def count(value: Document) -> Document:
    return 0 if value is None else len(kinds.list_in("count", value))


def sum_of(value: Document, numbers: Document) -> Document:
    items = kinds.list_in("sum_of", numbers)
    if value is None:
        return None
    found: list[int | Decimal] = []
    for index, item in enumerate(items):
        try:
            number = parse(item, "dec")
        except Fault as fault:
            fault.argument, fault.item = 1, index
            raise
        if number is not None:
            found.append(number)
    return exact_sum(found)


def coalesce(*values: Document) -> Document:
    return next((value for value in values if value is not None and value != ""), None)


def when(condition: Document, then: Document, otherwise: Document = None) -> Document:
    return then if condition or type(condition) in kinds.NUMBERS else otherwise


LISTS: tuple[Function, ...] = (
    Function(
        name="by",
        parameters=(Parameter("list", "list of object"), Parameter("key", "text"), Parameter("value", "any")),
        returns="object",
        about="The first object of the list whose field `key` is `value`; null if there is none.",
        example=Example("by(N1, 'N101', 'ST').N104", '"0007"', '{"N1": [{"N101": "ST", "N104": "0007"}]}'),
        body=by,
        skips_null=True,
    ),
    Function(
        name="all_by",
        parameters=(Parameter("list", "list of object"), Parameter("key", "text"), Parameter("value", "any")),
        returns="list of object",
        about="Every object of the list whose field `key` is `value`.",
        example=Example(
            "all_by(lines, 'order', 'B')[].n", "[2]", '{"lines": [{"order": "A", "n": 1}, {"order": "B", "n": 2}]}'
        ),
        body=all_by,
        skips_null=True,
    ),
    Function(
        name="unique",
        parameters=(Parameter("list", "list"),),
        returns="list",
        about="Every element once, in the order they come first; nulls are left out.",
        example=Example(
            "unique(lines[].order)", '["A", "B"]', '{"lines": [{"order": "A"}, {"order": "B"}, {"order": "A"}]}'
        ),
        body=unique,
        skips_null=True,
    ),
    Function(
        name="first",
        parameters=(Parameter("list", "list"),),
        returns="any",
        about="The first element that is not null.",
        example=Example("first(@)", '"a"', '[null, "a"]'),
        body=first,
        skips_null=True,
    ),
    Function(
        name="count",
        parameters=(Parameter("list", "list"),),
        returns="number",
        about="The number of elements; 0 where there is no list.",
        example=Example("count(PO1)", "0", "{}"),
        body=count,
    ),
    Function(
        name="sum_of",
        parameters=(Parameter("list", "list"), Parameter("each", "text or number", Takes.EACH)),
        returns="number",
        about="The exact sum of an expression over the list; text is read as `dec` reads it, nulls count nothing.",
        example=Example("sum_of(PO1, &PO102)", "0.3", '{"PO1": [{"PO102": "0.1"}, {"PO102": "0.2"}, {}]}'),
        body=sum_of,
    ),
    Function(
        name="coalesce",
        parameters=(Parameter("values", "any"),),
        returns="any",
        about="The first that is neither null nor empty text. What comes after it is not computed.",
        example=Example("coalesce(a, b)", '"x"', '{"a": "", "b": "x"}'),
        body=coalesce,
        variadic=True,
        total=True,
    ),
    Function(
        name="when",
        parameters=(Parameter("condition"), Parameter("then"), Parameter("otherwise", optional=True)),
        returns="any",
        about="`then` where the condition holds, else `otherwise` (null if not said). Only the one chosen is computed.",
        example=Example("when(q > `10`, 'bulk', 'single')", '"bulk"', '{"q": 12}'),
        body=when,
        total=True,
    ),
)
