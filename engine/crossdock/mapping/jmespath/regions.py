"""What to compute once where a region begins: the top of a mapping, or the body of a loop.

A term that cannot fail, that changes with the region's element, and that is used twice, or inside a deeper loop, is
computed when the region begins. So ``N1[?N101=='ST']`` in five fields costs one loop, and ``$root.BEG.BEG03`` inside
``each`` nothing. What can fail stays where its author put it, so that the finding names the right field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from crossdock.mapping.jmespath.term import ATOMS, LOOPS, Term, inputs


@dataclass(slots=True)
class Region:
    """``early``: what to compute first, in order. ``lookups``: how many fields are read of a term (by its uid)."""

    early: list[Term] = field(default_factory=list)
    lookups: dict[int, int] = field(default_factory=dict)


def plan(level: int, roots: Iterable[Term], named: Collection[int]) -> Region:
    """The region of ``level`` in which ``roots`` are computed; terms in ``named`` have been computed before."""
    region = Region()
    uses: dict[int, int] = {}
    seen: set[tuple[int, bool]] = set()
    waiting = [(root, False) for root in roots]
    while waiting:
        term, inner = waiting.pop()
        if term.uid in named or term.level < level:
            continue
        early = _can_be_early(term, level)
        uses[term.uid] = uses.get(term.uid, 0) + 1 + inner
        if early and uses[term.uid] in {2, 3} and term not in region.early:
            region.early.append(term)
        if (term.uid, inner) in seen:
            continue
        _count_field(term, region.lookups, first=(term.uid, not inner) not in seen)
        seen.add((term.uid, inner))
        waiting += _inputs(term, inner=inner and not early)
    region.early.sort(key=lambda term: term.uid)  # parts are made before what is made of them
    return region


def _can_be_early(term: Term, level: int) -> bool:
    return term.level == level and term.total and term.op not in ATOMS


def _count_field(term: Term, lookups: dict[int, int], *, first: bool) -> None:
    if term.op == "get" and first:
        base = term.parts[0].uid
        lookups[base] = lookups.get(base, 0) + 1


def _inputs(term: Term, *, inner: bool) -> Iterator[tuple[Term, bool]]:
    """The inputs of a term, with whether they are computed again and again."""
    loop = term.op in LOOPS
    for at, part in enumerate(inputs(term)):
        yield part, inner or (loop and at > 0)
