"""Whether a document keeps the demands of a partner that the tree of places cannot hold.

Asked of every transaction of a partner with such rules, so it looks at as little as it can: a demand without a
matching segment costs one look into a dict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from crossdock.codecs.edi.grammar import ElementFault, Tree
from crossdock.codecs.edi.model import Demand, Node, Step

#: (name, index or -1 where the document has no list) of each place on the way
Trail: TypeAlias = "tuple[tuple[str, int], ...]"


@dataclass(frozen=True, slots=True)
class Unmet:
    """A demand that is not met. ``trail`` leads to the segment; where it is absent, to the loop that lacks it."""

    kind: str  # of the fault
    demand: Demand
    trail: Trail
    element: ElementFault | None = None


def pointer_of(trail: Trail) -> str:
    """JSON pointer of a trail."""
    return "".join(f"/{name}/{index}" if index >= 0 else f"/{name}" for name, index in trail)


def label_of(trail: Trail, nodes: Sequence[Node], lines: frozenset[str]) -> str:
    """A trail as people say it: ``PO1 line 3, N1 2``."""
    words = []
    for (name, index), node in zip(trail, nodes, strict=False):
        word = f"{name} line" if name in lines else name
        words.append(f"{word} {index + 1}" if node.many else name)
    return ", ".join(words)


def quick_test(demand: Demand) -> Callable[[Tree], bool]:
    """A quick test: True where a document certainly meets the demand, False where ``unmet`` should look."""
    way, last = demand.steps[:-1], demand.steps[-1]
    right = _right_places(demand, last) if demand.field is None else _right_elements(demand, last)

    def met(root: Tree) -> bool:
        holders = [root]
        for step in way:
            holders = _gathered(holders, step)
        return right(holders)

    return met


def _gathered(holders: Sequence[Tree], step: Step) -> list[Tree]:
    """The entries of a step below all holders."""
    name, element, wanted = step.name, step.element, step.value
    found: list[Tree] = []
    for holder in holders:
        value = holder.get(name)
        if value is None:
            continue
        entries = cast("list[Tree]", value if isinstance(value, list) else [value])
        found += [one for one in entries if one.get(element) == wanted] if element else entries
    return found


def _right_places(demand: Demand, last: Step) -> Callable[[Sequence[Tree]], bool]:
    name = last.name
    if demand.kind == "forbid" and not last.element:
        return lambda holders: not any(name in holder for holder in holders)
    low = 1 if demand.kind == "require" else 0
    high = 0 if demand.kind == "forbid" else demand.high
    return lambda holders: all(low <= len(_gathered((holder,), last)) <= high for holder in holders)


def _right_elements(demand: Demand, last: Step) -> Callable[[Sequence[Tree]], bool]:
    key, codes, low, high = demand.key, demand.codes, demand.low, demand.high
    if demand.kind == "require":
        return lambda holders: all(key in entry for entry in _gathered(holders, last))
    if demand.kind == "forbid" or (demand.field is not None and demand.field.repeats):
        return lambda holders: not _gathered(holders, last)
    if demand.kind == "codes":
        return lambda holders: all(entry.get(key) in codes for entry in _gathered(holders, last))
    return lambda holders: all(low <= len(str(entry.get(key, ""))) <= high for entry in _gathered(holders, last))


def unmet(demands: Iterable[Demand], root: Tree) -> Iterator[Unmet]:
    """Every demand that a document does not meet, where it does not."""
    for demand in demands:
        holders: list[tuple[Tree, Trail]] = [(root, ())]
        for step in demand.steps[:-1]:
            holders = [entry for holder, trail in holders for entry in _entries(holder, trail, step)]
        for holder, trail in holders:
            entries = list(_entries(holder, trail, demand.steps[-1]))
            yield from _of_places(demand, entries, trail) if demand.field is None else _of_elements(demand, entries)


def _entries(holder: Tree, trail: Trail, step: Step) -> Iterator[tuple[Tree, Trail]]:
    value = holder.get(step.name)
    if isinstance(value, dict):
        if _is(value, step):
            yield value, (*trail, (step.name, -1))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            if isinstance(one, dict) and _is(one, step):
                yield one, (*trail, (step.name, index))


def _is(entry: Tree, step: Step) -> bool:
    return not step.element or entry.get(step.element) == step.value


def _of_places(demand: Demand, entries: Sequence[tuple[Tree, Trail]], trail: Trail) -> Iterator[Unmet]:
    match demand.kind:
        case "require" if not entries:
            yield Unmet("segment_absent", demand, trail)
        case "forbid":
            yield from (Unmet("not_here", demand, at) for _, at in entries)
        case "max":
            kind = "loop_maximum" if demand.nodes[-1].children else "segment_maximum"
            yield from (Unmet(kind, demand, at) for _, at in entries[demand.high :])


def _of_elements(demand: Demand, entries: Sequence[tuple[Tree, Trail]]) -> Iterator[Unmet]:
    for entry, trail in entries:
        values = list(_values(entry, demand))
        if demand.kind == "require":
            if not values:
                yield _about(demand, trail, "absent", "")
            continue
        for value in values:
            kind = _wrong(demand, value)
            if kind:
                yield _about(demand, trail, kind, value)


def _values(entry: Tree, demand: Demand) -> Iterator[str]:
    """What stands in the element: repeated ones are lists, of objects where they have components."""
    key = demand.key
    value = entry.get(key)
    if value is None and demand.component:
        value = entry.get(key[:-2])
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        each = (one.get(key) if isinstance(one, dict) else one for one in value)
        yield from (one for one in each if isinstance(one, str))
    elif demand.field is not None and demand.field.parts:
        yield from (str(there) for name, there in entry.items() if name.startswith(key))


def _wrong(demand: Demand, value: str) -> str:
    match demand.kind:
        case "forbid":
            return "forbidden"
        case "codes":
            return "" if value in demand.codes else "code"
        case _:
            return "short" if len(value) < demand.low else "long" if len(value) > demand.high else ""


def _about(demand: Demand, trail: Trail, kind: str, value: str) -> Unmet:
    element = None if demand.field is None else demand.field.element
    return Unmet(kind, demand, trail, ElementFault(kind, demand.position, demand.component, value, element))
