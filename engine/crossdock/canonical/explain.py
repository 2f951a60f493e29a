"""Pydantic's complaints as findings: a code, a JSON pointer, the value, and what to do about it.

A table from pydantic's error type to ours. The types of ours (``PydanticCustomError`` in ``blocks``) carry their code
themselves; their context says where below the field the value stands and gives the hint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crossdock.canonical.blocks import dates, gs1, money, party, quantity, text, transport
from crossdock.canonical.shape import model_at, slot_at, slots
from crossdock.errors import Finding, Place, Severity
from crossdock.yaml_source import suggest

MAX_FINDINGS = 200  # more than a person reads; the rest is counted
_LONGEST = 80  # of a value or name that is shown
_OWN_CODE = re.compile(r"C[0-9]{3}\Z")

_Path: TypeAlias = tuple[str | int, ...]
#: code, message, hint
_Told: TypeAlias = tuple[str, str, str | None]

#: pattern -> what a text that does not match it is not
_FORMS: Mapping[str, _Told] = {
    text.ONE_LINE: ("C104", "has a control character or a line break in it", "replace() or trim() it"),
    text.SEVERAL_LINES: ("C104", "has a control character in it", "replace() it"),
    text.LANGUAGE: ("C109", "is not a language code", "BCP 47: en, en-US"),
    text.WORD: ("C109", "is not a code", "letters, digits and _ . : + / - without spaces"),
    dates.DAY: ("C106", "is not a date", "a day that exists, as 2026-11-20; see the functions date() and datetime()"),
    dates.MOMENT: ("C107", "is not a point in time", "as 2026-11-20T08:30:00Z or 2026-11-20T09:30:00+01:00"),
    money.CURRENCY: ("C109", "is not a currency code", "ISO 4217, three capital letters: USD"),
    party.COUNTRY: ("C109", "is not a country code", "ISO 3166-1 alpha-2, two capital letters: US"),
    party.EMAIL: ("C109", "is not an e-mail address", "name@host"),
    quantity.UNIT: ("C109", "is not a unit of measure code", "UN/ECE Rec. 20 or X12 code in capitals: EA, C62, KGM"),
    transport.SCAC: ("C109", "is not a carrier code", "two to four capital letters: RDGF"),
    transport.INCOTERM: ("C109", "is not an Incoterms rule", "three capital letters: FCA"),
    gs1.GTIN: ("C110", "is not a GTIN", "8, 12, 13 or 14 digits, the last one a check digit"),
    gs1.SSCC: ("C110", "is not an SSCC", "18 digits, the last one a check digit"),
}

#: pydantic's error type -> what we call it; messages follow the name of the field
_TYPES: Mapping[str, _Told] = {
    "string_type": ("C103", "must be text", "to_string() makes text of a number, if its leading zeros do not matter"),
    "string_unicode": ("C104", "is not valid Unicode text", "half of a surrogate pair stands alone in it"),
    "string_too_short": ("C104", "is empty", "leave the field out when there is no value"),
    "int_type": ("C103", "must be a whole number", "int() makes one of text"),
    "int_parsing_size": ("C105", "is too large a number", None),
    "bool_type": ("C103", "must be true or false", None),
    "list_type": ("C103", "must be a list", "[x] makes a list of one"),
    "model_type": ("C103", "must be an object", None),
    "dict_type": ("C103", "must be an object", None),
    "invalid_key": ("C102", "is not text: the names of fields are", None),
    "recursion_loop": ("C103", "is nested without end", None),
}


def findings_of(error: ValidationError, model: type[BaseModel], rule: str) -> list[Finding]:
    """Every mistake pydantic found as one finding, at most ``MAX_FINDINGS``; ``rule`` is the contract's name."""
    details = error.errors(include_url=False)
    findings = [_finding(detail, model, rule) for detail in details[:MAX_FINDINGS]]
    if len(details) > MAX_FINDINGS:
        more = f"{len(details) - MAX_FINDINGS} more findings like these"
        findings.append(Finding(code="C199", message=more, severity=Severity.NOTE, rule=rule))
    return findings


