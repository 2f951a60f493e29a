"""Compiles a set into a transition table: where am I, which tag comes, where does it go.

A state is a place in the set. Its ``moves`` lead, by tag, to the next place wherever that is legal and nothing
mandatory is skipped; the reader follows them without a thought. ``gaps`` hold the moves that skip mandatory
segments. What is in neither is wrong, and ``State.levels`` has what a finding needs to say why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from crossdock.codecs.edi.model import UNLIMITED, Element, Node, Segment, TransactionSet
from crossdock.message import Document

Tree: TypeAlias = "dict[str, Document]"
Read: TypeAlias = "Callable[[Sequence[str]], Tree | None]"


class Reader(Protocol):
    """Reads segments of one kind: by number of elements (with the tag) the reader of the shape last met with that many.

    None from it: another shape, or look closer; ``again`` finds out which.
    """

    segment: Segment
    release: str

    def __getitem__(self, count: int, /) -> Read: ...

    def again(self, elements: Sequence[str]) -> Tree | None:
        """The segment's dict by a reader of its own shape; None: look closer."""
        ...


@dataclass(frozen=True, slots=True)
class ElementFault:
    """``kind`` is a key of the standard's ``ELEMENT_KINDS``; ``component`` is 0 for a simple element."""

    kind: str
    position: int
    component: int = 0
    value: str = ""
    element: Element | None = None


class Marks(Protocol):
    """The delimiters of an interchange; the walk itself needs only the one between elements."""

    @property
    def element(self) -> str:
        """What stands between elements."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at segment ``segment`` (0 is ST). ``label`` names it for people: ``PO1 line 3, PID 2``.

    ``rule`` names the partner whose rule it breaks; empty where it is the standard's.
    """

    kind: str
    segment: int
    label: str
    pointer: str
    tag: str
    element: ElementFault | None = None
    maximum: int = 0
    rule: str = ""


#: What a partner's rules make of a walk: (segments, document, faults so far, delimiters) -> faults
Review: TypeAlias = "Callable[[Sequence[str], Tree, list[Fault], Marks], list[Fault]]"


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a standard brings to its sets.

    ``envelope``: tags that never stand inside a transaction. ``reader_of`` makes the reader of a segment at a
    release; ``look_closer`` gives a segment's dict and faults by (segment, release, elements, delimiters);
    ``knows`` says whether a release has a tag.
    """

    envelope: frozenset[str]
    reader_of: Callable[[Segment, str], Reader]
    look_closer: Callable[[Segment, str, Sequence[str], Any], tuple[Tree, list[ElementFault]]]
    knows: Callable[[str, str], bool]


#: reader of the segment, next state, depth of its container, key, list or object, opens a loop, maximum
Move: TypeAlias = "tuple[Reader, State, int, str, bool, bool, int]"


@dataclass(slots=True, eq=False, repr=False)  # levels and states refer to each other: written out they have no end
class Level:
    """The places of one loop (its opening segment is the first) or of the set itself, and where it hangs."""

    places: tuple[Node, ...]
    depth: int
    parent: Level | None = None
    position: int = 0  # of the loop among the places of its parent
    states: list[State] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)  # how each place is entered


@dataclass(slots=True, eq=False, repr=False)
class State:
    """Having just read ``level.places[position]`` (-1: nothing yet)."""

    level: Level
    position: int
    moves: dict[str, Move] = field(default_factory=dict)
    gaps: dict[str, tuple[Move, tuple[Node, ...]]] = field(default_factory=dict)
    at_end: tuple[Node, ...] = ()  # mandatory segments that are still missing if the set ends here

    @property
    def levels(self) -> list[tuple[Level, int]]:
        """(level, position) from the innermost outwards."""
        chain: list[tuple[Level, int]] = []
        level, position = self.level, self.position
        chain.append((level, position))
        while level.parent is not None:
            level, position = level.parent, level.position
            chain.append((level, position))
        return chain


@dataclass(frozen=True, slots=True, repr=False)
class Grammar:
    """A compiled set. ``review`` is there where a partner's rules narrow it (narrowed.py)."""

    definition: TransactionSet
    syntax: Syntax
    start: State
    depth: int  # deepest nesting of loops
    review: Review | None = None


class _Compiler:
    def __init__(self, definition: TransactionSet, syntax: Syntax) -> None:
        self._release = definition.release
        self._reader_of = syntax.reader_of
        self._levels: list[Level] = []
        self.depth = 0
        self.root = Level(definition.nodes, 0)
        self._all: list[State] = []
        self.start = State(self.root, -1)
        self._all.append(self.start)
        self._level(self.root)
        for level in self._levels:
            level.moves = [self._move(level, position) for position in range(len(level.places))]
        for state in self._all:
            self._connect(state)

    def _level(self, level: Level) -> None:
        self._levels.append(level)
        self.depth = max(self.depth, level.depth)
        for position, node in enumerate(level.places):
            opens = bool(node.children) and not (level.parent is not None and position == 0)
            if opens:
                inner = Level((node, *node.children), level.depth + 1, level, position)
                self._level(inner)
                level.states.append(inner.states[0])
            else:
                state = State(level, position)
                self._all.append(state)
                level.states.append(state)

    def _move(self, level: Level, position: int) -> Move:
        node = level.places[position]
        many = node.many
        reader = self._reader_of(node.segment, self._release)
        maximum = node.maximum or UNLIMITED  # where a partner rules it out, a demand says so
        return (reader, level.states[position], level.depth, node.name, many, bool(node.children), maximum)

    def _connect(self, state: State) -> None:
        missing: tuple[Node, ...] = ()
        for level, position in state.levels:
            inside = level.parent is not None
            here = level.places[position] if position >= 0 else None
            if here is not None and here.many and not (inside and position == 0):
                self._offer(state, level, position, missing)
            for after in range(position + 1, len(level.places)):
                self._offer(state, level, after, missing)
                if level.places[after].required:
                    missing = (*missing, level.places[after])
        state.at_end = missing

    def _offer(self, state: State, level: Level, position: int, missing: tuple[Node, ...]) -> None:
        tag = level.places[position].tag
        if tag in state.moves or tag in state.gaps:
            return
        if missing:
            state.gaps[tag] = (level.moves[position], missing)
        else:
            state.moves[tag] = level.moves[position]


#: (set, version as sent) -> the compiled set, None where it is not described. Asked for each transaction: a look-up.
Sets: TypeAlias = "Callable[[str, str], Grammar | None]"


def compile_set(definition: TransactionSet, syntax: Syntax) -> Grammar:
    """The transition table of a set."""
    compiler = _Compiler(definition, syntax)
    return Grammar(definition, syntax, compiler.start, compiler.depth)
