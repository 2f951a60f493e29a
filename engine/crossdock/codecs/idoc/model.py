"""What is known of IDocs: segments with their fields, basic types as trees of segments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """A field at its columns: ``data[start:end]``."""

    name: str
    start: int
    end: int

    @property
    def width(self) -> int:
        """Its characters."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment type, its definition (the name flat files use) and its fields.

    ``open`` says that it is known to have further fields behind those.
    """

    name: str
    definition: str
    fields: tuple[Field, ...]
    open: bool = False
    slices: tuple[tuple[str, int, int], ...] = field(init=False, repr=False, compare=False)
    by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep what every record asks for."""
        object.__setattr__(self, "slices", tuple((one.name, one.start, one.end) for one in self.fields))
        object.__setattr__(self, "by_name", {one.name: one for one in self.fields})

    @property
    def width(self) -> int:
        """The characters that are described."""
        return self.fields[-1].end if self.fields else 0


@dataclass(frozen=True, slots=True)
class Node:
    """A segment at its place in a type. ``maximum`` None is without limit."""

    name: str
    required: bool = False
    maximum: int | None = None
    children: tuple[Node, ...] = ()
    by_name: Mapping[str, tuple[int, Node]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the place of each child."""
        object.__setattr__(self, "by_name", {one.name: (index, one) for index, one in enumerate(self.children)})


@dataclass(frozen=True, slots=True)
class Described:
    """What one file describes. A type of an extension is called ``ORDERS05/ZORDERS``."""

    segments: Mapping[str, Segment]
    types: Mapping[str, Node]


class Dictionary:
    """All that is described; what a project describes wins over ours."""

    def __init__(self, *described: Described) -> None:
        self._segments = {name: one for each in described for name, one in each.segments.items()}
        self._types = {name: one for each in described for name, one in each.types.items()}
        self._names = {one.definition: name for name, one in self._segments.items()}

    def segment(self, name: str) -> Segment | None:
        """The segment of this type."""
        return self._segments.get(name)

    def type_of(self, segnam: str) -> str:
        """The segment type behind the name a record carries: a type, or the definition of some release.

        ``E2EDK01005`` is ``E1EDK01``. What nobody describes keeps the name it came with.
        """
        known = self._names.get(segnam)
        if known is None:
            known = next((name for name in _candidates(segnam) if name in self._segments), segnam)
            if len(self._names) < MAX_NAMES:
                self._names[segnam] = known
        return known

    def basic_type(self, idoctyp: str, cimtyp: str = "") -> Node | None:
        """The tree of a basic type, with its extension where that is described."""
        return self._types.get(f"{idoctyp}/{cimtyp}") or self._types.get(idoctyp)

    def names(self) -> list[str]:
        """The types that are described."""
        return sorted(self._types)


MAX_NAMES = 10_000  # names of segments that are remembered; a file may invent as many as it likes
_VERSION = 3  # digits of a definition's version


def _candidates(segnam: str) -> Iterator[str]:
    """What a segment may be called: as it is; with 1 for the 2 of definitions; without the version."""
    yield segnam
    typed = segnam[:1] + "1" + segnam[2:] if segnam[1:2] == "2" else segnam
    yield typed
    if segnam[-_VERSION:].isdecimal():
        yield typed[:-_VERSION]
        yield segnam[:-_VERSION]


def columns(text: str) -> tuple[Field, ...]:
    """The fields of a list such as ``IDDAT 3, DATUM 8``, one behind the other."""
    found, start = [], 0
    for entry in text.split(","):
        name, width = entry.split()
        found.append(Field(name, start, start + int(width)))
        start += int(width)
    return tuple(found)
