"""What the tables say, as values: elements, segments and the tree of a transaction set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

UNLIMITED = 10**9  # ">1" of the standard: no agreed bound


@dataclass(frozen=True, slots=True)
class Element:
    """A simple data element. ``codes`` is set only where the list is closed; every other code is taken as sent."""

    number: str
    kind: str  # X12: AN, ID, R, DT, TM, B, or N and its implied decimals: N0, N2; EDIFACT: AN, A, N
    low: int
    high: int
    name: str
    codes: frozenset[str] | None = None

    @property
    def decimals(self) -> int:
        """Implied decimals of an ``Nn`` element, 0 for every other."""
        return int(self.kind[1:] or 0) if self.kind[0] == "N" else 0


@dataclass(frozen=True, slots=True)
class Field:
    """One position of a segment or composite; ``parts`` are the components of a composite.

    ``most`` bounds the repetitions where it ``repeats``.
    """

    element: Element
    required: bool = False
    repeats: bool = False
    parts: tuple[Field, ...] = ()
    most: int = UNLIMITED


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
    """A place in a set: a segment, or a loop when it has children. ``name`` is its key in the document.

    A partner's rules may lower the maximum; ``listed`` keeps its documents in the shape they have without the rule.
    """

    segment: Segment
    name: str
    maximum: int = 1  # 0: not used, by a partner's rule
    required: bool = False
    children: tuple[Node, ...] = ()
    listed: bool = False

    @property
    def tag(self) -> str:
        """Tag of the segment, for a loop the one that opens it."""
        return self.segment.tag

    @property
    def many(self) -> bool:
        """Whether the document has a list here."""
        return self.listed or self.maximum > 1

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Check:
    """An agreement across segments: ``total`` counts ``path``, sums its element, or is what its lines come to.

    A sum may be that of ``path`` alone or of ``path`` and ``also``: adjustments are in the total or beside it.
    """

    total: str  # CTT01
    operation: str  # count, sum, invoice
    path: tuple[str, ...]  # (PO1, PO102)
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One word of a path: the place called ``name``, or only those entries of it whose ``element`` is ``value``."""

    name: str
    element: str = ""
    value: str = ""

    def __str__(self) -> str:
        return f"{self.name}[{self.element}={self.value}]" if self.element else self.name


@dataclass(frozen=True, slots=True)
class Balance:
    """An agreement between a qualified total and what it counts or adds up, along any of the ``paths``.

    ``CNT[2]`` counts the entries at ``LIN``, ``MOA_sum[79]`` adds up ``LIN.MOA[203]``: of a segment that carries
    qualifier and value in its first composite, the values.
    """

    total: Step
    operation: str  # count, sum
    paths: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """A rule of a partner that the tree of places cannot hold: it asks for a qualifier, a component, an absence.

    ``kind`` is ``require``, ``forbid``, ``codes``, ``length`` or ``max``. ``steps`` lead to a segment by way of
    ``nodes``; with a ``field`` the rule is about its element ``position`` (and ``component``).
    """

    kind: str
    steps: tuple[Step, ...]
    nodes: tuple[Node, ...]
    field: Field | None = None
    position: int = 0
    component: int = 0
    codes: frozenset[str] = frozenset()
    low: int = 0
    high: int = UNLIMITED

    @property
    def key(self) -> str:
        """Key of the element in the document: N104, DTM0102."""
        return f"{self.nodes[-1].tag}{self.position:02}" + (f"{self.component:02}" if self.component else "")

    def __str__(self) -> str:
        path = ".".join(map(str, self.steps))
        return f"{path}.{self.key}" if self.field else path


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """One set or message at one release, between ST and SE or UNH and UNT.

    ``group`` is the functional identifier (GS01) an X12 set travels under. With an ``owner`` it is ``base`` narrowed
    by that partner's rules; ``demands`` are those that stand beside the tree.
    """

    number: str
    release: str
    group: str
    nodes: tuple[Node, ...]
    checks: tuple[Check, ...] = ()
    tags: frozenset[str] = field(default=frozenset())
    standard: str = "X12"
    owner: str = ""
    base: TransactionSet | None = None
    demands: tuple[Demand, ...] = ()
    balances: tuple[Balance, ...] = ()

    @property
    def rule(self) -> str:
        """Whose rules these are, for findings."""
        return f"{self.standard} {self.release}"
