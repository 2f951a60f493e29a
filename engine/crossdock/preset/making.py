"""A preset's file to a connector, or to every mistake in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from crossdock.connector import Connector, EndpointKind
from crossdock.connector.contract import CallKind, SinkKind, SourceKind
from crossdock.errors import ConfigError, Finding
from crossdock.preset.file import PlaceFile, PresetFile
from crossdock.preset.filling import joined, references
from crossdock.preset.options import PlaceOptions, PresetOptions, Shape, place_model, role_model
from crossdock.yaml_source import Authored, Path, findings_of, suggest
from crossdock.yaml_source.wording import without_value

Known: TypeAlias = Callable[[str], Connector | None]
_Kind: TypeAlias = "SourceKind[Any] | SinkKind[Any] | CallKind[Any] | EndpointKind[Any]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A preset as a connector, what its author wrote, and the models of its places."""

    connector: Connector
    file: PresetFile
    places: Mapping[str, type[PlaceOptions]]


def preset(name: str, source: Authored, known: Known) -> Preset:
    """The preset called ``name``. ``known`` finds the base connector. Raises ``ConfigError`` with every mistake."""
    try:
        file = PresetFile.model_validate({} if source.value is None else source.value)
    except ValidationError as error:
        raise ConfigError.of(findings_of(error, source, (), PresetFile, "R500", owner="a preset")) from None
    bases: dict[str, Connector] = {}
    for role, on in file.bases.items():
        base = known(on)
        if base is None:
            place = source.place(("on",) if isinstance(file.on, str) else ("on", role))
            raise ConfigError.of(
                [Finding(code="R501", message=f"connector '{on}' does not exist", place=place, value=on)]
            )
        bases[role] = base
    return _Making(name, source, file, bases, []).made()


@dataclass(frozen=True, slots=True)
class _Making:
    name: str
    source: Authored
    file: PresetFile
    bases: Mapping[str, Connector]
    findings: list[Finding]

    def made(self) -> Preset:
        places = {name: model for name, one in self.file.places.items() if (model := self._place(name, one))}
        used = {name for model in places.values() for name in model.shape.parameters}
        for name in self.file.parameters.keys() - used if not self.findings else ():
            self._tell("R503", f"parameter '{name}' is used by no place", ("parameters", name), key=True)
        if self.findings:
            raise ConfigError.of(self.findings)
        return Preset(connector=self._connector(places), file=self.file, places=places)

    def _place(self, name: str, place: PlaceFile) -> type[PlaceOptions] | None:
        at: Path = ("places", name)
        kind = _kind(self.bases[place.role], place.role)
        if kind is None:
            self._tell("R501", f"connector '{self.bases[place.role].name}' cannot be a {place.role}", (*at, "as"))
            return None
        known = kind.options.model_fields
        shared = {key: one for key, one in self.file.connection.items() if place.role != "endpoint" and key in known}
        template = joined(shared, place.options)
        used = self._used(template, at)
        if used is None:
            return None
        fields = kind.options.model_fields
        leaves = [one for one in (*self.file.leaves, *place.leaves) if one in fields and one not in template]
        shape = Shape(
            preset=self.name,
            template=template,
            parameters={one: parameter for one, parameter in self.file.parameters.items() if one in used},
            leaves=leaves,
            needs=[group for group in self.file.needs if used >= set(group)],
            base=kind.options,
        )
        return self._tried(name, place, shape, at)

    def _used(self, template: Mapping[str, object], at: Path) -> set[str] | None:
        """The parameters a template refers to, and those that their defaults refer to."""
        known = self.file.parameters
        used: set[str] = set()
        waiting = [name for _, name in references(dict(template))]
        while waiting:
            name = waiting.pop()
            if name not in known:
                hint = suggest(name, known)
                self._tell("R502", f"'${{{name}}}' is no parameter of this preset", (*at, "options"), hint=hint)
                return None
            if name not in used:
                used.add(name)
                waiting += [inner for _, inner in references(known[name].default)] if known[name].default else []
        return used

    def _tried(self, name: str, place: PlaceFile, shape: Shape, at: Path) -> type[PlaceOptions] | None:
        """The model, tried with the examples: what the base connector refuses then is a mistake of the preset."""
        try:
            model = place_model(name, place.about, shape)
            for written in _examples(shape):
                model.model_validate(written)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                where = f" at '{'.'.join(map(str, one['loc']))}'" if one["loc"] else ""
                told = f"with its examples place '{name}' is refused{where}: {without_value(one)}"
                self._tell("R504", told, (*at, "options"))
            return None
        except ValueError as error:
            self._tell("R504", str(error), at)
            return None
        return model

    def _tell(self, code: str, message: str, at: Path, *, key: bool = False, hint: str | None = None) -> None:
        place = self.source.place(at, key=key)
        self.findings.append(Finding(code=code, message=message, place=place, hint=hint))

    # The connector

    def _connector(self, places: Mapping[str, type[PlaceOptions]]) -> Connector:
        by_role: dict[str, dict[str, type[PlaceOptions]]] = {}
        for name, model in places.items():
            by_role.setdefault(self.file.places[name].role, {})[name] = model
        kinds: dict[str, Any] = {
            role: _as(_kind(self.bases[role], role), role_model(self.name, role, self.file.about, models))
            for role, models in by_role.items()
        }
        if "endpoint" in kinds:
            kinds["endpoint"] = replace(kinds["endpoint"], told_by=tuple(by_role["endpoint"]))
        return Connector(name=self.name, about=self.file.about, **kinds)


