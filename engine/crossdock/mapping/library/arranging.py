"""Lists put in order and into groups, by what an expression gives for every element."""

from __future__ import annotations

from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library import kinds
from crossdock.mapping.library.function import Example, Function, Parameter, Takes
from crossdock.mapping.library.weight import limit_depth
from crossdock.message import Document

_MOST_KEYS = 20  # what one list is ordered by


def sameness(function: str, item: Document) -> tuple[str, object]:
    """What two values that are the same have in common: 1 and 1.0 are, 1 and true are not."""
    limit_depth(function, item)
    return _sameness(item)


def _sameness(item: Document) -> tuple[str, object]:
    if type(item) in kinds.NUMBERS:
        return "number", item
    if isinstance(item, list):
        return "list", tuple([_sameness(part) for part in item])
    return type(item).__name__, item if type(item) in (str, bool) else repr(item)


def group_by(value: Document, by: Document) -> Document:
    if value is None:
        return None
    items, keys = kinds.list_in("group_by", value), kinds.list_in("group_by", by, 1)
    groups: dict[tuple[str, object], tuple[Document, list[Document]]] = {}
    for item, key in zip(items, keys, strict=True):
        groups.setdefault(sameness("group_by", key), (key, []))[1].append(item)
    return [{"key": key, "items": members} for key, members in groups.values()]


def order_by(value: Document, by: Document, direction: Document = "up") -> Document:
    if value is None:
        return None
    items, keys = kinds.list_in("order_by", value), kinds.list_in("order_by", by, 1)
    if not isinstance(direction, str) or direction not in {"up", "down"}:
        kinds.invalid("order_by", f"{quoted(direction)} is not one of up, down", direction, 2)
    rows: list[list[Document]] = [[*key] if isinstance(key, list) else [key] for key in keys]
    order = list(range(len(items)))
    for at in reversed(range(min(max(map(len, rows), default=0), _MOST_KEYS))):
        order = _sorted(order, rows, at, down=direction == "down")
    return [items[index] for index in order]


def _sorted(order: list[int], rows: list[list[Document]], at: int, *, down: bool) -> list[int]:
    """The positions ordered by one of the keys; those without it come last, whichever way."""
    values = {index: rows[index][at] if at < len(rows[index]) else None for index in order}
    there = [index for index in order if values[index] is not None]
    _check_alike({index: values[index] for index in sorted(there)})
    there.sort(key=values.__getitem__, reverse=down)  # type: ignore[arg-type]  # checked right above: all text, or all numbers
    return there + [index for index in order if values[index] is None]


def _check_alike(values: dict[int, Document]) -> None:
    first: str | None = None
    for index, value in values.items():
        kind = kinds.kind_of(value)
        if kind not in {"text", "number"} or kind != (first or kind):
            raise Fault(
                "M301",
                f"order_by() takes keys that are all text or all numbers, not the {kind} {quoted(value)}",
                value,
                hint="int() or dec() makes numbers of text, to_string() text of numbers",
                argument=1,
                item=index,
            )
        first = kind


_LINES = '{"lines": [{"to": "B", "n": 1}, {"to": "A", "n": 2}, {"to": "B", "n": 3}]}'

ARRANGING: tuple[Function, ...] = (
    Function(
        name="group_by",
        parameters=(Parameter("list", "list"), Parameter("key", "any", Takes.EACH)),
        returns="list of object",
        about="The elements in groups of those for which the expression gives the same: `{key, items}` each, in the order "
        "in which the keys come first. For several keys, a list of them: `&[to, day]`.",
        example=Example("group_by(lines, &to)[].[key, items[].n]", '[["B", [1, 3]], ["A", [2]]]', _LINES),
        body=group_by,
    ),
    Function(
        name="order_by",
        parameters=(
            Parameter("list", "list"),
            Parameter("key", "text, number or list", Takes.EACH),
            Parameter("direction", "up or down", optional=True),
        ),
        returns="list",
        about="The elements ordered by what the expression gives: text, numbers, or a list of them, of which the first "
        "counts most. Those without it come last; equal ones keep their order. Other than `sort_by` it takes nulls.",
        example=Example("order_by(lines, &[to, n], 'down')[].n", "[3, 1, 2]", _LINES),
        body=order_by,
    ),
)
