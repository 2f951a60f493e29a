"""The functions of the JMESPath specification ("Built-in Functions"), with exact decimals as numbers.

Functions that take an expression get the values it had for every element instead: ``sort_by(list, keys)``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import TypeAlias, cast

from crossdock import document_json
from crossdock.mapping.fault import Fault
from crossdock.mapping.library import kinds
from crossdock.mapping.library.function import Example, Function, Parameter, Takes
from crossdock.mapping.library.weight import limit_depth, weigh
from crossdock.message import Document

Number: TypeAlias = int | Decimal

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?\Z")
_LONGEST_NUMBER = 300  # characters; text beyond it is none


def abs_of(value: Document) -> Document:
    number = kinds.number_in("abs", value)
    return number.copy_abs() if isinstance(number, Decimal) else abs(number)


def exact_sum(numbers: list[Number]) -> Number:
    """The sum without rounding."""
    if all(type(number) is int for number in numbers):
        return sum(numbers)
    return reduce(kinds.EXACT.add, numbers, Decimal(0))


def sum_up(value: Document) -> Document:
    return exact_sum(kinds.numbers_in("sum", value))


def avg(value: Document) -> Document:
    numbers = kinds.numbers_in("avg", value)
    return kinds.DIVISION.divide(Decimal(exact_sum(numbers)), Decimal(len(numbers))) if numbers else None


def ceil(value: Document) -> Document:
    return math.ceil(kinds.number_in("ceil", value))


def floor(value: Document) -> Document:
    return math.floor(kinds.number_in("floor", value))


def contains(subject: Document, search: Document) -> Document:
    if type(subject) is str:
        return type(search) is str and search in subject
    if type(subject) is list:
        return search in subject
    return kinds.wrong_kind("contains", "list or text", subject)


def ends_with(subject: Document, suffix: Document) -> Document:
    return kinds.text_in("ends_with", subject).endswith(kinds.text_in("ends_with", suffix, 1))


def starts_with(subject: Document, prefix: Document) -> Document:
    return kinds.text_in("starts_with", subject).startswith(kinds.text_in("starts_with", prefix, 1))


def join(glue: Document, texts: Document) -> Document:
    between = kinds.text_in("join", glue)
    parts = kinds.texts_in("join", texts, 1)
    if sum(map(len, parts)) + len(between) * len(parts) > kinds.MAX_TEXT:
        raise Fault("M308", f"join() makes more than {kinds.MAX_TEXT} characters")
    return between.join(parts)


def keys(value: Document) -> Document:
    return list(kinds.object_in("keys", value))


def values(value: Document) -> Document:
    return list(kinds.object_in("values", value).values())


def length(value: Document) -> Document:
    if isinstance(value, str | list | dict):
        return len(value)
    return kinds.wrong_kind("length", "text, list or object", value)


def merge(*objects: Document) -> Document:
    merged: dict[str, Document] = {}
    for position, value in enumerate(objects):
        merged.update(kinds.object_in("merge", value, position))
    return merged


def not_null(*values: Document) -> Document:
    return next((value for value in values if value is not None), None)


def reverse(value: Document) -> Document:
    if isinstance(value, str | list):
        return value[::-1]
    return kinds.wrong_kind("reverse", "list or text", value)


def to_array(value: Document) -> Document:
    return value if type(value) is list else [value]


def to_string(value: Document) -> Document:
    if type(value) is str:
        return value
    weigh(value)
    limit_depth("to_string", value)
    try:
        return kinds.limited("to_string", document_json.encode(value).decode())
    except UnicodeEncodeError:
        return kinds.invalid("to_string", "the text is not Unicode (lone surrogate)", None)


def to_number(value: Document) -> Document:
    if type(value) in kinds.NUMBERS:
        return value
    found = _JSON_NUMBER.match(value) if type(value) is str and len(value) <= _LONGEST_NUMBER else None
    if found is None:
        return None
    return Decimal(found[0]) if found[1] or found[2] else int(found[0])


_TYPES = {"text": "string", "list": "array"}


def type_of(value: Document) -> Document:
    kind = kinds.kind_of(value)
    return _TYPES.get(kind, kind)


def _ordered(function: str, values: list[Document], argument: int = 0) -> list[Number] | list[str]:
    """The values, all numbers or all text, so that they can be compared."""
    if values and type(values[0]) is str:
        return kinds.texts_in(function, values, argument)
    try:
        return kinds.numbers_in(function, values, argument)
    except Fault as fault:
        wanted = "values that are all text or all numbers"
        return kinds.wrong_kind(function, wanted, fault.value, argument, fault.item)


def sort(value: Document) -> Document:
    return cast("Document", sorted(_ordered("sort", kinds.list_in("sort", value))))


def _extreme(function: str, choose: Callable[..., Document]) -> Callable[[Document], Document]:
    def body(value: Document) -> Document:
        items = _ordered(function, kinds.list_in(function, value))
        return choose(items) if items else None

    return body


def _extreme_by(function: str, choose: Callable[..., int]) -> Callable[[Document, Document], Document]:
    def body(value: Document, by: Document) -> Document:
        items = kinds.list_in(function, value)
        ranks = _ordered(function, kinds.list_in(function, by), 1)
        return items[choose(range(len(items)), key=ranks.__getitem__)] if items else None

    return body


def sort_by(value: Document, by: Document) -> Document:
    items = kinds.list_in("sort_by", value)
    ranks = _ordered("sort_by", kinds.list_in("sort_by", by), 1)
    return [items[index] for index in sorted(range(len(items)), key=ranks.__getitem__)]


def mapped(results: Document, _list: Document) -> Document:
    return results


def _standard(
    name: str,
    parameters: str,
    returns: str,
    about: str,
    example: tuple[str, str, str] | tuple[str, str],
    body: object,
    *,
    total: bool = False,
) -> Function:
    """One row of the table below; parameters as ``name: kind; &name: kind``, with ``…`` at the end for variadic."""
    listed = [part.strip() for part in parameters.split(";")]
    variadic = listed[-1] == "…"
    made = []
    for part in listed[: -1 if variadic else None]:
        called, _, kind = part.partition(": ")
        made.append(Parameter(called.lstrip("&"), kind, Takes.EACH if called.startswith("&") else Takes.VALUE))
    return Function(
        name=name,
        parameters=tuple(made),
        returns=returns,
        about=about,
        example=Example(*example),
        body=cast("Callable[..., Document]", body),
        variadic=variadic,
        total=total,
        standard=True,
    )


_L = '{"l": [{"n": "b", "q": 2}, {"n": "a", "q": 1}]}'

STANDARD: tuple[Function, ...] = (
    _standard("abs", "value: number", "number", "The number without its sign.", ("abs(`-2.50`)", "2.50"), abs_of),
    _standard(
        "avg", "list: list of number", "number", "The average; null of an empty list.", ("avg(@)", "1.5", "[1, 2]"), avg
    ),
    _standard("ceil", "value: number", "number", "The next whole number up.", ("ceil(`1.2`)", "2"), ceil),
    _standard(
        "contains",
        "subject: list or text; search: any",
        "boolean",
        "Whether the list has the element, or the text the part.",
        ("contains('850 order', '850')", "true"),
        contains,
    ),
    _standard(
        "ends_with",
        "subject: text; suffix: text",
        "boolean",
        "Whether the text ends so.",
        ("ends_with('a.edi', '.edi')", "true"),
        ends_with,
    ),
    _standard("floor", "value: number", "number", "The next whole number down.", ("floor(`1.8`)", "1"), floor),
    _standard(
        "join",
        "glue: text; list: list of text",
        "text",
        "The texts in one, glue between them.",
        ("join('-', @)", '"a-b"', '["a", "b"]'),
        join,
    ),
    _standard(
        "keys",
        "value: object",
        "list of text",
        "The names of the object's fields.",
        ("keys(@)", '["a"]', '{"a": 1}'),
        keys,
    ),
    _standard(
        "length",
        "value: text, list or object",
        "number",
        "Characters, elements or fields.",
        ("length('abc')", "3"),
        length,
    ),
    _standard(
        "map",
        "&each: any; list: list",
        "list",
        "The expression's value for every element, nulls included.",
        ("map(&q, l)", "[2, 1]", _L),
        mapped,
    ),
    _standard(
        "max",
        "list: list of number or text",
        "number or text",
        "The greatest; null of an empty list.",
        ("max(@)", "3", "[1, 3, 2]"),
        _extreme("max", max),
    ),
    _standard(
        "max_by",
        "list: list; &by: number or text",
        "any",
        "The element whose expression is greatest.",
        ("max_by(l, &q).n", '"b"', _L),
        _extreme_by("max_by", max),
    ),
    _standard(
        "merge",
        "objects: object; …",
        "object",
        "One object of all fields; later ones win.",
        ("merge(@, {b: 'x'})", '{"a": 1, "b": "x"}', '{"a": 1}'),
        merge,
    ),
    _standard(
        "min",
        "list: list of number or text",
        "number or text",
        "The least; null of an empty list.",
        ("min(@)", "1", "[2, 1]"),
        _extreme("min", min),
    ),
    _standard(
        "min_by",
        "list: list; &by: number or text",
        "any",
        "The element whose expression is least.",
        ("min_by(l, &q).n", '"a"', _L),
        _extreme_by("min_by", min),
    ),
    _standard(
        "not_null",
        "values: any; …",
        "any",
        "The first that is not null.",
        ("not_null(a, b)", "1", '{"b": 1}'),
        not_null,
        total=True,
    ),
    _standard(
        "reverse", "value: list or text", "list or text", "Back to front.", ("reverse(@)", "[2, 1]", "[1, 2]"), reverse
    ),
    _standard(
        "sort", "list: list of number or text", "list", "In ascending order.", ("sort(@)", "[1, 2]", "[2, 1]"), sort
    ),
    _standard(
        "sort_by",
        "list: list; &by: number or text",
        "list",
        "In ascending order of the expression.",
        ("sort_by(l, &q)[].n", '["a", "b"]', _L),
        sort_by,
    ),
    _standard(
        "starts_with",
        "subject: text; prefix: text",
        "boolean",
        "Whether the text begins so.",
        ("starts_with('PO1', 'PO')", "true"),
        starts_with,
    ),
    _standard("sum", "list: list of number", "number", "The exact sum.", ("sum(@)", "0.3", "[0.1, 0.2]"), sum_up),
    _standard(
        "to_array",
        "value: any",
        "list",
        "A list as it is, anything else as the only element of one.",
        ("to_array('a')", '["a"]'),
        to_array,
        total=True,
    ),
    _standard(
        "to_number",
        "value: any",
        "number",
        "The number a text is; null where it is none (dec and int complain instead).",
        ("to_number('1.50')", "1.50"),
        to_number,
        total=True,
    ),
    _standard(
        "to_string",
        "value: any",
        "text",
        "Text as it is, anything else as JSON, every digit kept.",
        ("to_string(`12.50`)", '"12.50"'),
        to_string,
    ),
    _standard(
        "type",
        "value: any",
        "text",
        "string, number, boolean, array, object or null.",
        ("type(`1.5`)", '"number"'),
        type_of,
        total=True,
    ),
    _standard(
        "values",
        "value: object",
        "list",
        "The values of the object's fields.",
        ("values(@)", "[1]", '{"a": 1}'),
        values,
    ),
)
