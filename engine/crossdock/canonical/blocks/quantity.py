"""How much: quantities with their unit of measure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from crossdock.canonical.blocks.block import Block, WithFormat
from crossdock.canonical.blocks.exact import Positive, Signed, Unsigned

UNIT = r"^[A-Z0-9]{2,3}$"

#: A code of UN/ECE Recommendation 20 or 21, or of X12 element 355, by its form. Tables say which.
Unit = Annotated[str, StringConstraints(strict=True, pattern=UNIT), WithFormat("unit")]
#: Zero or more of something.
Quantity = Unsigned
#: How many units a price is for.
BaseQuantity = Positive
#: More or less of something: stock that is oversold, an adjustment.
Change = Signed


class Measure(Block):
    """A weight, volume, length or temperature."""

    value: Signed = Field(description="How much.", examples=["12.5"])
    unit: Unit = Field(description="Unit of measure code.", examples=["KGM"])


class Dimensions(Block):
    """Outer size; all three in one unit."""

    length: Unsigned = Field(description="Longest side.", examples=["60"])
    width: Unsigned = Field(description="Shorter side.", examples=["40"])
    height: Unsigned = Field(description="Upwards.", examples=["32.5"])
    unit: Unit = Field(description="Unit of measure code.", examples=["CMT"])
