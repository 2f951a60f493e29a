"""Check digits of GS1 keys (GS1 General Specifications, 7.9.1): GTIN, GLN and SSCC share one rule.

A key with a wrong check digit is refused. It names nothing: whoever receives it will refuse it, or ship what a
neighbouring number stands for. Who must carry such a value gives it as what it is, an id of the partner's own scheme.
"""

from __future__ import annotations

import functools
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from crossdock.canonical.blocks.block import WithFormat

GTIN = r"^(?:[0-9]{8}|[0-9]{12,14})$"
GLN = r"^[0-9]{13}$"
SSCC = r"^[0-9]{18}$"
_ASCII_ZERO = 48


@functools.lru_cache(maxsize=8192)  # the items of a catalogue come again and again, and a look costs a tenth
def check_digit(body: str) -> str:
    """The digit that follows ``body`` (digits only): weights 3 and 1 in turn, from the right."""
    codes = body.encode("ascii")
    heavy, light = codes[::-2], codes[-2::-2]
    total = 3 * (sum(heavy) - _ASCII_ZERO * len(heavy)) + sum(light) - _ASCII_ZERO * len(light)
    return str(-total % 10)


def checked(key: str) -> str:
    """``key`` (digits only) itself, if its last digit is right."""
    expected = check_digit(key[:-1])
    if key[-1] != expected:
        hint = f"after {key[:-1]} the check digit is {expected}; a number that is not GS1's goes under another scheme"
        raise PydanticCustomError("C110", "has a wrong check digit", {"hint": hint})
    return key


def _key(pattern: str) -> StringConstraints:
    return StringConstraints(strict=True, pattern=pattern)


#: Global Trade Item Number: 8, 12, 13 or 14 digits, as it was given (never padded).
Gtin = Annotated[str, _key(GTIN), AfterValidator(checked), WithFormat("gtin")]
#: Serial Shipping Container Code: 18 digits.
Sscc = Annotated[str, _key(SSCC), AfterValidator(checked), WithFormat("sscc")]
