"""The models that routes are read by: one for each place, and one around them for each role of the preset.

What is wrong with the options of the base connector, once they are filled in, is told of the parameter that made them
so, and so stands in the route at the value its author can change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SecretStr,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from crossdock.preset.file import Parameter
from crossdock.preset.filling import Value, filled, references
from crossdock.preset.parameter import field
from crossdock.yaml_source.wording import without_value

_LONGEST = 400  # characters of what a base connector says


@dataclass(frozen=True, slots=True)
class Shape:
    """What a place is made from: the template, its parameters, the options it leaves to the route, and its model."""

    preset: str
    template: Mapping[str, object]
    parameters: Mapping[str, Parameter]
    leaves: Sequence[str]
    needs: Sequence[Sequence[str]]
    base: type[BaseModel]


class PlaceOptions(BaseModel):
    """What a route says about one place. ``base`` are the options of the base connector it comes to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shape: ClassVar[Shape]
    _base: BaseModel = PrivateAttr()

    @property
    def base(self) -> BaseModel:
        """The options of the base connector."""
        return self._base

    @model_validator(mode="wrap")
    @classmethod
    def _filled(cls, written: Any, handler: ModelWrapValidatorHandler[PlaceOptions]) -> PlaceOptions:  # noqa: ANN401 - whatever an author wrote
        place = handler(written)
        shape = cls.shape
        place.refuse_incomplete()
        left = {key: written[key] for key in shape.leaves if key in written} if isinstance(written, dict) else {}
        options = filled(shape.template, place.values())
        assert isinstance(options, dict)  # noqa: S101 - a mapping without a condition is never left out
        try:
            place.stand_on(shape.base.model_validate({**options, **left}))
        except ValidationError as error:
            raise _told(error, shape) from None
        return place

    def stand_on(self, base: BaseModel) -> None:
        """These are the options of the base connector that it comes to."""
        self._base = base

    def refuse_incomplete(self) -> None:
        """Raise ``ValueError`` where none of a group is given, or one without what belongs to it."""
        shape = self.shape
        for group in shape.needs:
            if all(getattr(self, name) is None for name in group):
                raise ValueError(f"one of these is needed: {', '.join(group)}")
        for name, parameter in shape.parameters.items():
            other = parameter.goes_with
            if other is not None and (getattr(self, name) is None) != (getattr(self, other) is None):
                raise ValueError(f"'{name}' and '{other}' are given together")

    def values(self) -> dict[str, Value]:
        """What is filled in for each parameter."""
        parameters = self.shape.parameters
        values: dict[str, Value] = {name: getattr(self, name) for name in parameters}
        for name, parameter in parameters.items():
            choice = values[name]
            if parameter.one_of is not None and isinstance(choice, str):
                values[name] = parameter.one_of[choice]
        for name, parameter in parameters.items():
            if values[name] is None and isinstance(parameter.default, str):
                found = filled(parameter.default, values)
                values[name] = found if isinstance(found, str | SecretStr) else None
        return values


@dataclass(frozen=True, slots=True)
class Place:
    """A place as routes write it."""

    name: str
    model: type[PlaceOptions]


class PresetOptions(BaseModel):
    """What a route says: one place, and what it needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    places: ClassVar[tuple[Place, ...]] = ()

    @property
    def place(self) -> PlaceOptions:
        """The place that is written."""
        found = next(value for name in type(self).model_fields if (value := getattr(self, name)) is not None)
        assert isinstance(found, PlaceOptions)  # noqa: S101 - all fields are
        return found

    @property
    def base(self) -> BaseModel:
        """The options of the base connector."""
        return self.place.base

    @property
    def every(self) -> float:
        """How often a source of the base connector is polled."""
        return float(getattr(self.base, "every", 1.0))

    @model_validator(mode="after")
    def _one_place(self) -> PresetOptions:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            known = ", ".join(str(info.alias) for info in type(self).model_fields.values())
            raise ValueError(f"one place is named here, of: {known}")
        return self


def place_model(name: str, about: str, shape: Shape) -> type[PlaceOptions]:
    """The model of one place. Raises ``ValueError`` where a parameter and an option of the base share a name."""
    fields: dict[str, Any] = {key: field(parameter) for key, parameter in shape.parameters.items()}
    for option in shape.leaves:
        if option in fields:
            raise ValueError(f"'{option}' is a parameter, and an option that is left to the route")
        fields[option] = _left(shape.base, option)
    model = create_model(_title(shape.preset, name), __base__=PlaceOptions, __doc__=about, **fields)
    model.shape = shape
    return model


def role_model(preset: str, role: str, about: str, places: Mapping[str, type[PlaceOptions]]) -> type[PresetOptions]:
    """The model of everything that a preset is in one role."""
    fields: dict[str, Any] = {
        place.replace("-", "_"): (model | None, Field(default=None, alias=place, description=model.__doc__))
        for place, model in places.items()
    }
    model = create_model(_title(preset, role), __base__=PresetOptions, __doc__=about, **fields)
    model.places = tuple(Place(name, one) for name, one in places.items())
    return model


def places_of(model: type[BaseModel]) -> tuple[Place, ...]:
    """The places of a preset's options; of any others there are none."""
    return model.places if issubclass(model, PresetOptions) else ()


def _left(base: type[BaseModel], option: str) -> tuple[Any, Any]:
    """An option of the base as it is there; what it is, if the route leaves it out, is the base's business."""
    info = base.model_fields[option]
    return info.annotation, info


def _title(*words: str) -> str:
    return "".join(part.capitalize() for word in words for part in word.replace("_", "-").split("-"))


def _told(error: ValidationError, shape: Shape) -> ValidationError:
    known = list(references(dict(shape.template)))
    details = [_located(one["loc"], without_value(one), known, shape) for one in error.errors(include_url=False)]
    return ValidationError.from_exception_data(shape.preset, details, hide_input=True)


def _located(
    loc: tuple[int | str, ...], said: str, known: Sequence[tuple[tuple[str | int, ...], str]], shape: Shape
) -> InitErrorDetails:
    """At the option the route wrote, or at the parameter that stands nearest to what is wrong, or at the place."""
    told = said[:_LONGEST]
    where: tuple[int | str, ...] = ()
    if loc and loc[0] in shape.leaves:
        where = loc
    else:
        inside = [(_common(path, loc), name) for path, name in known]
        best = max((depth for depth, _ in inside), default=0)
        names = list(dict.fromkeys(name for depth, name in inside if depth == best and depth))
        where = (names[0],) if len(names) == 1 else ()
        told = f"{told} (in '{'.'.join(map(str, loc))}', which preset '{shape.preset}' fills in)" if loc else told
    return InitErrorDetails(type=PydanticCustomError("value_error", "{told}", {"told": told}), loc=where, input=None)


def _common(path: Sequence[str | int], loc: Sequence[str | int]) -> int:
    """How deep two places have the same way; union members in a location are stepped over."""
    depth = 0
    for step in loc:
        if depth < len(path) and path[depth] == step:
            depth += 1
    return depth
