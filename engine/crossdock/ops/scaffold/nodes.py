"""The fields of a drafted mapping: expressions, shapes and loops, each with what has to be said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from crossdock.mapping.field_reader import is_options
from crossdock.message import Document


@dataclass(frozen=True, slots=True)
class Remark:
    """What stands behind a field: a ``guess`` for a person to look at, or what a person must ``decide``."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"# {self.kind}: {self.text}"


def guess(text: str) -> Remark:
    """It is likely, and only that."""
    return Remark("guess", text)


def decide(text: str) -> Remark:
    """The sample cannot tell."""
    return Remark("decide", text)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field as it is written: an expression, or options."""

    value: Document
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """An object, or with ``options`` (``each`` …) a list of them."""

    fields: dict[str, Node]
    options: dict[str, Document] = field(default_factory=dict)
    remark: Remark | None = None


Node: TypeAlias = Leaf | Shape


def node_of(value: Document) -> Node:
    """A field of a mapping file."""
    if not isinstance(value, dict):
        return Leaf(value)
    if not is_options(value):
        return Shape({name: node_of(inner) for name, inner in value.items()})
    fields = value.get("fields")
    if not isinstance(fields, dict):
        return Leaf(value)
    options = {name: inner for name, inner in value.items() if name != "fields"}
    return Shape({name: node_of(inner) for name, inner in fields.items()}, options)


def remarks(fields: dict[str, Node], above: str = "") -> Iterator[tuple[str, Remark]]:
    """Every remark with the field it is of: ``lines.unit``."""
    for name, node in fields.items():
        if node.remark is not None:
            yield above + name, node.remark
        if isinstance(node, Shape):
            yield from remarks(node.fields, f"{above}{name}.")


def texts(value: Document | Node) -> Iterator[str]:
    """Every text in a field: its expressions."""
    match value:
        case str():
            yield value
        case Leaf():
            yield from texts(value.value)
        case Shape():
            yield from (text for inner in (*value.fields.values(), value.options) for text in texts(inner))
        case dict():
            yield from (text for inner in value.values() for text in texts(inner))
        case list():
            yield from (text for inner in value for text in texts(inner))
        case _:
            return
