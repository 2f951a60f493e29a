"""Options of a base connector with ``${parameter}`` in them, and the same with values.

A value is filled in where a text stands and nowhere else, so it can never become structure. A text that is nothing but
``${name}`` becomes the value itself, a number or a secret among them; within a longer text it is written out. What
refers to a parameter that is not given is left out of its mapping. ``{$base64: …}`` becomes the text of that JSON, in the
alphabet for URLs (RFC 4648, 5).
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from pydantic import SecretStr

from crossdock.document_json import encode
from crossdock.message import Document
from crossdock.yaml_source import Path

REFERENCE: Final = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")
IF: Final = "$if"
BASE64: Final = "$base64"

Value: TypeAlias = "str | int | bool | float | SecretStr | tuple[str, ...] | None"


class _Missing:
    """What stands for a parameter that is not given."""


MISSING: Final = _Missing()


def references(template: object, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every parameter that is referred to, with its place in the template."""
    match template:
        case dict():
            for key, inner in template.items():
                if key == IF and isinstance(inner, str):
                    yield (*at, key), inner
                else:
                    yield from references(inner, (*at, key))
        case list():
            for index, inner in enumerate(template):
                yield from references(inner, (*at, index))
        case str():
            yield from ((at, match[1]) for match in REFERENCE.finditer(template))


def filled(template: object, values: Mapping[str, Value]) -> object:
    """The template with values; ``MISSING`` where it comes to nothing."""
    match template:
        case dict():
            return _mapping(template, values)
        case list():
            inner = [filled(one, values) for one in template]
            return [one for one in inner if one is not MISSING]
        case str():
            return _text(template, values)
    return template


def joined(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Both; where both have a mapping, the two joined, else ``above``."""
    whole = {**below, **above}
    for key in below.keys() & above.keys():
        under, over = below[key], above[key]
        if isinstance(under, dict) and isinstance(over, dict):
            whole[key] = joined(under, over)
    return whole


def _mapping(template: Mapping[str, object], values: Mapping[str, Value]) -> object:
    condition = template.get(IF)
    if isinstance(condition, str) and values.get(condition) in (None, False):
        return MISSING
    if template.keys() == {BASE64}:
        written = encode(_plainly(filled(template[BASE64], values)))
        return urlsafe_b64encode(written).decode()
    inner = {key: filled(one, values) for key, one in template.items() if key != IF}
    return {key: one for key, one in inner.items() if one is not MISSING}


def _text(text: str, values: Mapping[str, Value]) -> object:
    whole = REFERENCE.fullmatch(text)
    if whole:
        value = values.get(whole[1])
        return MISSING if value is None else list(value) if isinstance(value, tuple) else value
    used = [values.get(match[1]) for match in REFERENCE.finditer(text)]
    if any(value is None for value in used):
        return MISSING
    written = REFERENCE.sub(lambda match: _plain(values.get(match[1])), text)
    return SecretStr(written) if any(isinstance(value, SecretStr) for value in used) else written


def _plainly(value: object) -> Document:
    """What is written as JSON: a secret has no place in it, as nothing would hide it there."""
    match value:
        case dict():
            return {str(key): _plainly(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plainly(inner) for inner in value]
        case None | bool() | int() | str():
            return value
    raise ValueError(f"a {type(value).__name__} cannot be written here")


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
