"""Fields -> plans: every expression gets its meaning, every name its variable, every ``use`` the fields it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from pydantic import ValidationError

from crossdock.errors import ConfigError, Finding, Place
from crossdock.mapping.binding import (
    Bound,
    CasePlan,
    ItemsPlan,
    LeafPlan,
    Let,
    LocalPlan,
    LoopPlan,
    Plan,
    ShapePlan,
    Site,
    Target,
    WhenPlan,
)
from crossdock.mapping.expression import findings_of, standard_names
from crossdock.mapping.extending import extended
from crossdock.mapping.field_reader import read_fields
from crossdock.mapping.fields import MAX_LOOPS, Case, Constant, Each, Expr, Items, Local, Shape, Spec, Use, When
from crossdock.mapping.file import MappingFile
from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.jmespath.lower import lower
from crossdock.mapping.jmespath.syntax import ExpressionError
from crossdock.mapping.jmespath.term import Term, Terms
from crossdock.mapping.lookup import Tables
from crossdock.yaml_source import Authored, Path, suggest

MAX_USES = 10  # ``use`` inside ``use``
MAX_CONDITIONS = 30  # ``when`` inside ``when``
MAX_SITES = 20_000  # an 850 with every element of its standard mapped twice has a tenth


@dataclass(frozen=True, slots=True)
class Library:
    """What a mapping may use: ``tables``, and the other mappings' files by name."""

    tables: Tables
    mappings: Mapping[str, Authored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Context:
    """Where a field stands: its file, the current node, the names it sees, how many levels are around it."""

    source: Authored
    root: Term
    current: Term
    names: Mapping[str, Term]
    depth: int
    loops: tuple[LoopPlan, ...] = ()
    lets: tuple[Let, ...] = ()
    conditions: int = 0
    uses: tuple[str, ...] = ()  # the mappings around, outermost first
    outermost: Place | None = None  # the ``use`` in the file that is compiled


def bind(source: Authored, file: MappingFile, fields: Spec, library: Library, name: str) -> tuple[Bound, list[Finding]]:
    """The bound mapping, and every mistake in its expressions."""
    binder = _Binder(source, library)
    binder.bind(file, fields, name)
    return binder.bound, binder.findings


class _Binder:
    """Binds one file; what is wrong is reported and means null."""

    def __init__(self, source: Authored, library: Library) -> None:
        self.source = source
        self.library = library
        self.terms = Terms()
        self.findings: list[Finding] = []
        self.bound = Bound(self.terms.variable(0))
        self.known: dict[str, _Used | None] = {}

    def bind(self, file: MappingFile, fields: Spec, name: str) -> None:
        root = self.bound.root
        context = _Context(self.source, root, root, standard_names(self.terms, root), 1, uses=(name,))
        for parameter, text in file.parameters.items():
            context = self._parameter(parameter, text, context)
        for let, text in file.let.items():
            context = self._let(let, text, ("let", let), ("let", let), context)
        self.bound.lets += context.lets
        self.bound.plan = self._plan(fields, (), replace(context, lets=()))

    # --- names ---

    def _parameter(self, name: str, text: str | None, context: _Context) -> _Context:
        """A parameter of the file itself: what the step gives, or else what its expression says."""
        given = self.terms.make("given", (), name=name)
        path = ("parameters", name)
        site = self._site(text or "", path, path, context)
        default, both = site.term, FUNCTIONS["not_null"]
        term = self.terms.call("call", (given, default), both.name, both.body, total=True) if text else given
        self.bound.sites[site.number] = site = replace(site, term=term)
        return self._named(name, site, context)

    def _let(self, name: str, text: str, path: Path, target: Target, context: _Context) -> _Context:
        return self._named(name, self._site(text, path, target, context), context)

    def _named(self, name: str, site: Site, context: _Context) -> _Context:
        """The context in which the name stands for the site's value."""
        let = Let(name, self.terms.variable(context.depth), site)
        names = {**context.names, name: let.variable}
        return replace(context, names=names, depth=context.depth + 1, lets=(*context.lets, let))

    # --- sites ---

    def _site(self, text: str, path: Path, target: Target, context: _Context) -> Site:
        """The site of an expression; one that is wrong is reported and means null."""
        place = context.source.place(path)
        term = self.terms.literal(None)
        if text:
            try:
                term = lower(text, self.terms, context.current, context.names, self.library.tables, context.depth)
            except ExpressionError as error:
                inside = partial(context.source.within, path)
                self._report(context, *findings_of(error, text, place, inside))
        return self._add(text, target, place, term, context)

    def _add(self, text: str, target: Target, place: Place, term: Term, context: _Context) -> Site:
        site = Site(len(self.bound.sites), target, text, place, term, context.loops, context.lets)
        self.bound.sites.append(site)
        return site

    def _report(self, context: _Context, *findings: Finding) -> None:
        """What is wrong in another file is told when that one is compiled."""
        if len(context.uses) == 1:
            self.findings += findings

    def _check_text(self, text: str, path: Path, context: _Context) -> None:
        if not text.strip():
            place = context.source.place(path)
            self._report(context, Finding(code="M110", message="JMESPath: the expression is empty", place=place))

    # --- plans ---

    def _plan(self, spec: Spec, target: Target, context: _Context) -> Plan:
        return _PLANS[type(spec)](self, spec, target, context)

    def constant(self, spec: Constant, _target: Target, context: _Context) -> Plan:
        """A constant is its own plan."""
        self.bound.constants[id(spec)] = context.source.place(spec.path)
        return spec

    def leaf(self, spec: Expr, target: Target, context: _Context) -> Plan:
        """An expression."""
        self._check_text(spec.text, spec.path, context)
        return LeafPlan(self._site(spec.text, spec.path, target, context), spec.options)

    def shape(self, spec: Shape, target: Target, context: _Context) -> Plan:
        """An object."""
        site = self._site("", spec.path, target, context)
        parts = [(name, self._plan(part, (*target, name), context)) for name, part in spec.fields]
        return ShapePlan(site, spec.options, tuple(parts))

    def items(self, spec: Items, target: Target, context: _Context) -> Plan:
        """A list of given length."""
        return ItemsPlan(tuple([self._plan(item, (*target, at), context) for at, item in enumerate(spec.items)]))

    def case(self, spec: Case, target: Target, context: _Context) -> Plan:
        """``case``."""
        site = self._site("", spec.path, target, context)
        return CasePlan(site, spec.options, tuple([self._plan(one, target, context) for one in spec.alternatives]))

    def loop(self, spec: Each, target: Target, context: _Context) -> Plan:
        """``each``."""
        self._check_text(spec.text, spec.text_path, context)
        if len(context.loops) == MAX_LOOPS:
            return self._too_deep(f"more than {MAX_LOOPS} loops inside each other", spec.path, context)
        site = self._site(spec.text, spec.text_path, target, context)
        element = self.terms.variable(context.depth)
        index, row, running = (self.terms.variable(context.depth, "index") for _ in range(3))
        loop = LoopPlan(site, spec.options, element, index, row, running, Constant((), None))
        names = {**context.names, "parent": context.current, "index": index, "row": row, "running": running}
        inner = replace(context, current=element, names=names, depth=context.depth + 1, loops=(*context.loops, loop))
        loop.body = self._plan(spec.body, (*target, None), inner)
        return loop

    def when(self, spec: When, target: Target, context: _Context) -> Plan:
        """``when``."""
        self._check_text(spec.text, spec.path, context)
        if context.conditions == MAX_CONDITIONS:
            return self._too_deep(f"more than {MAX_CONDITIONS} conditions inside each other", spec.path, context)
        site = self._site(spec.text, spec.path, target, context)
        return WhenPlan(site, self._plan(spec.body, target, replace(context, conditions=context.conditions + 1)))

    def _too_deep(self, message: str, path: Path, context: _Context) -> Plan:
        place = context.outermost or context.source.place(path)
        self.findings.append(Finding(code="M104", message=message, place=place))
        return Constant(path, None)

    def local(self, spec: Local, target: Target, context: _Context) -> Plan:
        """``let`` of a block."""
        inner = context
        for name, text in spec.names:
            self._check_text(text, (*spec.path, name), context)
            inner = self._let(name, text, (*spec.path, name), target, inner)
        return LocalPlan(inner.lets[len(context.lets) :], self._plan(spec.body, target, inner))

    # --- other mappings ---

    def use(self, spec: Use, target: Target, context: _Context) -> Plan:
        """``use``."""
        place = context.outermost or context.source.place((*spec.path, "use"))
        used = self._used(spec, place, context)
        if used is None:
            return Constant(spec.path, None)
        outer, current = self._of(spec, target, context)
        outer, given = self._given(spec, used.file, target, outer)
        names = {**standard_names(self.terms, current), **given}
        uses = (*context.uses, spec.name)
        inner = replace(
            outer, source=used.source, root=current, current=current, names=names, uses=uses, outermost=place
        )
        for name, text in used.names(given):
            inner = self._let(name, text, (used.section(name), name), target, inner)
        plan: Plan = LocalPlan(inner.lets[len(outer.lets) :], self._plan(used.fields, target, inner))
        if spec.of is not None:
            there = self.terms.make("compare", (current, self.terms.literal(None)), name="ne")
            plan = WhenPlan(self._add(spec.of, target, place, there, outer), plan)
        site = self._add("", target, place, self.terms.literal(None), context)
        return CasePlan(site, spec.options, (LocalPlan(outer.lets[len(context.lets) :], plan),))

    def _of(self, spec: Use, target: Target, context: _Context) -> tuple[_Context, Term]:
        """The node that the mapping is used on, which becomes its document."""
        if spec.of is None:
            return context, context.current
        self._check_text(spec.of, (*spec.path, "of"), context)
        outer = self._let("of", spec.of, (*spec.path, "of"), target, context)
        return replace(outer, names=context.names), outer.lets[-1].variable

    def _given(
        self, spec: Use, file: MappingFile, target: Target, context: _Context
    ) -> tuple[_Context, dict[str, Term]]:
        """The parameters that the user gives, over the user's own node."""
        given: dict[str, Term] = {}
        names = context.names
        for name, text in spec.given:
            path = (*spec.path, "with", name)
            if name not in file.parameters:
                hint = suggest(name, file.parameters) or f"'{spec.name}' has no parameters"
                self._wrong("M323", f"mapping '{spec.name}' has no parameter '{name}'", path, hint, context)
            self._check_text(text, path, context)
            context = replace(self._let(name, text, path, target, context), names=names)
            given[name] = context.lets[-1].variable
        for name, default in file.parameters.items():
            if default is None and name not in given:
                hint = f"give it: with: {{{name}: …}}"
                self._wrong("M322", f"mapping '{spec.name}' wants its parameter '{name}'", spec.path, hint, context)
        return context, given

    def _wrong(self, code: str, message: str, path: Path, hint: str | None, context: _Context) -> None:
        self._report(context, Finding(code=code, message=message, place=context.source.place(path), hint=hint))

    def _used(self, spec: Use, place: Place, context: _Context) -> _Used | None:
        """The mapping that is used; None if it cannot be, which is told here or where that mapping is compiled."""
        name = spec.name
        if name in context.uses:
            if name == context.uses[0]:
                self._once("M320", f"a mapping that uses itself: {' -> '.join((*context.uses, name))}", place)
            return None
        if len(context.uses) > MAX_USES or len(self.bound.sites) > MAX_SITES:
            problem = f"more than {MAX_USES} inside each other, or {MAX_SITES} fields in all"
            self._once("M324", f"mappings that use mappings: {problem}", place)
            return None
        if name not in self.library.mappings:
            hint = suggest(name, self.library.mappings) or "what is used is a YAML mapping"
            self._wrong("M321", f"mapping '{name}' does not exist", (*spec.path, "use"), hint, context)
            return None
        if name not in self.known:
            self.known[name] = _read(name, self.library)
        return self.known[name]

    def _once(self, code: str, message: str, place: Place) -> None:
        finding = Finding(code=code, message=message, place=place)
        if finding not in self.findings:
            self.findings.append(finding)


_PLANS: dict[type, Callable[..., Plan]] = {
    Constant: _Binder.constant,
    Expr: _Binder.leaf,
    Shape: _Binder.shape,
    Items: _Binder.items,
    Each: _Binder.loop,
    When: _Binder.when,
    Case: _Binder.case,
    Local: _Binder.local,
    Use: _Binder.use,
}


@dataclass(frozen=True, slots=True)
class _Used:
    """Another mapping's file, read."""

    source: Authored
    file: MappingFile
    fields: Spec

    def names(self, given: Mapping[str, Term]) -> Iterator[tuple[str, str]]:
        """What its fields reach beside what is given: parameters that have an expression, and its lets."""
        for name, text in self.file.parameters.items():
            if text and name not in given:
                yield name, text
        yield from self.file.let.items()

    def section(self, name: str) -> str:
        """The key of the file under which a name stands."""
        return "let" if name in self.file.let else "parameters"


def _read(name: str, library: Library) -> _Used | None:
    """A mapping to be used; None if something is wrong with its file, which is told when it is compiled."""
    try:
        source = extended(name, library.mappings)
        file = MappingFile.model_validate(source.value)
    except (ConfigError, ValidationError):
        return None
    fields, wrong = read_fields(source, ("fields",))
    return None if wrong else _Used(source, file, fields)
