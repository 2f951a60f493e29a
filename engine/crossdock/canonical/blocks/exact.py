"""Exact decimals: a ``Decimal``, an ``int`` or decimal text (``12.50``) becomes a ``Decimal`` of at most 18 digits.

A float is never read, because its error is already in it. Neither are NaN, infinity, a bool, or text with an exponent
or group separators. A ``Decimal`` in exponent form (``1E+3``, what JSON's ``1e3`` decodes to) is a number like any
other and is written out. The number of digits is bounded: more of them is an unrounded division, or an attack.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

MAX_DIGITS = 18  # what DECIMAL(18, n) columns, X12 R 1/18 and EDIFACT n..18 can hold
_ZERO = Decimal(0)
_LIMIT = 10**MAX_DIGITS
_TEXT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


def exact(value: object) -> Decimal:
    """The value as an exact decimal. On the hot path: the first branch is the usual one."""
    if type(value) is Decimal:
        text = str(value)
        if len(text) <= MAX_DIGITS and "E" not in text and value.is_finite():
            return value
        return _written_out(value)
    if type(value) is int:
        if -_LIMIT < value < _LIMIT:
            return Decimal(value)
        raise _too_long()
    if type(value) is str:
        return _from_text(value)
    raise PydanticCustomError("C105", "must be an exact decimal number", {"hint": _hint(value)})


def exact_or_zero(value: object) -> Decimal:
    """The same, never below zero. Text that starts with a digit has no sign and is neither NaN nor infinity."""
    if type(value) is Decimal and "0" <= (text := str(value)) < ":" and len(text) <= MAX_DIGITS and "E" not in text:
        return value
    number = exact(value)
    if number < _ZERO:
        raise PydanticCustomError("C105", "must not be negative")
    return number


def exact_above_zero(value: object) -> Decimal:
    """The same, never zero either: what something is divided by."""
    number = exact(value)
    if number <= _ZERO:
        raise PydanticCustomError("C105", "must be more than zero")
    return number


def _hint(value: object) -> str:
    if type(value) is float:
        return "a float is not exact; send it as text or as a decimal"
    return "write 12.50 or '12.50'"


def _from_text(text: str) -> Decimal:
    if len(text) > MAX_DIGITS + 3:  # the digits, a sign, a zero and a point
        raise _too_long()
    if _TEXT.fullmatch(text):
        return Decimal(text) if len(text) <= MAX_DIGITS else _written_out(Decimal(text))
    hint = "digits, with '.' before the fraction and no group separators: 1234.50"
    raise PydanticCustomError("C105", "is not a decimal number", {"hint": hint})


def _written_out(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise PydanticCustomError("C105", "must be a finite number")
    _, digits, exponent = number.as_tuple()
    power = int(exponent)
    if max(len(digits), len(digits) + power, -power) > MAX_DIGITS:
        raise _too_long()
    return Decimal(f"{number:f}") if power > 0 else number


def _too_long() -> PydanticCustomError:
    return PydanticCustomError("C105", "has more than 18 digits", {"hint": "round it to the places it needs"})


@dataclass(frozen=True, slots=True)
class _Exact:
    """Tells pydantic which of the functions above reads a field, and what JSON Schema says about it."""

    read: Callable[[object], Decimal]
    lowest: str = ""  # the keyword of JSON Schema that sets zero as the bound, if there is one

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        sign = "" if self.lowest else "-?"
        bounds = {self.lowest: 0} if self.lowest else {}
        pattern = rf"^{sign}[0-9]+(\.[0-9]+)?$"
        return {"type": ["number", "string"], "format": "decimal", "pattern": pattern, **bounds}


#: Any exact decimal.
Signed = Annotated[Decimal, _Exact(exact)]
#: An exact decimal that is zero or more.
Unsigned = Annotated[Decimal, _Exact(exact_or_zero, "minimum")]
#: An exact decimal that is more than zero.
Positive = Annotated[Decimal, _Exact(exact_above_zero, "exclusiveMinimum")]
