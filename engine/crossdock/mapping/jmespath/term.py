"""Terms: what an expression means, as a graph in which the same thing stands once.

A term says where its input comes from, so "the current node" is gone: ``BEG.BEG03`` is *get BEG03 of get BEG of the
document*, in whatever expression of a mapping it stands. Equal terms are one object. A term whose value changes with
the element of a loop depends on that loop's *level*; the others can be computed before the loop begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from crossdock.mapping.jmespath.syntax import Numbers
from crossdock.mapping.library.function import Body
from crossdock.message import Document

Key: TypeAlias = tuple[object, ...]

#: Loops: (list, element, body, more …): the body (and the rest) see the element.
LOOPS = frozenset({"project", "values", "filter", "each"})
#: What has a value without computing anything.
ATOMS = frozenset({"element", "index", "literal"})
#: What decides itself which of its parts are computed.
LAZY = frozenset({"or", "and", "when", "coalesce"})


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One term; ``op`` says what it does with its ``parts``.

    ======================  ==============================================================================
    get item slice flatten  of parts[0]: the field ``name``, the index or slice ``numbers``, one level flatter
    project values filter   loop over parts[0]; parts[1] is the element, parts[2] the body, parts[3] the condition
    each                    as project, but keeps nulls and wants a list: the values of ``&expression``
    with                    parts[2] where parts[1] stands for the value of parts[0]
    object list             of parts[1:], ``names`` are the keys; null where parts[0] is null
    or and not compare      ``name`` is the comparison: eq ne lt lte gt gte
    when coalesce call      functions; ``call`` is the code
    literal                 ``literal``
    element index           variables: the document, a ``let``, an element or its position
    surroundings            ``name``: id, route, now, partner, headers
    given                   ``name``: a parameter of the mapping
    ======================  ==============================================================================
    """

    uid: int
    op: str
    parts: tuple[Term, ...]
    name: str
    names: tuple[str, ...]
    numbers: Numbers
    literal: Document
    call: Body | None
    free: frozenset[int]
    total: bool

    @property
    def level(self) -> int:
        """The deepest level it depends on; 0 is the document."""
        return max(self.free, default=0)


class _Detail(NamedTuple):
    """What a term is beside its parts. ``level`` is that of a variable; ``total`` says its own work cannot fail."""

    name: str = ""
    names: tuple[str, ...] = ()
    numbers: Numbers = ()
    call: Body | None = None
    total: bool = True
    level: int | None = None


class Terms:
    """Makes terms, each only once."""

    def __init__(self) -> None:
        self._made: dict[Key, Term] = {}
        self._count = 0

    def make(
        self,
        op: str,
        parts: tuple[Term, ...],
        *,
        name: str = "",
        names: tuple[str, ...] = (),
        numbers: Numbers = (),
    ) -> Term:
        """A term whose own work cannot fail."""
        return self._only(op, parts, _Detail(name, names, numbers))

    def call(
        self,
        op: str,
        parts: tuple[Term, ...],
        name: str,
        body: Body | None,
        *,
        total: bool,
        names: tuple[str, ...] = (),
    ) -> Term:
        """A function: its name, and its code where it is not ours to write; of a lookup ``names`` are table and column."""
        return self._only(op, parts, _Detail(name, names, call=body, total=total))

    def _only(self, op: str, parts: tuple[Term, ...], detail: _Detail, literal: Document = None) -> Term:
        key = (op, parts, detail, _key(literal))
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = Term(
                uid=len(self._made),
                op=op,
                parts=parts,
                name=detail.name,
                names=detail.names,
                numbers=detail.numbers,
                literal=literal,
                call=detail.call,
                free=_free(op, parts, detail.level),
                total=detail.total and all(part.total for part in parts),
            )
        return known

    def variable(self, level: int, op: str = "element") -> Term:
        """A new variable, different from every other."""
        self._count += 1
        return self._only(op, (), _Detail(str(self._count), level=level))

    def element(self, of: Term, level: int) -> Term:
        """The element of a loop over ``of``: the same one in every loop over it at that level."""
        return self._only("element", (), _Detail(f"of {of.uid}", level=level))

    def literal(self, value: Document) -> Term:
        """A constant."""
        return self._only("literal", (), _Detail(), value)


def _key(value: Document) -> Key | None:
    """Tells literals apart that Python finds equal (1, true, 1.0)."""
    if isinstance(value, list):
        return ("list", *(_key(item) for item in value))
    if isinstance(value, dict):
        return ("dict", *((name, _key(item)) for name, item in value.items()))
    return None if value is None else (type(value), str(value) if isinstance(value, Decimal) else value)


def _free(op: str, parts: tuple[Term, ...], level: int | None) -> frozenset[int]:
    if level is not None:
        return frozenset({level})
    if op in LOOPS or op == "with":
        inner = frozenset().union(*(part.free for part in parts[2:])) - parts[1].free
        return parts[0].free | inner
    return parts[0].free if len(parts) == 1 else frozenset().union(*[part.free for part in parts])


def inputs(term: Term) -> tuple[Term, ...]:
    """What is computed to compute the term: all parts but the variable it binds."""
    return (term.parts[0], *term.parts[2:]) if term.op in LOOPS or term.op == "with" else term.parts


def reachable(roots: Iterable[Term]) -> Iterator[Term]:
    """Every term below ``roots``, each once, in no particular order."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        term = waiting.pop()
        if term.uid not in seen:
            seen.add(term.uid)
            yield term
            waiting += inputs(term)
