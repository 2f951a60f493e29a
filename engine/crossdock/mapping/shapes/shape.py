"""The shape of a value as far as it is known before any document comes.

``ANYTHING`` is what nobody knows about: whatever is asked of it, the answer is ``ANYTHING`` again, so no finding can come
of it. Every value may be absent: null is no shape of its own, but ``NULL`` says that a value is null in every document.

    order.lines   Listed(Record("a line of order/v1", {"sku": Entry(Scalar(TEXT)), …}))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from crossdock.message import Document

MOST = 24  # alternatives that are told apart; where there are more, nothing is known

TEXT, NUMBER, BOOLEAN, OBJECT, LIST = "text", "number", "boolean", "object", "list"


@dataclass(frozen=True, slots=True)
class Anything:
    """Nothing is known."""


@dataclass(frozen=True, slots=True)
class Null:
    """It is null in every document."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value of one of ``kinds``. ``codes`` are all it can be, where that is known.

    ``certain`` codes all occur (a constant, the cells of a table); else they are those it may have (a closed code list).
    """

    kinds: frozenset[str]
    codes: tuple[Document, ...] = ()
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A list whose elements all have the shape ``item``."""

    item: Shape


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a record; ``title`` says in words what it is."""

    shape: Shape
    title: str = ""
    required: bool = False


def nothing_more(name: str) -> None:
    """What a closed record has beside its fields."""
    return


@dataclass(eq=False)
class Record:
    """An object. ``what`` is what people call it: ``PO1 of x12/850``, ``order/v1``.

    ``fields`` are worked out when they are first asked for: dictionaries are large, and some records hold themselves.
    ``more`` knows names that follow a rule: their shape, or None where there is no such field. ``doubtful`` names are
    those that only a document outside of what is described could have; ``elsewhere`` says where a name stands that is not
    here. ``made`` by an expression, not by a source.
    """

    what: str
    make: Callable[[], Mapping[str, Entry]] = field(repr=False)
    more: Callable[[str], Shape | None] = field(default=nothing_more, repr=False)
    doubtful: Callable[[str], bool] = field(default=lambda _: False, repr=False)
    elsewhere: Callable[[str], str | None] = field(default=lambda _: None, repr=False)
    made: bool = False

    @cached_property
    def fields(self) -> Mapping[str, Entry]:
        """The fields by name."""
        return self.make()

    def at(self, name: str) -> Shape | None:
        """The shape of a field; None where there is none."""
        found = self.fields.get(name)
        return found.shape if found else self.more(name)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several."""

    shapes: tuple[Shape, ...]


Shape: TypeAlias = Anything | Null | Scalar | Listed | Record | OneOf

ANYTHING = Anything()
NULL = Null()
SOME_TEXT = Scalar(frozenset({TEXT}))
SOME_NUMBER = Scalar(frozenset({NUMBER}))
SOME_BOOLEAN = Scalar(frozenset({BOOLEAN}))
#: A number, or text that writes one: what stands for decimals.
DECIMAL = Scalar(frozenset({NUMBER, TEXT}))
#: A single value of any type.
VALUE = Scalar(frozenset({TEXT, NUMBER, BOOLEAN}))


def whatever(name: str) -> Shape | None:
    """What an open record has beside its fields: nobody knows."""
    return ANYTHING


def alternatives(shape: Shape) -> tuple[Shape, ...]:
    """The shape, or each of several; what is always null is none of them."""
    if isinstance(shape, OneOf):
        return shape.shapes
    return () if isinstance(shape, Null) else (shape,)


def one_of(shapes: Iterable[Shape]) -> Shape:
    """What may be any of these: each once."""
    found = tuple(dict.fromkeys(each for shape in shapes for each in alternatives(shape)))
    if not found:
        return NULL
    if len(found) > MOST or any(isinstance(each, Anything) for each in found):
        return ANYTHING
    return found[0] if len(found) == 1 else OneOf(found)


def kinds_of(shape: Shape) -> frozenset[str]:
    """The types a value may have; empty where nothing is known or it is always null."""
    kinds: set[str] = set()
    for each in alternatives(shape):
        match each:
            case Scalar():
                kinds |= each.kinds
            case Listed():
                kinds.add(LIST)
            case Record():
                kinds.add(OBJECT)
            case _:
                return frozenset()
    return frozenset(kinds)


def shape_of(value: Document) -> Shape:
    """The shape of a constant."""
    match value:
        case None:
            return NULL
        case bool():
            return Scalar(frozenset({BOOLEAN}), (value,), certain=True)
        case str():
            return Scalar(frozenset({TEXT}), (value,), certain=True)
        case list():
            return Listed(one_of(map(shape_of, value)) if value else ANYTHING)
        case dict():
            return record_of({name: shape_of(inner) for name, inner in value.items()})
        case _:
            return Scalar(frozenset({NUMBER}), (value,), certain=True)


def record_of(fields: Mapping[str, Shape]) -> Record:
    """The object an expression makes."""
    entries = {name: Entry(shape) for name, shape in fields.items()}
    return Record("the object made here", lambda: entries, made=True)
