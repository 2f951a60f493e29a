"""The shape of an IDoc: the tree of its basic type, with every extension that the project describes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from crossdock.codecs.idoc.described import shipped
from crossdock.codecs.idoc.model import Described, Node, Segment
from crossdock.codecs.idoc.records import CONTROL
from crossdock.mapping.shapes.shape import (
    ANYTHING,
    SOME_TEXT,
    VALUE,
    Entry,
    Listed,
    Record,
    Shape,
    nothing_more,
    one_of,
    whatever,
)

#: Segments of a customer, and fields of one, begin so: an extension that nobody described may have them.
_CUSTOMERS = re.compile(r"(Z|/)", re.IGNORECASE)


def shape_of_idoc(name: str, described: Iterable[Described], *, written: bool = False) -> Record | None:
    """The shape of a basic type such as ``ORDERS05``; None where nobody describes it."""
    every = [*shipped(), *described]
    segments = {key: one for each in every for key, one in each.segments.items()}
    types = {key: one for each in every for key, one in each.types.items()}
    trees = [tree for key, tree in types.items() if key == name or key.startswith(f"{name}/")]
    if not trees:
        return None
    idoc = Record(
        f"IDOC of {name}",
        lambda: {CONTROL: Entry(ANYTHING), **_places(trees, segments, written=written)},
        _customers,
        _standard,
    )
    return Record(
        f"idoc/{name}",
        lambda: {"IDOC": Entry(idoc, required=True)},
        whatever if written else nothing_more,
        elsewhere=lambda segment: f"IDOC.{segment}" if segment in idoc.fields else None,
    )


def _customers(name: str) -> Shape | None:
    return ANYTHING if _CUSTOMERS.match(name) else None


def _standard(name: str) -> bool:
    """Whether it is called like a segment of SAP's that nobody described here."""
    return name.startswith("E1")


def _places(nodes: Iterable[Node], segments: Mapping[str, Segment], *, written: bool) -> dict[str, Entry]:
    named: dict[str, list[Node]] = {}
    for node in nodes:
        for child in node.children:
            named.setdefault(child.name, []).append(child)
    return {name: Entry(_place(found, segments, written=written)) for name, found in named.items()}


def _place(nodes: list[Node], segments: Mapping[str, Segment], *, written: bool) -> Shape:
    record = _record(nodes, segments, written=written)
    shapes: list[Shape] = [record if node.maximum == 1 else Listed(record) for node in nodes]
    return one_of([*shapes, record, Listed(record)] if written else shapes)


def _record(nodes: list[Node], segments: Mapping[str, Segment], *, written: bool) -> Record:
    name = nodes[0].name
    segment = segments.get(name)
    described = segment is not None and not segment.open

    def make() -> dict[str, Entry]:
        value = VALUE if written else SOME_TEXT
        fields = {one.name: Entry(value) for one in (segment.fields if segment else ())}
        return {**fields, **_places(nodes, segments, written=written)}

    return Record(name, make, _customers if described else whatever, _standard)
