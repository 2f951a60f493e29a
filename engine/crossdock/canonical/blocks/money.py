"""What it costs: amounts, allowances and charges, taxes, terms of payment.

A document has one currency and all its amounts are in it. Allowances and charges are positive: `kind` says which way
they go.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crossdock.canonical.blocks.block import Block, WithFormat
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.exact import Signed, Unsigned
from crossdock.canonical.blocks.number import Days
from crossdock.canonical.blocks.quantity import Quantity, Unit
from crossdock.canonical.blocks.text import Text, Word

CURRENCY = r"^[A-Z]{3}$"

#: ISO 4217 alphabetic code, by its form.
Currency = Annotated[str, StringConstraints(strict=True, pattern=CURRENCY), WithFormat("currency")]
#: Money, in the document's currency; negative where it flows back.
Amount = Signed
#: Price of one unit (or of `price_base_quantity` units); nothing costs less than nothing.
Price = Unsigned
#: Per cent: 19 means 19 %.
Percent = Unsigned


class AllowanceCharge(Block):
    """Something taken off (allowance) or added (charge): discount, freight, handling, deposit."""

    kind: Literal["allowance", "charge"] = Field(description="Taken off, or added.", examples=["charge"])
    type: Word | None = Field(
        None, description="What for: `discount`, `freight`, `handling`, or a partner's code.", examples=["freight"]
    )
    description: Text | None = Field(None, description="What for, in words.", examples=["Freight, prepaid and added"])
    amount: Unsigned = Field(description="How much, never negative.", examples=["25.00"])
    percent: Percent | None = Field(None, description="The rate it was computed with.", examples=["20"])
    base: Amount | None = Field(None, description="What the rate was applied to.", examples=["125.00"])
    quantity: Quantity | None = Field(None, description="For allowances per unit: how many.", examples=["10"])
    unit: Unit | None = Field(None, description="Unit of `quantity`.", examples=["EA"])


class Tax(Block):
    """One tax at one rate."""

    type: Word = Field(description="`vat`, `sales`, `gst`, `excise`, or a code.", examples=["sales"])
    category: Word | None = Field(None, description="Category code such as UN/ECE 5305: S, Z, E, AE.", examples=["S"])
    rate: Percent | None = Field(None, description="Per cent.", examples=["8"])
    base: Amount | None = Field(None, description="What the rate was applied to.", examples=["150.00"])
    amount: Amount = Field(description="The tax.", examples=["12.00"])
    jurisdiction: Text | None = Field(None, description="State, county or city that takes it.", examples=["TN"])
    exemption: Text | None = Field(None, description="Why none is due, or a certificate number.", examples=["EX-1187"])


class PaymentTerms(Block):
    """When to pay, and what for paying early."""

    description: Text | None = Field(None, description="The terms in words.", examples=["2 % 10 days, net 30"])
    net_days: Days | None = Field(None, description="Days until due.", examples=[30])
    due_on: Day | None = Field(None, description="Day on which it is due.", examples=["2026-12-20"])
    discount_percent: Percent | None = Field(None, description="Discount for paying early.", examples=["2"])
    discount_days: Days | None = Field(None, description="Days in which the discount holds.", examples=[10])
    discount_due_on: Day | None = Field(None, description="Last day of the discount.", examples=["2026-11-30"])
    discount_amount: Amount | None = Field(None, description="The discount in money.", examples=["3.24"])
