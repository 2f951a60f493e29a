"""pydantic's errors in the words of who wrote the file: no types of Python, no names of classes, no patterns.

What a validator of ours says (``value_error``) is its own sentence, but for the value it repeats, which Python may
have written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeAlias

from pydantic import SecretStr
from pydantic_core import ErrorDetails

from crossdock.yaml_source.forms import in_words
from crossdock.yaml_source.likeness import suggest

SHOWN = 80  # characters of a wrong value worth repeating
#: User and password in a URL: findings are read by more people than routes.
WHO = re.compile(r"(?<=://)[^/?#\s]*@")

#: What a value had to be, by the type of the error.
EXPECTED: Mapping[str, str] = {
    "string_type": "text",
    "is_instance_of": "text",  # of our own options, the only ones that are classes are written as text
    "url_type": "text",
    "bytes_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "iterable_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "dataclass_type": "keys and values",
    "mapping_type": "keys and values",
    "none_required": "nothing",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "a date such as 2026-11-20",
    ),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"),
        "a moment such as 2026-11-20T10:15:00Z",
    ),
    **dict.fromkeys(("time_type", "time_parsing"), "a time such as 09:30"),
}

#: What is called by its kind, and not shown.
KINDS = frozenset({"nothing", "a list", "keys and values"})

_WORDS = re.compile(r"'((?:[^'\\]|\\.)*)'")


def shown(value: object) -> str:
    """A value as a sentence names it: by its kind, or itself, without who logs in."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys and values"
    return "a list" if isinstance(value, list | tuple) else WHO.sub("***@", str(value))[:SHOWN]


def quoted(text: str) -> str:
    """What ``shown`` gives, inside a sentence."""
    return text if text in KINDS else f"'{text}'"


def particular(detail: ErrorDetails) -> tuple[str, str | None]:
    """What is wrong with a value of the right kind, and the hint."""
    say = _SAID.get(detail["type"])
    if say is not None:
        return say(detail)
    said = detail["msg"].replace("Input should be", "must be").replace("Input should", "must")
    return f"{said}, not {quoted(shown(detail['input']))}", None


def one_line(text: str) -> str:
    """A sentence without line breaks and other characters that nobody sees, which a value may have brought along."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def without_value(detail: ErrorDetails) -> str:
    """What is wrong, in a sentence that does not repeat the value: for one that nobody wrote at that place."""
    kind, context = detail["type"], detail.get("ctx", {})
    name = detail["loc"][-1] if detail["loc"] else ""
    if kind in EXPECTED:
        return f"expected {EXPECTED[kind]}"
    if kind in ("extra_forbidden", "missing"):
        return f"unknown option '{name}'" if kind == "extra_forbidden" else f"required option '{name}' is missing"
    if kind == "string_pattern_mismatch":
        return f"must be {in_words(str(context['pattern']))}"
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", detail["msg"]))
    return detail["msg"].removeprefix("Value error, ").replace("Input should be", "must be")


def follows(detail: ErrorDetails) -> bool:
    """Whether it only says that what has mistakes itself was not counted."""
    return detail["type"] == "too_short" and _length(detail["input"]) >= int(detail.get("ctx", {})["min_length"])


_Said: TypeAlias = "tuple[str, str | None]"


def _of_few(detail: ErrorDetails) -> _Said:
    context = detail.get("ctx", {})
    choices = str(context.get("expected_tags") or context.get("expected") or "")
    words = _WORDS.findall(choices) or [word.strip() for word in choices.replace(" or ", ", ").split(",")]
    tag = context.get("tag")
    given = shown(detail["input"]) if tag is None else str(tag)
    hint = suggest(given, [word if any(map(str.isalnum, word)) else f"'{word}'" for word in words])
    return f"expected a word, not {given}" if given in KINDS else f"unknown value '{given}'", hint


def _own(detail: ErrorDetails) -> _Said:
    """The sentence of a validator, in which the value stands as authors know it."""
    value = detail["input"]
    said = str(detail.get("ctx", {}).get("error", detail["msg"]))
    if value is None or isinstance(value, bool | list | dict | tuple):
        said = said.replace(f"'{value}'", quoted(shown(value)))
    return said, None


def _pattern(detail: ErrorDetails) -> _Said:
    return f"'{shown(detail['input'])}' must be {in_words(str(detail.get('ctx', {})['pattern']))}", None


def _too_long(detail: ErrorDetails) -> _Said:
    value, most = detail["input"], int(detail.get("ctx", {})["max_length"])
    return f"at most {_counted(value, most)}, not {_length(value)}{_behind(value)}", None


def _too_short(detail: ErrorDetails) -> _Said:
    value, least = detail["input"], int(detail.get("ctx", {})["min_length"])
    if not _length(value):
        return ("it must not be empty" if least == 1 else f"at least {_counted(value, least)}, and it is empty"), None
    return f"at least {_counted(value, least)}, not {_length(value)}{_behind(value)}", None


def _counted(value: object, count: int) -> str:
    one, many = ("entry", "entries") if isinstance(value, list | tuple | dict) else ("character", "characters")
    return f"{count} {one if count == 1 else many}"


def _length(value: object) -> int:
    if isinstance(value, SecretStr):
        return len(value.get_secret_value())
    return len(value) if isinstance(value, str | list | tuple | dict) else len(str(value))


def _behind(value: object) -> str:
    """The value itself, where it is one that can be shown."""
    return f": '{shown(value)}'" if isinstance(value, str | int | Decimal) else ""


_SAID: Mapping[str, Callable[[ErrorDetails], _Said]] = {
    **dict.fromkeys(("literal_error", "enum", "union_tag_invalid"), _of_few),
    **dict.fromkeys(("value_error", "assertion_error"), _own),
    "string_pattern_mismatch": _pattern,
    **dict.fromkeys(("too_long", "string_too_long"), _too_long),
    **dict.fromkeys(("too_short", "string_too_short"), _too_short),
}
