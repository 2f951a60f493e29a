"""Options that their connector declared as secrets: whether what stands there is one, in clear text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import get_args, get_origin

from pydantic import BaseModel, SecretStr

from crossdock.errors import Severity
from crossdock.preset.options import places_of
from crossdock.route.bench import Bench
from crossdock.route.clear_text import has_clear_default


@dataclass(frozen=True, slots=True)
class _Option:
    """An option that can hold a secret, or models that may have such options. ``single``: it is one value."""

    key: str
    secret: bool
    single: bool
    models: tuple[type[BaseModel], ...]


@cache
def secret_names(model: type[BaseModel]) -> frozenset[str]:
    """The names of options that can hold a secret, at any depth."""
    inner = (secret_names(one) for option in _options(model) for one in option.models)
    return frozenset(option.key for option in _options(model) if option.secret).union(*inner)


def warn_of_clear_secrets(bench: Bench, model: type[BaseModel], given: object) -> None:
    """A finding for each secret that stands in the file. ``bench`` stands at the options."""
    if not isinstance(given, dict):
        return
    for place in places_of(model):
        warn_of_clear_secrets(bench.at(place.name), place.model, given.get(place.name))
    for option in _options(model):
        written = given.get(option.key)
        if option.secret and (option.single or isinstance(written, str)):
            _warn_of_all(bench.at(option.key), option.key, written)
        for inner in option.models if isinstance(written, dict | list) else ():
            warn_of_clear_secrets(bench.at(option.key), inner, written)
            for number, one in enumerate(written if isinstance(written, list) else ()):
                warn_of_clear_secrets(bench.at(option.key, number), inner, one)


def _warn_of_all(at: Bench, key: str, written: object) -> None:
    """A finding for each value in there, also where none can stand: it is no less in clear text for that."""
    if isinstance(written, dict | list):
        parts = written.items() if isinstance(written, dict) else enumerate(written)
        for step, inner in parts:
            _warn_of_all(at.at(step), key, inner)
    elif isinstance(written, str):
        if not _has_no_secret(written):
            _warn(at, key)
    elif isinstance(written, int | Decimal) and not isinstance(written, bool):
        _warn(at, key)


def _warn(at: Bench, key: str) -> None:
    written = at.source.at(at.path) if at.source.depth(at.path) == len(at.path) else None
    if at.path not in at.from_environment or (isinstance(written, str) and has_clear_default(written)):
        hint = f"write ${{secret:{key}}} and keep the value out of the file"
        at.report("R118", f"'{key}' is a secret in clear text", hint=hint, severity=Severity.WARNING)


def _has_no_secret(text: str) -> bool:
    """Whether it is the address of a database or a broker that names no user, such as ``sqlite:///erp.db``."""
    scheme, separator, rest = text.partition("://")
    return bool(separator) and scheme not in ("http", "https") and not set("@?").intersection(rest)


@cache
def _options(model: type[BaseModel]) -> tuple[_Option, ...]:
    found = (
        _Option(
            info.alias or name,
            _is_secret(info.annotation),
            _is_single(info.annotation),
            tuple(dict.fromkeys(_models(info.annotation))),
        )
        for name, info in model.model_fields.items()
    )
    return tuple(option for option in found if option.secret or option.models)


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def _is_single(annotation: object) -> bool:
    return get_origin(annotation) not in (dict, list, tuple) and all(map(_is_single, get_args(annotation)))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """The models an option may be written as, such as ``basic`` and ``oauth2`` of ``auth``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
