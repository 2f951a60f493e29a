"""Readers made for the shape a segment has: which of its elements and components are there.

The same few shapes come again and again, so what follows from the shape alone (mandatory elements, syntax notes,
keys of the document) is decided once per shape, and a function is generated that looks at the values only:

    def read(e):
        _, a1, a2, = e
        try:
            b1_1, b1_2, b1_3, = a1.split(":")
        except ValueError:
            return None
        if not 1 <= len(b1_1) <= 3 or … : return None
        return {"DTM0101": b1_1, "DTM0102": b1_2, "DTM0103": b1_3}

None means: another shape, or look closer (closer_look.py). A reader that returns a dict has found nothing to say, and
gives exactly what the closer look would give; a test holds the two together. Values reach generated code as arguments
only: its text is made from the dictionary and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeAlias

from crossdock.codecs.edi.model import Element, Field, Segment
from crossdock.codecs.edifact.product_ids import item_positions, moment_parts
from crossdock.codecs.edifact.values import is_numeric, quick, quick_moment
from crossdock.message import Document

SHAPES = 512  # per segment; a hostile file that tries every combination is read by the closer look from there on

Read: TypeAlias = "Callable[[Sequence[str]], dict[str, Document] | None]"
#: For each element which of its components are there; of an empty one none.
Shape: TypeAlias = tuple[tuple[bool, ...], ...]


def _look_closer(elements: Sequence[str]) -> None:
    return None


def shape_of(elements: Sequence[str]) -> Shape:
    """The shape of a segment's elements, without the tag."""
    return tuple([tuple(map(bool, value.split(":"))) if value else () for value in elements[1:]])


def shape_faults(segment: Segment, shape: Shape) -> bool:
    """Whether the shape alone leaves something to say."""
    if not shape or not shape[-1] or len(shape) > len(segment.fields):
        return True
    present = tuple(map(bool, shape))
    if any(field.required and not (n < len(shape) and shape[n]) for n, field in enumerate(segment.fields)):
        return True
    if any(note.broken(present) for note in segment.notes):
        return True
    return any(there and _odd_inside(field, there) for field, there in zip(segment.fields, shape, strict=False))


def _odd_inside(field: Field, there: tuple[bool, ...]) -> bool:
    """Whether the components of an element leave something to say, or make it a list."""
    if field.repeats or not there[-1] or len(there) > max(1, len(field.parts)):
        return True
    return any(part.required and not (n < len(there) and there[n]) for n, part in enumerate(field.parts))


@cache
def _quick(element: Element) -> tuple[set[str], Callable[[str], bool]]:
    return quick(element)


_MOMENTS = cache(quick_moment)


class _Source:
    """Collects the lines of one generated reader, and the values they refer to."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self.splits: list[str] = []
        self.conditions: list[str] = []
        self.entries: list[str] = []
        self.names: dict[str, object] = {}

    def add(self, position: int, field: Field, there: tuple[bool, ...]) -> None:
        """One element that is there."""
        name, key = f"a{position}", f"{self._tag}{position:02}"
        if not field.parts:
            self._value(name, key, field.element, whole=True)
        elif len(there) == 1:
            self._value(name, f"{key}01", field.parts[0].element, whole=True)
        else:
            self._composite(position, key, field, there)

    def _composite(self, position: int, key: str, field: Field, there: tuple[bool, ...]) -> None:
        names = [f"b{position}_{n}" for n in range(1, len(there) + 1)]
        self.splits.append(f"        {', '.join(names)}, = a{position}.split(':')\n")
        self.conditions += [name for name, sent in zip(names, there, strict=True) if not sent]
        for number, (name, sent) in enumerate(zip(names, there, strict=True), start=1):
            if sent:
                self._value(name, f"{key}{number:02}", field.parts[number - 1].element, whole=False)
        parts = moment_parts(field)
        if parts is not None and max(parts) <= len(there) and there[parts[0] - 1]:
            self.names["s_moment"], self.names["b_moment"] = _MOMENTS()
            value, code = names[parts[0] - 1], names[parts[1] - 1]
            self.conditions.append(f"({value}, {code}) not in s_moment and b_moment({value}, {code})")

    def _value(self, name: str, key: str, element: Element, *, whole: bool) -> None:
        """A value; a ``whole`` element may not hold a component separator."""
        self.entries.append(f'"{key}": {name}')
        if element.codes is not None or is_numeric(element) or element.kind == "A":
            self.names[f"s_{name}"], self.names[f"b_{name}"] = _quick(element)
            self.conditions.append(f"{name} not in s_{name} and b_{name}({name})")
            return
        if element.high == 1:
            self.conditions.append(f"len({name}) != 1")
        else:
            # the lower bound also tells a segment of the same length that leaves this element out: not this shape
            self.conditions.append(f"not {max(element.low, 1)} <= len({name}) <= {element.high}")
            if whole:
                self.conditions.append(f'":" in {name}')

    def text(self, unpacked: Sequence[str], ids: Sequence[str]) -> str:
        """The function's source."""
        entries = list(self.entries)
        if ids:
            entries.append(f'"_ids": {{{", ".join(ids)}}}')
        test = " or ".join(f"({condition})" for condition in self.conditions)
        splits = f"    try:\n{''.join(self.splits)}    except ValueError:\n        return None\n" if self.splits else ""
        return (
            f"def read(e):\n    {', '.join(unpacked)}, = e\n{splits}"
            f"    if {test}:\n        return None\n    return {{{', '.join(entries)}}}\n"
        )


def _generated(segment: Segment, shape: Shape) -> Read:
    source = _Source(segment.tag)
    for position, (there, field) in enumerate(zip(shape, segment.fields, strict=False), start=1):
        if there:
            source.add(position, field, there)
        else:
            source.conditions.insert(0, f"a{position}")
    unpacked = ["_", *(f"a{n}" for n in range(1, len(shape) + 1))]
    ids = [
        f"b{position}_2: b{position}_1"
        for position in item_positions(segment)
        if position <= len(shape) and shape[position - 1][:2] == (True, True)
    ]
    names = source.names
    exec(source.text(unpacked, ids), names)  # noqa: S102 - made from the dictionary only
    return names["read"]  # type: ignore[return-value]  # what the source above defines


class Reader(dict[int, Read]):
    """Reads segments of one kind; see ``edi.grammar.Reader``. Shapes are met as they come."""

    def __init__(self, segment: Segment, release: str) -> None:
        super().__init__()
        self.segment = segment
        self.release = release
        self._shapes: dict[Shape, Read] = {}

    def __missing__(self, count: int) -> Read:
        return _look_closer

    def again(self, elements: Sequence[str]) -> dict[str, Document] | None:
        """The segment's dict by a reader of its own shape; None: look closer."""
        shape = shape_of(elements)
        read = self._shapes.get(shape)
        if read is None:
            read = self._made(shape)
        found = read(elements)
        if found is not None:
            self[len(elements)] = read
        return found

    def _made(self, shape: Shape) -> Read:
        if len(self._shapes) >= SHAPES or shape_faults(self.segment, shape):
            return _look_closer
        self._shapes[shape] = read = _generated(self.segment, shape)
        return read


@cache
def reader_of(segment: Segment, release: str) -> Reader:
    """The reader of a segment at a release, shared by all places it stands at."""
    return Reader(segment, release)
