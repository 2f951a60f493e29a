"""Fields -> plans: every expression of a mapping gets its meaning (a term) and its site (what a finding says of it)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from crossdock.errors import Finding, Place
from crossdock.mapping.expression import findings_of, standard_names
from crossdock.mapping.fields import Constant, Each, Expr, Items, Options, Shape, Spec
from crossdock.mapping.jmespath.lower import lower
from crossdock.mapping.jmespath.syntax import ExpressionError
from crossdock.mapping.jmespath.term import Term, Terms, reachable
from crossdock.mapping.lookup import Tables
from crossdock.yaml_source import Authored, Path

#: A step into the result; None: the position in the loop around.
Target: TypeAlias = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """One place of a mapping that a finding can be about: where it stands, what it makes, of what."""

    number: int
    target: Target
    text: str
    place: Place
    term: Term
    loops: tuple[LoopPlan, ...]


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
    """One list made by a loop. ``body`` is set once it is bound: its sites refer to the loop."""

    site: Site
    options: Options
    element: Term
    index: Term
    body: Plan


Plan: TypeAlias = LeafPlan | Constant | ShapePlan | ItemsPlan | LoopPlan


@dataclass(frozen=True, slots=True)
class Let:
    """One ``let``: the variable that holds it, and its site."""

    name: str
    variable: Term
    site: Site


@dataclass(slots=True)
class Bound:
    """A whole mapping. ``root`` is the document's variable."""

    root: Term
    lets: list[Let] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    plan: Plan = field(default_factory=lambda: Constant((), None))


@dataclass(frozen=True, slots=True)
class _Context:
    """Where a field stands: the current node, the names it sees, how many levels are around it."""

    current: Term
    names: Mapping[str, Term]
    depth: int
    loops: tuple[LoopPlan, ...] = ()


def bind(source: Authored, lets: Mapping[str, str], fields: Spec, tables: Tables) -> tuple[Bound, list[Finding]]:
    """The bound mapping, and every mistake in its expressions."""
    binder = _Binder(source, tables)
    binder.bind(lets, fields)
    return binder.bound, binder.findings


class _Binder:
    """Binds one file; what is wrong is reported and means null."""

    def __init__(self, source: Authored, tables: Tables) -> None:
        self.source = source
        self.tables = tables
        self.terms = Terms()
        self.findings: list[Finding] = []
        self.bound = Bound(self.terms.variable(0))

    def bind(self, lets: Mapping[str, str], fields: Spec) -> None:
        root = self.bound.root
        names = standard_names(self.terms, root)
        for name, text in lets.items():
            depth = len(self.bound.lets) + 1
            site = self._site(text, ("let", name), ("let", name), _Context(root, names, depth))
            variable = self.terms.variable(depth)
            self.bound.lets.append(Let(name, variable, site))
            names = {**names, name: variable}
        self.bound.plan = self._plan(fields, (), _Context(root, names, len(lets) + 1))

    def _site(self, text: str, path: Path, target: Target, context: _Context) -> Site:
        """The site of an expression; one that is wrong is reported and means null."""
        place = self.source.place(path)
        term = self.terms.literal(None)
        if text:
            try:
                term = lower(text, self.terms, context.current, context.names, self.tables, context.depth)
            except ExpressionError as error:
                self.findings += findings_of(error, text, place)
        return self._add(Site(len(self.bound.sites), target, text, place, term, context.loops))

    def _add(self, site: Site) -> Site:
        self.bound.sites.append(site)
        return site

    def _plan(self, spec: Spec, target: Target, context: _Context) -> Plan:
        match spec:
            case Expr(path, text, options):
                if not text.strip():
                    self.findings.append(_empty(self.source.place(path)))
                return LeafPlan(self._site(text, path, target, context), options)
            case Shape(path, fields, options):
                site = self._site("", path, target, context)
                parts = [(name, self._plan(part, (*target, name), context)) for name, part in fields]
                return ShapePlan(site, options, tuple(parts))
            case Items(_, items):
                return ItemsPlan(tuple([self._plan(item, (*target, at), context) for at, item in enumerate(items)]))
            case Each():
                return self._loop(spec, target, context)
            case Constant():
                return spec

    def _loop(self, spec: Each, target: Target, context: _Context) -> Plan:
        if not spec.text.strip():
            self.findings.append(_empty(self.source.place(spec.text_path)))
        site = self._site(spec.text, spec.text_path, target, context)
        element, index = self.terms.variable(context.depth), self.terms.variable(context.depth, "index")
        loop = LoopPlan(site, spec.options, element, index, Constant((), None))
        names = {**context.names, "parent": context.current, "index": index}
        inner = _Context(element, names, context.depth + 1, (*context.loops, loop))
        loop.body = self._plan(spec.body, (*target, None), inner)
        return loop


def _empty(place: Place) -> Finding:
    return Finding(code="M110", message="JMESPath: the expression is empty", place=place)


def terms_of(plan: Plan) -> Iterator[Term]:
    """Every term that is computed for a plan."""
    match plan:
        case LeafPlan(site, _):
            yield site.term
        case ShapePlan(_, _, fields):
            for _, part in fields:
                yield from terms_of(part)
        case ItemsPlan(items):
            for item in items:
                yield from terms_of(item)
        case LoopPlan():
            yield plan.site.term
            yield from terms_of(plan.body)
        case Constant():
            pass


def lets_behind(bound: Bound) -> dict[int, frozenset[str]]:
    """Site number -> the lets its value depends on, directly or through another."""
    behind: dict[int, frozenset[str]] = {}
    names: dict[int, frozenset[str]] = {}
    for let in bound.lets:
        names[let.variable.uid] = _named(let.site, names) | {let.name}
    for site in bound.sites:
        behind[site.number] = _named(site, names)
    return behind


def _named(site: Site, names: Mapping[int, frozenset[str]]) -> frozenset[str]:
    roots = [site.term, *(loop.site.term for loop in site.loops)]
    return frozenset().union(*(names.get(term.uid, frozenset()) for term in reachable(roots)))
