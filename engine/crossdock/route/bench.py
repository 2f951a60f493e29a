"""Where one route is put together: finds what its words refer to, and reports what does not exist.

A mistake is reported and building goes on with a stand-in, so that one pass finds them all; a route with findings
of severity error never runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from crossdock.canonical.contract import Contract
from crossdock.errors import ConfigError, Finding, Halt, Place, Severity
from crossdock.mapping.compile import Mapping
from crossdock.mapping.expression import compile_expression
from crossdock.mapping.lookup import Table
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.route.asked import Asked, holes_in
from crossdock.route.condition import Condition, Value, condition
from crossdock.route.materials import Materials
from crossdock.route.template import Hole, Template, pieces, template
from crossdock.route.traits import Traits
from crossdock.yaml_source import Authored, Path, findings_of, suggest

M = TypeVar("M", bound=BaseModel)


def _without_mistakes(model: type[M], value: object, error: ValidationError) -> M | None:
    wrong = {detail["loc"][0] for detail in error.errors(include_url=False) if detail["loc"]}
    if not isinstance(value, dict) or not wrong & value.keys():
        return None
    try:
        return model.model_validate({key: inner for key, inner in value.items() if key not in wrong})
    except ValidationError:
        return None


def _never(document: Document, scope: Scope) -> Document:
    raise Halt("R100", "a route with mistakes was run")


@dataclass(slots=True)
class Notes:
    """What building a route collects: findings, slots taken, topics published, the files it refers to, its traits.

    ``unresolved`` are places with a ``${…}`` that has no value: told already, so what stands there is not judged.
    """

    findings: list[Finding] = field(default_factory=list)
    slots: dict[str, Place] = field(default_factory=dict)
    published: dict[str, Place] = field(default_factory=dict)
    guards: dict[str, int] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    unresolved: set[Place] = field(default_factory=set)
    traits: Traits = field(default_factory=Traits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One place in one route file; ``at`` goes deeper. ``from_environment`` are the paths that had a ``${…}``."""

    route: str
    source: Authored
    materials: Materials
    notes: Notes
    from_environment: frozenset[Path] = frozenset()
    path: Path = ()

    def at(self, *steps: str | int) -> Bench:
        """The same bench, further down the file."""
        return Bench(  # written out: this is asked some hundred times for each route, and ``replace`` is slow
            route=self.route,
            source=self.source,
            materials=self.materials,
            notes=self.notes,
            from_environment=self.from_environment,
            path=(*self.path, *steps),
        )

    def quietly(self) -> Bench:
        """The same bench, whose findings nobody reads: to look again at what has been told about."""
        return replace(self, notes=Notes())

    def place(self, *, key: bool = False) -> Place:
        """Where this value (or its key) stands."""
        return self.source.place(self.path, key=key)

    def report(
        self,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        value: str | None = None,
        key: bool = False,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a finding at this place."""
        place = self.place(key=key)
        self.notes.findings.append(
            Finding(code=code, message=message, place=place, hint=hint, value=value, severity=severity)
        )

    def report_inside(
        self,
        code: str,
        message: str,
        offset: int,
        *,
        hint: str | None = None,
        value: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a finding at a character of the text value at this place."""
        place = self.source.within(self.path, offset)
        self.notes.findings.append(
            Finding(code=code, message=message, place=place, hint=hint, value=value, severity=severity)
        )

    def unknown(self, code: str, what: str, name: str, known: Iterable[str], *, key: bool = False) -> None:
        """Note that ``name`` does not exist, and what was probably meant."""
        self.report(code, f"{what} '{name}' does not exist", hint=suggest(name, known), value=name, key=key)

    def adopt(self, error: ConfigError) -> None:
        """Note the findings of something that was built for this place; those without a line get this one."""
        own = error.findings or (Finding(code=error.code, message=error.message, hint=error.hint),)
        self.notes.findings += [f if f.place.line else replace(f, place=self.place()) for f in own]

    def read(self, model: type[M], value: object, code: str, *, noun: str = "key", owner: str = "") -> M | None:
        """``value`` as a ``model``, with a finding for each mistake; then without the keys that have one, if it can be.

        So a misspelt key does not hide a mistake in its neighbour.
        """
        try:
            return model.model_validate(value)
        except ValidationError as error:
            found = findings_of(error, self.source, self.path, model, code, noun=noun, owner=owner)
            self.notes.findings += [finding for finding in found if finding.place not in self.notes.unresolved]
            return _without_mistakes(model, value, error)

    def expression(self, text: str) -> Value:
        """The expression at this place. An environment value may not be part of one: a value is never code."""
        if self.path in self.from_environment:
            message = "an environment value cannot be part of an expression"
            self.report("P107", message, hint="put it into a field with a mapping, or into a lookup table")
            return _never
        self.ask(text)
        return self._expression(text)

    def ask(self, text: str, offset: int = 0) -> None:
        """Keep the expression, to be judged by the shape of the document here."""
        traits = self.notes.traits
        traits.asked.append(Asked(text, self.source, self.path, traits.here, offset))

    def ask_names(self, options: BaseModel) -> None:
        """Keep what the name templates in the options written here ask of the document."""
        for path, hole, offset in holes_in(options):
            at = self.at(*path)
            if at.path in self.source.values and at.path not in self.from_environment:
                at.ask(hole, offset)

    def _expression(self, text: str, offset: int | None = None) -> Value:
        """The expression that stands so many characters into the value at this place, or is that value."""
        known = self.materials.expressions.get(text)
        if known is not None:
            return known
        try:
            place = self.place() if offset is None else self._inside(offset)
            inside = partial(self._from, offset or 0)
            compiled = compile_expression(text, place=place, tables=self.materials.tables, inside=inside)
        except ConfigError as error:
            self.adopt(error)
            return _never
        self.materials.expressions[text] = compiled
        return compiled

    def condition(self, text: str) -> Condition:
        """The yes-or-no expression at this place."""
        holds = condition(self.expression(text), text)
        watch = self.materials.watch
        return holds if watch is None else watch.condition(self.place(), text, holds)

    def template(self, text: str, *, fits: Callable[[str], bool], what: str) -> Template:
        """The text with ``{expressions}`` at this place."""
        try:
            found = pieces(text)
        except ValueError as error:
            self.report("R119", f"{error} in '{text}'", value=text)
            return template([], fits=fits, what=what)
        if self.path in self.from_environment and any(isinstance(piece, Hole) for piece in found):
            self._no_holes_from_outside(text)
        for hole in found:
            if isinstance(hole, Hole) and self.path not in self.from_environment:
                self.ask(hole.expression, hole.offset)
        parts = [p if isinstance(p, str) else self._expression(p.expression, p.offset) for p in found]
        return template(parts, fits=fits, what=what)

    def _no_holes_from_outside(self, text: str) -> None:
        authored = self.source.at(self.path)
        if isinstance(authored, str) and text.count("{") != authored.count("{") - authored.count("${"):
            self.report("P107", "an environment value with braces cannot be part of a template")

    def _from(self, begin: int, offset: int) -> Place:
        return self._inside(begin + offset)

    def _inside(self, offset: int) -> Place:
        """The place of a character of the text value here; of the value, where the environment has a part in it."""
        return self.place() if self.path in self.from_environment else self.source.within(self.path, offset)

    def mapping(self, name: str, given: Collection[str] = ()) -> Mapping | None:
        """The mapping called ``name``, whose parameters ``given`` get values."""
        found = self.materials.mappings.get(name)
        self.notes.files.add(f"mapping {name}")
        if found is None and f"mapping {name}" not in self.materials.broken:
            self.unknown("M201", "mapping", name, self.materials.mappings)
        for parameter, is_needed in found.parameters.items() if found is not None else ():
            if is_needed and parameter not in given:
                hint = f"give it: map: {{mapping: {name}, with: {{{parameter}: …}}}}"
                self.report("M322", f"mapping '{name}' wants its parameter '{parameter}'", hint=hint)
        return found

    def contract(self, name: str) -> Contract | None:
        """The contract called ``name``, such as ``order/v1``."""
        found = self.materials.contracts.get(name)
        if found is None:
            self.unknown("R203", "contract", name, self.materials.contracts)
        return found

    def table(self, name: str) -> Table | None:
        """The cross-reference table called ``name``."""
        found = self.materials.tables.get(name)
        if found is None and f"table {name}" not in self.materials.broken:
            self.unknown("R204", "table", name, self.materials.tables)
        return found

    def guard(self, kind: str) -> str:
        """A name for the keys of the next ``once`` or ``latest``: its number among them, not its position."""
        number = self.notes.guards.get(kind, 0) + 1
        self.notes.guards[kind] = number
        return kind if number == 1 else f"{kind}-{number}"

    def slot(self, given: str | None, default: str) -> str:
        """A name for an output of this route: the given one, else the default, numbered when taken."""
        name, number = given or default, 1
        while given is None and name in self.notes.slots:
            number += 1
            name = f"{default}-{number}"
        if name in self.notes.slots:
            first = self.notes.slots[name]
            hint = f"it stands on line {first.line} already"
            self.report("R109", f"two destinations are named '{name}'", hint=hint, value=name)
        self.notes.slots.setdefault(name, self.place())
        return name
