"""What a key of a model takes, and what holds where it is left out, in words: for people, on pages and in editors."""

from __future__ import annotations

import enum
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo

from crossdock.connector.amounts import per_second, seconds, size
from crossdock.connector.template import Template
from crossdock.yaml_source.named_mapping import in_full

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

#: How a model that stands inside another one is told of.
Naming = Callable[[type[BaseModel]], str]


def _unnamed(model: type[BaseModel]) -> str:
    return "keys and values"


def kind(annotation: object, metadata: Sequence[object] = (), naming: Naming = _unnamed) -> str:
    """What a value must be."""
    amount = _amount(metadata)
    if amount:
        return amount
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind(arguments[0], arguments[1:], naming)
    if any(isinstance(one, BeforeValidator) and one.func is in_full for one in metadata):
        return f"text or {_named(annotation, naming)}"
    return _composed(origin, arguments, metadata, naming) or _named(origin or annotation, naming) + _bounds(metadata)


def _composed(origin: object, arguments: Sequence[object], metadata: Sequence[object], naming: Naming) -> str:
    if origin is Literal:
        return ", ".join(_code(repr(one)[1:-1]) if one else "nothing" for one in arguments)
    if origin in (Union, types.UnionType):
        kinds = (kind(one, metadata, naming) for one in arguments if one is not type(None))
        return " or ".join(dict.fromkeys(kinds))
    if origin in (list, tuple, frozenset):
        return f"list of {kind(arguments[0], (), naming)}"
    if origin is dict and arguments[1] is not object:
        return f"names, each with {kind(arguments[1], (), naming)}"
    return ""


def _named(annotation: object, naming: Naming) -> str:
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return ", ".join(_code(one.value) for one in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return naming(annotation)
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


def default_of(info: FieldInfo) -> str:
    """What holds where the key is left out, as code; nothing where that is nothing."""
    if info.is_required():
        return ""
    default = info.get_default(call_default_factory=True, validated_data={})
    if default is None or isinstance(default, BaseModel) or default in ((), {}, [], frozenset(), ""):
        return ""
    return _shown(default, kind(info.annotation, info.metadata))


def _shown(default: object, named: str) -> str:
    if isinstance(default, SecretStr):
        return _code(default.get_secret_value())
    if isinstance(default, bool):
        return _code(str(default).lower())
    if isinstance(default, int | float) and named in ("duration", "size", "rate"):
        return _code(_with_unit(default, _UNITS.get(named, _SIZES)))
    if isinstance(default, tuple | list | frozenset):
        return ", ".join(_code(one) for one in default)
    return _code(default.value if isinstance(default, enum.Enum) else default)


def _with_unit(amount: float, units: Mapping[str, float]) -> str:
    whole = (name for name, value in units.items() if amount >= value and round(amount / value, 9).is_integer())
    unit = next(whole, min(units, key=units.__getitem__))  # of nothing, or of a part of the smallest, in the smallest
    return f"{amount / units[unit]:g}{unit}"


def _code(text: object) -> str:
    shown = str(text)
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"
