"""Checks a mapping: every expression against the shape of what it reads, every field against what it makes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from crossdock.errors import Finding, Place
from crossdock.mapping.expression import brief
from crossdock.mapping.fields import Case, Constant, Each, Expr, Items, Local, Options, Spec, Use, When
from crossdock.mapping.fields import Shape as Fields
from crossdock.mapping.lookup import Tables
from crossdock.mapping.shapes.doubt import Doubt, near
from crossdock.mapping.shapes.infer import Inference
from crossdock.mapping.shapes.shape import (
    ANYTHING,
    SOME_NUMBER,
    SOME_TEXT,
    Anything,
    Entry,
    Listed,
    Null,
    Record,
    Shape,
    alternatives,
    kinds_of,
    one_of,
    shape_of,
)
from crossdock.mapping.shapes.target import item_of, known, misfit, record_in
from crossdock.mapping.shapes.written import Written
from crossdock.yaml_source import Authored, Path

LISTED = 12  # names that can be taken in at a glance

_HEADERS = Record("$headers", dict, lambda name: SOME_TEXT)


def around(root: Shape) -> dict[str, Shape]:
    """What every expression reaches: ``$root`` and what surrounds the document."""
    return {"root": root, "headers": _HEADERS, **dict.fromkeys(("id", "now", "partner", "route"), SOME_TEXT)}


@dataclass(frozen=True, slots=True)
class Sides:
    """What a mapping reads and makes, as far as it is known. ``later`` are fields that routes set behind it."""

    source: Shape = ANYTHING
    target: Shape = ANYTHING
    later: frozenset[str] = frozenset()


@dataclass(slots=True)
class Checked:
    """What came of it: findings, and the shape of what the mapping makes."""

    findings: list[Finding]
    made: Shape


@dataclass(frozen=True, slots=True)
class _Context:
    current: Shape
    names: Mapping[str, Shape]


def check_mapping(mapping: Written, sides: Sides, tables: Tables) -> Checked:
    """Every finding about a mapping that shapes can tell. One that does not compile is checked as far as it does."""
    checker = _Checker(mapping.source, tables, sides)
    context = _Context(sides.source, around(sides.source))
    for name, text in mapping.file.parameters.items():
        checker.value(text or "", ("parameters", name), context)
        context = _with(context, {name: ANYTHING})
    for name, text in mapping.file.let.items():
        context = _with(context, {name: checker.value(text, ("let", name), context)})
    made = checker.part(mapping.fields, _label(mapping), sides.target, context)
    return Checked(checker.findings, made)


def _label(mapping: Written) -> str:
    return mapping.file.makes or mapping.name


def _with(context: _Context, names: Mapping[str, Shape]) -> _Context:
    return replace(context, names={**context.names, **names})


@dataclass(slots=True)
class _Checker:
    """Walks the fields of one mapping."""

    source: Authored
    tables: Tables
    sides: Sides
    findings: list[Finding] = field(default_factory=list)

    # --- expressions ---

    def value(self, text: str, path: Path, context: _Context) -> Shape:
        """The shape of an expression's value; what is wrong with it is told at its place."""
        inference = Inference(context.names, self.tables)
        shape = inference.of(text, context.current)
        for doubt in inference.doubts:
            self.findings.append(located(doubt, text, self.source, path))
        return shape

    def _tell(self, doubt: Doubt, path: Path, *, key: bool = False, value: str | None = None) -> None:
        place = self.source.place(path, key=key)
        self.findings.append(_finding(doubt, place, value))

    # --- parts ---

    def part(self, spec: Spec, name: str, target: Shape, context: _Context) -> Shape:
        """The shape a part of the fields makes."""
        match spec:
            case Expr(path, text, options):
                return self._expression(path, text, options, name, target, context)
            case Constant(path, value):
                return self._fitting(name, shape_of(value), target, path)
            case Fields():
                return self._record(spec, name, target, context)
            case Items():
                return self._items(spec, name, target, context)
            case Each():
                return self._each(spec, name, target, context)
            case _:
                return self._choice(spec, name, target, context)

    def _choice(self, spec: When | Case | Local | Use, name: str, target: Shape, context: _Context) -> Shape:
        match spec:
            case When(path, text, body):
                self.value(text, path, context)
                return self.part(body, name, target, context)
            case Case(_, every, options):
                made = [self.part(one, name, target, context) for one in every]
                return one_of([*made, *self._default(options, spec.path, name, target)])
            case Local(path, names, body):
                for local, text in names:
                    context = _with(context, {local: self.value(text, (*path, local), context)})
                return self.part(body, name, target, context)
            case Use(path, _, of, given, _):
                for parameter, text in given:
                    self.value(text, (*path, "with", parameter), context)
                if of is not None:
                    self.value(of, (*path, "of"), context)
                return ANYTHING

    def _expression(
        self, path: Path, text: str, options: Options, name: str, target: Shape, context: _Context
    ) -> Shape:
        before = len(self.findings)
        shape = self.value(text, path, context)
        self._default(options, path[:-1], name, target)
        if isinstance(shape, Null) and len(self.findings) == before and text.strip():
            self._tell(Doubt("M157", f"'{name}' is null in every document", None, "", "leave the field out"), path)
        doubt = misfit(name, shape, target)
        if doubt is not None and doubt.token and doubt.token in text:
            self.findings.append(located(replace(doubt, column=text.index(doubt.token) + 1), text, self.source, path))
        elif doubt is not None:
            self._tell(doubt, path)
        return shape

    def _default(self, options: Options, path: Path, name: str, target: Shape) -> list[Shape]:
        if not options.has_default or options.default is None:
            return []
        return [self._fitting(name, shape_of(options.default), target, (*path, "default"))]

    def _fitting(self, name: str, made: Shape, target: Shape, path: Path) -> Shape:
        doubt = misfit(name, made, target)
        if doubt is not None:
            self._tell(doubt, path)
        return made

    def _record(self, spec: Fields, name: str, target: Shape, context: _Context) -> Shape:
        wanted = record_in(target)
        if known(target) and wanted is None and "object" not in kinds_of(target):
            self._fitting(name, Record(name, dict), target, spec.path)
            target = ANYTHING
        made: dict[str, Shape] = {}
        for key, inner in spec.fields:
            made[key] = self.part(inner, key, self._at(wanted, key, spec.path), context)
        if wanted is not None:
            self._check_complete(wanted, {key for key, _ in spec.fields}, name, spec.path)
        return _made(name, made)

    def _at(self, wanted: Record | None, key: str, path: Path) -> Shape:
        """The shape wanted of a field; one that does not exist is told."""
        found = wanted.at(key) if wanted is not None else ANYTHING
        if found is None and wanted is not None:
            hint = near(key, wanted.fields) or _listed(wanted)
            doubt = Doubt("M160", f"{wanted.what} has no '{key}'", None, key, hint)
            self._tell(doubt, (*path, key), key=True, value=key)
        return found or ANYTHING

    def _check_complete(self, wanted: Record, given: Collection[str], name: str, path: Path) -> None:
        meant = {near(key, wanted.fields) for key in given if wanted.at(key) is None}
        for key, entry in wanted.fields.items():
            if f"did you mean '{key}'?" in meant:
                continue  # told where it stands misspelt
            if entry.required and key not in given and key not in self.sides.later:
                told = f": {entry.title}" if entry.title else ""
                hint = f"required by {wanted.what}{told.rstrip('.')}"
                doubt = Doubt("M161", f"'{key}' is never set", None, "", hint)
                self._tell(doubt, path, key=True, value=str(path[-1]) if path else None)

    def _items(self, spec: Items, name: str, target: Shape, context: _Context) -> Shape:
        if known(target) and "list" not in kinds_of(target):
            self._fitting(name, Listed(ANYTHING), target, spec.path)
        made = [self.part(one, name, item_of(target), context) for one in spec.items]
        return Listed(one_of(made) if made else ANYTHING)

    def _each(self, spec: Each, name: str, target: Shape, context: _Context) -> Shape:
        if known(target) and "list" not in kinds_of(target):
            self._fitting(name, Listed(ANYTHING), target, spec.text_path)
        over = self.value(spec.text, spec.text_path, context)
        item = self._element(over, spec)
        numbers = dict.fromkeys(("index", "row", "running"), SOME_NUMBER)
        inner = replace(_with(context, {**numbers, "parent": context.current}), current=item)
        return Listed(self.part(spec.body, name, item_of(target), inner))

    def _element(self, over: Shape, spec: Each) -> Shape:
        every = list(alternatives(over))
        if not every or any(isinstance(each, Anything) for each in every):
            return ANYTHING
        items = [each.item for each in every if isinstance(each, Listed)]
        if items:
            return one_of(items)
        kind = "an object" if any(isinstance(each, Record) for each in every) else "a single value"
        doubt = Doubt(
            "M158", f"'each' goes over a list, and this is {kind}", None, "", "to_array() makes a list of one"
        )
        self._tell(doubt, spec.text_path)
        return one_of(every)


def _made(name: str, fields: Mapping[str, Shape]) -> Record:
    entries = {key: Entry(shape) for key, shape in fields.items()}
    return Record(name, lambda: entries, made=True)


def _listed(wanted: Record) -> str | None:
    names = [name for name in wanted.fields if name[:1] != "_"]
    return f"it has {', '.join(names)}" if 0 < len(names) <= LISTED else None


def located(doubt: Doubt, text: str, source: Authored, path: Path, offset: int = 0) -> Finding:
    """The finding of a doubt about the expression at ``path``, which stands ``offset`` characters into the value there."""
    place = source.place(path) if doubt.column is None else source.within(path, offset + doubt.column - 1)
    said = replace(doubt, message=f"{doubt.message}, in: {brief(text, doubt.column or 1)}")
    return _finding(said, place, doubt.token or None)


def _finding(doubt: Doubt, place: Place, value: str | None) -> Finding:
    return Finding(
        code=doubt.code, message=doubt.message, severity=doubt.severity, place=place, value=value, hint=doubt.hint
    )
