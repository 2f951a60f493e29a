"""A pydantic model that authors write by hand, as a table of its keys."""

from __future__ import annotations

import enum
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo

from crossdock.connector.amounts import per_second, seconds, size
from crossdock.connector.template import Template
from reference_pages.markdown import code, prose, table

Model: TypeAlias = type[BaseModel]

AMOUNTS: Mapping[object, str] = {seconds: "duration", size: "size", per_second: "rate"}
_PLAIN: Mapping[object, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    SecretStr: "text or secret",
    Template: "name template",
    object: "anything",
    dict: "keys and values",
}
_DURATIONS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_RATES = {"/s": 1.0, "/min": 1 / 60, "/h": 1 / 3600, "/d": 1 / 86400}
_SIZES = {"GB": 1000**3, "MB": 1000**2, "KB": 1000, "B": 1}

_UNITS = {"duration": _DURATIONS, "rate": _RATES}


def title(model: Model) -> str:
    """What a model is called on a page: ``BatchSpec`` is ``Batch``."""
    return model.__name__.removeprefix("Mapping").removesuffix("Spec").removesuffix("Options")


def described(model: Model, heading: str) -> str:
    """A heading, what the model says about itself, and its table."""
    return f"{heading}\n\n{prose(model.__doc__)}\n\n{keys(model)}"


def keys(model: Model, notes: Mapping[str, str] = types.MappingProxyType({})) -> str:
    """The table of the keys; ``notes`` adds to what a key says about itself."""
    model.model_rebuild()  # of models that name later ones of their file
    rows = (_row(info.alias or name, info, notes) for name, info in model.model_fields.items())
    return table(("key", "what it takes", "if it is left out", ""), rows)


def _row(name: str, info: FieldInfo, notes: Mapping[str, str]) -> tuple[str, str, str, str]:
    said = " ".join(text for text in (info.description or "", notes.get(name, "")) if text)
    return code(name), kind(info.annotation, info.metadata), _default(info), said


def kind(annotation: object, metadata: Sequence[object] = ()) -> str:
    """What a value must be, in words."""
    amount = _amount(metadata)
    if amount:
        return amount
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind(arguments[0], arguments[1:])
    return _composed(origin, arguments, metadata) or _named(origin or annotation) + _bounds(metadata)


def _composed(origin: object, arguments: Sequence[object], metadata: Sequence[object]) -> str:
    if origin is Literal:
        return ", ".join(code(repr(one)[1:-1]) if one else "nothing" for one in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(kind(one, metadata) for one in arguments if one is not type(None)))
    if origin in (list, tuple, frozenset):
        return f"list of {kind(arguments[0])}"
    if origin is dict and arguments[1] is not object:
        return f"names, each with {kind(arguments[1])}"
    return ""


def _named(annotation: object) -> str:
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return ", ".join(code(one.value) for one in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"keys of [{title(annotation)}](#{title(annotation).lower()})"
    return _PLAIN.get(annotation, getattr(annotation, "__name__", str(annotation)).lower())


def _amount(metadata: Iterable[object]) -> str | None:
    validators = (one.func for one in metadata if isinstance(one, BeforeValidator))
    return next((AMOUNTS[one] for one in validators if one in AMOUNTS), None)


def _bounds(metadata: Iterable[object]) -> str:
    low = next((one.ge for one in metadata if hasattr(one, "ge")), None)
    high = next((one.le for one in metadata if hasattr(one, "le")), None)
    words = [f"from {low}"] if low is not None else []
    words += [f"to {high}"] if high is not None else []
    return f" {' '.join(words)}" if words else ""


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "**required**"
    default = info.get_default(call_default_factory=True, validated_data={})
    if default is None or default in ((), {}, [], frozenset(), ""):
        return ""
    return _shown(default, kind(info.annotation, info.metadata))


def _shown(default: object, named: str) -> str:
    if isinstance(default, BaseModel):
        return "as below"
    if isinstance(default, SecretStr):
        return code(default.get_secret_value())
    if isinstance(default, bool):
        return code(str(default).lower())
    if isinstance(default, int | float) and named in ("duration", "size", "rate"):
        return code(_with_unit(default, _UNITS.get(named, _SIZES)))
    if isinstance(default, tuple | list):
        return ", ".join(code(one) for one in default)
    return code(default.value if isinstance(default, enum.Enum) else default)


def _with_unit(amount: float, units: Mapping[str, float]) -> str:
    whole = (name for name, value in units.items() if amount >= value and round(amount / value, 9).is_integer())
    unit = next(whole, min(units, key=units.__getitem__))  # of nothing, or of a part of the smallest, in the smallest
    return f"{amount / units[unit]:g}{unit}"


def nested(model: Model) -> Iterator[Model]:
    """The models that stand inside ``model``, each once, in order."""
    seen: dict[Model, None] = {}
    _gather(model, seen)
    yield from (one for one in seen if one is not model)


def _gather(model: Model, seen: dict[Model, None]) -> None:
    seen.setdefault(model)
    model.model_rebuild()
    for info in model.model_fields.values():
        for found in _models(info.annotation):
            if found not in seen:
                _gather(found, seen)


def _models(annotation: object) -> Iterator[Model]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
