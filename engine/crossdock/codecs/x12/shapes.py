"""Readers made for the shape a segment has: which of its elements are there.

The same few shapes come again and again, so what follows from the shape alone (mandatory elements, syntax notes,
keys of the document) is decided once per shape, and a function is generated that looks at the values only:

    def read(e):
        _, a1, a2, a3, a4, a5, a6, a7 = e
        if a5 or not 0 < len(a1) <= 20 or (a2 not in s_a2 and b_a2(a2)) or len(a3) != 2 or … : return None
        return {"PO101": a1, "PO102": a2, …, "_ids": {a6: a7}}

None means: another shape, or look closer (closer_look.py). A reader that returns a dict has found nothing to say, and
gives exactly what the closer look would give; a test holds the two together. It is what makes full validation cost little more
than splitting. Values reach generated code as arguments only: its text is made from the dictionary and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeAlias

from crossdock.codecs.edi.model import Element, Field, Segment
from crossdock.codecs.x12.values import quick, scaled
from crossdock.message import Document

SHAPES = 512  # per segment; a hostile file that tries every combination is read by the closer look from there on

Read: TypeAlias = "Callable[[Sequence[str]], dict[str, Document] | None]"


def _look_closer(elements: Sequence[str]) -> None:
    return None


def shape_faults(segment: Segment, present: tuple[bool, ...]) -> bool:
    """Whether the shape alone (presence of elements from position 1) leaves something to say."""
    if not present or not present[-1] or len(present) > len(segment.fields):
        return True
    fields = segment.fields
    if any(field.required and not (n < len(present) and present[n]) for n, field in enumerate(fields)):
        return True
    return any(note.broken(present) for note in segment.notes)


class _Source:
    """Collects the expressions of one generated reader, and the values they refer to."""

    def __init__(self, tag: str, release: str) -> None:
        self._tag = tag
        self._release = release
        self.conditions: list[str] = []
        self.entries: list[str] = []
        self.decimals: list[str] = []
        self.names: dict[str, object] = {"scaled": scaled}

    def add(self, position: int, field: Field) -> None:
        """One element that is there."""
        name, key = f"a{position}", f"{self._tag}{position:02}"
        element = field.parts[0].element if field.parts else field.element
        self.conditions.append(self._condition(name, element))
        value = f'{{"{key}01": {name}}}' if field.parts and field.repeats else name
        self.entries.append(
            f'"{key}01": {name}'
            if field.parts and not field.repeats
            else f'"{key}": {f"[{value}]" if field.repeats else value}'
        )
        if element.decimals:
            self.decimals.append(f'"{key}": scaled({name}, {element.decimals})')

    def _condition(self, name: str, element: Element) -> str:
        if element.kind in ("AN", "ID", "B"):
            if element.codes is not None:
                self.names[f"c_{name}"] = element.codes
                return f"{name} not in c_{name}"
            if element.low == element.high:
                return f"len({name}) != {element.low}"
            return f"not {element.low} <= len({name}) <= {element.high}"
        self.names[f"s_{name}"], self.names[f"b_{name}"] = _quick(element, self._release)
        return f"{name} not in s_{name} and b_{name}({name})"

    def text(self, unpacked: Sequence[str], pairs: Sequence[str]) -> str:
        """The function's source."""
        entries = list(self.entries)
        if pairs:
            entries.append(f'"_ids": {{{", ".join(pairs)}}}')
        if self.decimals:
            entries.append(f'"_dec": {{{", ".join(self.decimals)}}}')
        test = " or ".join(f"({condition})" for condition in self.conditions)
        return (
            f"def read(e):\n    {', '.join(unpacked)}, = e\n"
            f"    if {test}:\n        return None\n    return {{{', '.join(entries)}}}\n"
        )


@cache
def _quick(element: Element, release: str) -> tuple[set[str], Callable[[str], bool]]:
    return quick(element, release)


def _generated(segment: Segment, release: str, present: tuple[bool, ...]) -> Read:
    source = _Source(segment.tag, release)
    for position, (there, field) in enumerate(zip(present, segment.fields, strict=False), start=1):
        if there:
            source.add(position, field)
        else:
            source.conditions.insert(0, f"a{position}")
    unpacked = ["_", *(f"a{n}" for n in range(1, len(present) + 1))]
    pairs = [f"a{q}: a{v}" for q, v in segment.pairs if v <= len(present) and present[q - 1] and present[v - 1]]
    names = source.names
    exec(compile(source.text(unpacked, pairs), f"<x12 {segment.tag}>", "exec"), names)  # noqa: S102 - our own text, see above
    read: Read = names["read"]  # type: ignore[assignment]  # what the line above defined
    return read


def _takes_one_component(field: Field) -> bool:
    return not field.parts or not any(part.required for part in field.parts[1:])


class Reader(dict[int, Read]):
    """Number of elements (with the tag) -> generated reader of the shape last met with that many.

    Files keep to few shapes: the reader at hand is nearly always the right one, and says None where it is not; then
    ``again`` finds out. ``flat``: the dicts hold text only, so that a shallow copy is a copy.
    """

    def __init__(self, segment: Segment, release: str) -> None:
        super().__init__()
        self.segment = segment
        self.release = release
        self.flat = not segment.pairs and not any(field.repeats or field.element.decimals for field in segment.fields)
        self._shapes: dict[tuple[bool, ...], Read] = {}

    def __missing__(self, count: int) -> Read:
        return _look_closer

    def again(self, elements: Sequence[str]) -> dict[str, Document] | None:
        """The segment's dict by a reader of its own shape; None: look closer."""
        shape = tuple(map(bool, elements[1:]))
        read = self._shapes.get(shape)
        if read is None:
            read = self._made(shape)
        found = read(elements)
        if found is not None:
            self[len(elements)] = read
        return found

    def _made(self, present: tuple[bool, ...]) -> Read:
        used = self.segment.fields[: len(present)]
        simple = all(_takes_one_component(field) for field, there in zip(used, present, strict=False) if there)
        if len(self._shapes) >= SHAPES or not simple or shape_faults(self.segment, present):
            return _look_closer
        self._shapes[present] = read = _generated(self.segment, self.release, present)
        return read


@cache
def reader_of(segment: Segment, release: str) -> Reader:
    """The reader of a segment at a release, shared by all places it stands at."""
    return Reader(segment, release)
