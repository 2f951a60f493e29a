"""Follows the segments of one transaction through its grammar and builds the document on the way.

``walk`` is the hot path: it only follows legal moves. Whatever is not one goes to ``Trouble``, which decides what
is wrong, keeps a ``Fault`` and says where to go on, so that one mistake is one finding and the rest is still read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from crossdock.codecs.edi.grammar import Fault, Grammar, Level, Marks, Move, State, Tree
from crossdock.codecs.edi.model import Node
from crossdock.message import Document

LINES = frozenset(
    {"BLI", "IT1", "LIN", "PO1", "POC", "W01", "W04", "W07", "W12", "W19"}
)  # loops that people call lines
MOST_FAULTS = 1000  # of one transaction that are told one by one


class Trouble:
    """Everything about a walk that is not the ordinary case."""

    def __init__(self, grammar: Grammar, marks: Marks) -> None:
        self._grammar = grammar
        self._marks = marks
        self.faults: list[Fault] = []
        self.untold = 0  # faults beyond MOST_FAULTS
        self.cut = 0  # segment that belongs to an envelope: the transaction ended before it

    def closer(self, index: int, elements: Sequence[str], move: Move, at: Sequence[Tree]) -> Tree:
        """The segment's dict by the closer look; its faults are kept."""
        reader = move[0]
        found, faults = self._grammar.syntax.look_closer(reader.segment, reader.release, elements, self._marks)
        if faults:
            label, pointer = where(move, at)
            tag = elements[0]
            for fault in faults:
                self._note(Fault(fault.kind, index, label, pointer, tag, fault))
        return found

    def _note(self, fault: Fault) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        else:
            self.untold += 1

    def unexpected(self, index: int, elements: Sequence[str], state: State, at: list[Tree]) -> Move | None:
        """Where to go for a tag that is no legal move; None: nowhere, go on with the next segment."""
        tag = elements[0]
        if not tag and len(elements) == 1:
            return None  # an empty line
        gap = state.gaps.get(tag)
        if gap is not None:
            move, missing = gap
            self.missing(index, missing)
            return move
        if tag in self._grammar.syntax.envelope:
            self.cut = index
            return None
        return self._stray(index, elements, state, at)

    def missing(self, index: int, nodes: Sequence[Node]) -> None:
        """Mandatory segments that were passed over before segment ``index``."""
        for node in nodes:
            self._note(Fault("segment_absent", index, node.tag, "", node.tag))

    def end(self, segments: Sequence[str], root: Tree, state: State) -> None:
        """The transaction was walked through; where a partner's rules narrow the set, they have the last word."""
        self.missing(len(segments) + 1, state.at_end)
        if self._grammar.review is not None:
            self.faults = self._grammar.review(segments, root, self.faults, self._marks)

    def _stray(self, index: int, elements: Sequence[str], state: State, at: list[Tree]) -> Move | None:
        tag = elements[0]
        definition = self._grammar.definition
        if tag not in definition.tags:
            known = self._grammar.syntax.knows(definition.release, tag)
            self._note(Fault("not_in_set" if known else "unknown", index, tag, "", tag))
            return None
        for level, position in state.levels:
            for passed in range(position, -1, -1):
                if level.places[passed].tag == tag and not (level.parent is not None and passed == 0):
                    return self._again(index, elements, level, passed, at)
        self._note(Fault("not_here", index, tag, "", tag))
        return None

    def _again(self, index: int, elements: Sequence[str], level: Level, passed: int, at: list[Tree]) -> Move | None:
        """A segment whose place lies behind: once too often, or too late."""
        move = level.moves[passed]
        reader, _, depth, name, many, opens, _ = move
        label, pointer = where(move, at)
        if not many and name in at[depth]:
            self.too_many(index, move, at, elements[0])
            return None
        self._note(Fault("sequence", index, label, pointer, reader.segment.tag))
        if opens:
            return move
        attach(self.closer(index, elements, move, at), move, at)
        return None

    def too_many(self, index: int, move: Move, at: Sequence[Tree], tag: str) -> None:
        """A segment or loop beyond its maximum."""
        label, pointer = where(move, at)
        kind = "loop_maximum" if move[5] else "segment_maximum"
        self._note(Fault(kind, index, label, pointer, tag, maximum=move[6]))


def attach(found: Tree, move: Move, at: list[Tree]) -> bool:
    """Puts a segment where its move says; False where that place is full."""
    _, _, depth, name, many, opens, maximum = move
    container = at[depth]
    if not many:
        container[name] = found
    else:
        entries = cast("list[Document]", container.setdefault(name, []))
        if len(entries) >= maximum:
            return False
        entries.append(found)
    if opens:
        at[depth + 1] = found
    return True


def _loops(move: Move) -> list[Level]:
    """The loops a move's target stands in, outermost first."""
    levels = [level for level, _ in move[1].levels if level.parent is not None]
    return levels[::-1]


def _ordinal(container: Tree, name: str, *, coming: bool) -> int:
    """Which one of its name; 0 where there can be only one."""
    entries = container.get(name)
    return len(entries) + coming if isinstance(entries, list) else int(coming)


def where(move: Move, at: Sequence[Tree]) -> tuple[str, str]:
    """(label, JSON pointer) of the segment a move is about to place."""
    labels: list[str] = []
    pointer = ""
    loops = _loops(move)
    for level in loops:
        node = level.places[0]
        opening = move[5] and level is loops[-1]
        ordinal = _ordinal(at[level.depth - 1], node.name, coming=opening)
        word = f"{node.name} line" if node.name in LINES else node.name
        labels.append(f"{word} {ordinal}" if node.many else node.name)
        pointer += f"/{node.name}/{ordinal - 1}" if node.many else f"/{node.name}"
    if not move[5]:
        ordinal = _ordinal(at[move[2]], move[3], coming=True)
        labels.append(f"{move[3]} {ordinal}" if move[4] else move[3])
        pointer += f"/{move[3]}/{ordinal - 1}" if move[4] else f"/{move[3]}"
    return ", ".join(labels), pointer


def walk(  # noqa: C901, PLR0912 - the hot path: each call saved is a twentieth of the time
    trouble: Trouble,
    grammar: Grammar,
    segments: Sequence[str],
    root: Tree,
    odd: Callable[[str], bool] | None,
    marks: Marks,
) -> None:
    """Reads the segments between ST and SE into ``root``. ``odd`` tells segments that need the closer look anyway."""
    split = marks.element
    at: list[Tree] = [root, *({} for _ in range(grammar.depth))]
    state = grammar.start
    for index, segment in enumerate(segments, 1):
        e = segment.split(split)
        move = state.moves.get(e[0])
        if move is None:
            move = trouble.unexpected(index, e, state, at)
            if move is None:
                if trouble.cut:
                    return
                continue
        reader, following, depth, name, many, opens, maximum = move
        found = reader[len(e)](e) or reader.again(e) if odd is None or not odd(segment) else None
        if found is None:
            found = trouble.closer(index, e, move, at)
        container = at[depth]
        if many:
            entries = container.get(name)
            if entries is None:
                container[name] = [found]
            elif len(entries) < maximum:  # type: ignore[arg-type]  # a list: the grammar says so
                entries.append(found)  # type: ignore[union-attr]  # likewise
            else:
                trouble.too_many(index, move, at, e[0])
        else:
            container[name] = found
        if opens:
            at[depth + 1] = found
        state = following
    trouble.end(segments, root, state)