def _examples(shape: Shape) -> Iterator[dict[str, object]]:
    """What routes may write: as little as is needed, and everything, for each way that ``needs`` leaves open."""
    for chosen in product(*shape.needs):
        yield dict(_chosen(shape, chosen, every=False))
        yield dict(_chosen(shape, chosen, every=True))


def _chosen(shape: Shape, chosen: Sequence[str], *, every: bool) -> Iterator[tuple[str, object]]:
    alternatives = {name for group in shape.needs for name in group} - set(chosen)
    for name, parameter in shape.parameters.items():
        others = {name, parameter.goes_with}
        if others & alternatives:
            continue
        needed = parameter.default is None and not parameter.optional
        if needed or others & set(chosen) or (every and not parameter.is_derived):
            yield name, parameter.shown


def _kind(base: Connector, role: str) -> _Kind | None:
    kinds: Mapping[str, _Kind | None] = {
        "source": base.source,
        "endpoint": base.endpoint,
        "sink": base.sink,
        "call": base.call,
    }
    return kinds[role]


def _base(options: BaseModel) -> BaseModel:
    assert isinstance(options, PresetOptions)  # noqa: S101 - they were read by its model
    return options.base


def _as(kind: _Kind | None, model: type[PresetOptions]) -> _Kind:
    """The kind of the base connector, for the options of the preset."""
    match kind:
        case SourceKind() as source:
            probe = source.probe
            return replace(
                source,
                options=model,
                open=lambda options, around: source.open(_base(options), around),
                rejects=lambda options: None,
                probe=None if probe is None else lambda options, around: probe(_base(options), around),
            )
        case SinkKind() | CallKind():
            return _asked(kind, model)
        case EndpointKind() as endpoint:
            return replace(endpoint, options=model, endpoint=lambda options: endpoint.endpoint(_base(options)))
    raise TypeError("a place without a kind")


def _asked(kind: SinkKind[Any] | CallKind[Any], model: type[PresetOptions]) -> _Kind:
    probe = kind.probe
    changes: dict[str, Any] = {
        "options": model,
        "open": lambda options, around: kind.open(_base(options), around),
        "effect": lambda options: kind.effect(_base(options)),
        "target": lambda options, parcel: kind.target(_base(options), parcel),
        "probe": None if probe is None else lambda options, around: probe(_base(options), around),
    }
    return replace(kind, **changes)
