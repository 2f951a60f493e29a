"""A bound mapping: plans, in which every expression has its meaning (a term) and its site (what a finding says of it).

``binder`` makes them of ``fields``; ``program`` writes code of them, ``complaints`` finds out what went wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from crossdock.errors import Place
from crossdock.mapping.fields import Constant, Options
from crossdock.mapping.jmespath.term import Term, reachable

#: A step into the result; None: the position in the loop around.
Target: TypeAlias = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """One place of a mapping that a finding can be about: where it stands, what it makes, of what.

    ``loops`` and ``lets`` are those around it, the outermost first; a ``let`` stands inside the loops of its own site.
    """

    number: int
    target: Target
    text: str
    place: Place
    term: Term
    loops: tuple[LoopPlan, ...]
    lets: tuple[Let, ...] = ()


@dataclass(frozen=True, slots=True)
class LeafPlan:
    """One value."""

    site: Site
    options: Options


@dataclass(frozen=True, slots=True)
class ShapePlan:
    """One object."""

    site: Site
    options: Options
    fields: tuple[tuple[str, Plan], ...]


@dataclass(frozen=True, slots=True)
class ItemsPlan:
    """One list of given length."""

    items: tuple[Plan, ...]


@dataclass(slots=True, eq=False)
class LoopPlan:
    """One list made by a loop. ``body`` is set once it is bound: its sites refer to the loop.

    The variables of its elements: ``element``, ``index`` (``$index``), ``row`` (``$row``) and ``running`` (``$running``).
    """

    site: Site
    options: Options
    element: Term
    index: Term
    row: Term
    running: Term
    body: Plan


@dataclass(frozen=True, slots=True)
class WhenPlan:
    """``body`` where the site's condition holds."""

    site: Site
    body: Plan


@dataclass(frozen=True, slots=True)
class CasePlan:
    """The first alternative whose condition holds: all but the last are ``WhenPlan``."""

    site: Site
    options: Options
    alternatives: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class LocalPlan:
    """``body``, in which the variables of ``lets`` have their values."""

    lets: tuple[Let, ...]
    body: Plan


Plan: TypeAlias = LeafPlan | Constant | ShapePlan | ItemsPlan | LoopPlan | WhenPlan | CasePlan | LocalPlan


@dataclass(frozen=True, slots=True)
class Let:
    """One ``let`` or parameter: the variable that holds it, and its site."""

    name: str
    variable: Term
    site: Site


@dataclass(slots=True)
class Bound:
    """A whole mapping. ``root`` is the document's variable, ``constants`` the places of constants by their ``id()``."""

    root: Term
    lets: list[Let] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    constants: dict[int, Place] = field(default_factory=dict)
    plan: Plan = field(default_factory=lambda: Constant((), None))

    def every_let(self) -> Iterator[Let]:
        """Those of the file, then those of its blocks, the outer ones first."""
        yield from self.lets
        waiting = [self.plan]
        while waiting:
            plan = waiting.pop()
            if isinstance(plan, LocalPlan):
                yield from plan.lets
            waiting += parts_of(plan)


def parts_of(plan: Plan) -> tuple[Plan, ...]:
    """The plans right inside a plan."""
    match plan:
        case ShapePlan(_, _, fields):
            return tuple([part for _, part in fields])
        case ItemsPlan(items):
            return items
        case CasePlan(_, _, alternatives):
            return alternatives
        case LoopPlan() | WhenPlan() | LocalPlan():
            return (plan.body,)
        case LeafPlan() | Constant():
            return ()


def terms_of(plan: Plan) -> Iterator[Term]:
    """Every term that is computed for a plan."""
    if isinstance(plan, LeafPlan | LoopPlan | WhenPlan):
        yield plan.site.term
    elif isinstance(plan, LocalPlan):
        yield from (let.site.term for let in plan.lets)
    for part in parts_of(plan):
        yield from terms_of(part)


def lets_behind(bound: Bound) -> dict[int, tuple[Let, ...]]:
    """Site number -> the lets its value depends on, directly or through another."""
    names: dict[int, tuple[Let, ...]] = {}
    for let in bound.every_let():
        names[let.variable.uid] = (*_named(let.site, names), let)
    return {site.number: _named(site, names) for site in bound.sites}


def _named(site: Site, names: dict[int, tuple[Let, ...]]) -> tuple[Let, ...]:
    roots: Iterable[Term] = [site.term, *(loop.site.term for loop in site.loops)]
    found = [let for term in reachable(roots) for let in names.get(term.uid, ())]
    return tuple(dict.fromkeys(found))