def pointer(path: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path; a hostile name is cut to a length that can be shown."""
    return "".join(f"/{_shown_name(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def shown(value: object) -> str | None:
    """A value as text for a finding; a whole object or list would say nothing, so it is none."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if value.bit_length() > 64:  # noqa: PLR2004 - str() of a huge one is slow, or refused
            return f"a number of {value.bit_length()} bits"
        case int() | float() | Decimal():
            return str(value)[:_LONGEST]
        case str():
            return value[:_LONGEST]
        case _:
            return None


def _shown_name(step: str | int) -> str:
    return str(step)[:_LONGEST]


def _finding(detail: ErrorDetails, model: type[BaseModel], rule: str) -> Finding:
    path: _Path = detail["loc"]
    context = detail.get("ctx", {})
    if "at" in context:
        path = (*path, context["at"])
    code, message, hint = _told(detail, path, model)
    return Finding(
        code=code,
        message=f"{_subject(path)} {message}",
        place=Place(pointer=pointer(path)),
        value=None if detail["type"] == "missing" else shown(context.get("value", detail["input"])),
        hint=hint,
        rule=rule,
    )


def _subject(path: _Path) -> str:
    """What a message speaks of: the field, an entry of a list, or the document."""
    if not path:
        return "the document"
    if isinstance(path[-1], int):
        names = [step for step in path if isinstance(step, str)]
        return f"entry {path[-1] + 1} of '{names[-1]}'" if names else f"entry {path[-1] + 1}"
    return f"'{_shown_name(path[-1])}'"


def _told(detail: ErrorDetails, path: _Path, model: type[BaseModel]) -> _Told:
    kind = detail["type"]
    if _OWN_CODE.match(kind):
        return kind, detail["msg"], detail.get("ctx", {}).get("hint")
    if kind in _SPECIAL:
        return _SPECIAL[kind](detail, path, model)
    return _TYPES.get(kind) or ("C190", f"is refused: {detail['msg']}", None)


def _missing(detail: ErrorDetails, path: _Path, model: type[BaseModel]) -> _Told:
    return "C101", "is required and missing", None


def _unknown(detail: ErrorDetails, path: _Path, model: type[BaseModel]) -> _Told:
    inside = model_at(model, path[:-1])
    hint = suggest(_shown_name(path[-1]), slots(inside)) if inside else None
    return "C102", "is not a field here", hint


def _form(detail: ErrorDetails, path: _Path, model: type[BaseModel]) -> _Told:
    pattern = detail.get("ctx", {}).get("pattern", "")
    return _FORMS.get(pattern) or ("C190", f"does not match {pattern}", None)


def _code(detail: ErrorDetails, path: _Path, model: type[BaseModel]) -> _Told:
    slot = slot_at(model, path)
    codes = slot.codes if slot else ()
    given = shown(detail["input"]) or ""
    return "C108", "is not one of its codes", suggest(given.lower(), codes) or f"one of: {', '.join(codes)}"


def _length(detail: ErrorDetails, path: _Path, model: type[BaseModel]) -> _Told:
    context = detail.get("ctx", {})
    if detail["type"] == "too_short":
        return "C111", f"needs at least {context.get('min_length')} entry", "leave the field out if it is optional"
    if detail["type"] == "too_long":
        return "C111", f"has more than {context.get('max_length')} entries", None
    return "C104", f"is longer than {context.get('max_length')} characters", "cut it with substring(), if that is right"


def _bound(detail: ErrorDetails, path: _Path, model: type[BaseModel]) -> _Told:
    context = detail.get("ctx", {})
    if "ge" in context:
        return "C105", f"must be {context['ge']} or more", None
    return "C105", f"must be {context.get('le')} or less", None


_SPECIAL: Mapping[str, Callable[[ErrorDetails, _Path, type[BaseModel]], _Told]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_pattern_mismatch": _form,
    "literal_error": _code,
    "too_short": _length,
    "too_long": _length,
    "string_too_long": _length,
    "greater_than_equal": _bound,
    "less_than_equal": _bound,
}
