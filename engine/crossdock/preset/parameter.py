"""The types of parameters: what a route may fill in, so that it fits wherever the preset puts it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field, SecretStr
from pydantic.fields import FieldInfo

from crossdock.preset.file import Parameter, Type

_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\Z")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*\Z")
_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\Z")
_DURATION = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d)\Z")
_LONGEST = 500  # characters


def _text(value: str) -> str:
    if not value or len(value) > _LONGEST or not value.isprintable():
        raise ValueError(f"this has to be one line of 1 to {_LONGEST} characters")
    if any(character in value for character in "{}'\"\\"):
        raise ValueError("braces, quotes and backslashes would mean something else where this is filled in")
    return value


def _of(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if len(value) > _LONGEST or not pattern.match(value) or ".." in value:
            raise ValueError(f"'{value[:80]}' is {what}")
        return value

    return check


_Word: TypeAlias = Annotated[str, AfterValidator(_of(_WORD, "no word of letters, digits, _ . -"))]
_TYPES: Final[Mapping[Type, object]] = {
    "text": Annotated[str, AfterValidator(_text)],
    "word": _Word,
    "words": tuple[_Word, ...],
    "url": Annotated[str, AfterValidator(_of(_URL, "no address such as https://api.example.com, without a / behind"))],
    "path": Annotated[str, AfterValidator(_of(_PATH, "no path such as /hooks/orders"))],
    "secret": SecretStr,
    "integer": int,
    "flag": bool,
    "duration": Annotated[str, AfterValidator(_of(_DURATION, "no duration such as 30s, 15m, 2h"))],
}


def field(parameter: Parameter) -> tuple[Any, FieldInfo]:
    """The annotation of a parameter and what pydantic has to know of it beside."""
    kind: Any = Literal[tuple(parameter.one_of)] if parameter.one_of else _TYPES[parameter.type]
    info: dict[str, Any] = {"description": parameter.about}
    if parameter.optional or parameter.is_derived:
        return kind | None, Field(default=None, **info)
    if parameter.default is not None:
        return kind, Field(default=parameter.default, **info)
    return kind, Field(**info)
