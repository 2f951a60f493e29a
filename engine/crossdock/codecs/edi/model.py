"""What the tables say, as values: elements, segments and the tree of a transaction set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

UNLIMITED = 10**9  # ">1" of the standard: no agreed bound


@dataclass(frozen=True, slots=True)
class Element:
    """A simple data element. ``codes`` is set only where the list is closed; every other code is taken as sent."""

    number: str
    kind: str  # AN, ID, R, DT, TM, B, or N and its implied decimals: N0, N2
    low: int
    high: int
    name: str
    codes: frozenset[str] | None = None

    @property
    def decimals(self) -> int:
        """Implied decimals of an ``Nn`` element, 0 for every other."""
        return int(self.kind[1]) if self.kind[0] == "N" else 0


@dataclass(frozen=True, slots=True)
class Field:
    """One position of a segment or composite; ``parts`` are the components of a composite."""

    element: Element
    required: bool = False
    repeats: bool = False
    parts: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A syntax note (X12.6): P all or none, R at least one, E at most one, C if first then all, L if first then one."""

    kind: str
    positions: tuple[int, ...]

    def broken(self, present: tuple[bool, ...]) -> bool:
        """Whether a segment with these elements present (from position 1) breaks the note."""
        there = [position <= len(present) and present[position - 1] for position in self.positions]
        first, others = there[0], there[1:]
        match self.kind:
            case "P":
                return any(there) and not all(there)
            case "R":
                return not any(there)
            case "E":
                return sum(there) > 1
            case "C":
                return first and not all(others)
            case _:
                return first and not any(others)

    def absent(self, present: tuple[bool, ...]) -> int:
        """The position to blame: the first one of the note that should be there (for E, should not)."""
        for position in self.positions[1:] if self.kind == "E" else self.positions:
            if (position <= len(present) and present[position - 1]) == (self.kind == "E"):
                return position
        return self.positions[0]


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment. ``pairs`` are positions of (product qualifier, product id); ``open`` tolerates unlisted elements."""

    tag: str
    fields: tuple[Field, ...]
    notes: tuple[Note, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a set: a segment, or a loop when it has children. ``name`` is its key in the document."""

    segment: Segment
    name: str
    maximum: int = 1
    required: bool = False
    children: tuple[Node, ...] = ()

    @property
    def tag(self) -> str:
        """Tag of the segment, for a loop the one that opens it."""
        return self.segment.tag

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Check:
    """An agreement across segments: ``total`` counts ``path`` or sums its element."""

    total: str  # CTT01
    operation: str  # count, sum
    path: tuple[str, ...]  # (PO1, PO102)


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """One set or message at one release, between ST and SE or UNH and UNT.

    ``group`` is the functional identifier (GS01) an X12 set travels under.
    """

    number: str
    release: str
    group: str
    nodes: tuple[Node, ...]
    checks: tuple[Check, ...] = ()
    tags: frozenset[str] = field(default=frozenset())
    standard: str = "X12"

    @property
    def rule(self) -> str:
        """Whose rules these are, for findings."""
        return f"{self.standard} {self.release}"
