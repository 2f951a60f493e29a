"""price_list/v1: what items cost, for whom and when (UBL PriceList, EDI 832 and PRICAT)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.item import Item
from crossdock.canonical.blocks.money import Currency, Percent, Price
from crossdock.canonical.blocks.party import Party
from crossdock.canonical.blocks.quantity import BaseQuantity, Quantity, Unit
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note, Text, Word
from crossdock.canonical.consistency import Judge, entries, fields
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("price_list/v1")


class PriceBreak(Block):
    """A lower price for more of it."""

    minimum_quantity: Quantity = Field(description="From so many on.", examples=["100"])
    unit_price: Price = Field(description="Price of one unit then.", examples=["11.75"])


class ItemPrice(Item):
    """The price of one item."""

    unit: Unit = Field(description="Unit that is priced.", examples=["EA"])
    unit_price: Price = Field(description="Price of one unit.", examples=["12.50"])
    price_base_quantity: BaseQuantity | None = Field(
        None, description="How many units `unit_price` is for, if not one.", examples=["1"]
    )
    minimum_quantity: Quantity | None = Field(None, description="Only from so many on.", examples=["10"])
    breaks: list[PriceBreak] | None = Field(None, max_length=FEW, description="Prices for larger quantities.")
    list_price: Price | None = Field(None, description="Price before discount.", examples=["15.00"])
    discount_percent: Percent | None = Field(None, description="Discount on it.", examples=["16.67"])
    valid_from: Day | None = Field(None, description="From, if not with the list.", examples=["2027-01-01"])
    valid_until: Day | None = Field(None, description="Until, if not with the list.", examples=["2027-06-30"])
    action: Literal["add", "change", "delete"] | None = Field(
        None, description="In a list of changes: what happens to the entry.", examples=["change"]
    )


class PriceList(Block):
    """Prices of a seller, for everyone, a group or one buyer."""

    number: Identity = Field(description="Number of the list.", examples=["PL-2027-01"])
    name: Text | None = Field(None, description="Its name.", examples=["Distributors, first half of 2027"])
    type: Literal["list", "contract", "promotion", "cost"] = Field(
        "list", description="What kind of prices they are.", examples=["contract"]
    )
    scope: Literal["full", "changes"] = Field(
        "full", description="All entries, or only those that changed.", examples=["changes"]
    )
    issued_on: Day | None = Field(None, description="Day of the list.", examples=["2026-12-01"])
    valid_from: Day = Field(description="From.", examples=["2027-01-01"])
    valid_until: Day | None = Field(None, description="Until; without end if absent.", examples=["2027-06-30"])
    currency: Currency = Field(description="Currency of all prices.", examples=["USD"])
    taxes_included: bool | None = Field(None, strict=True, description="Prices contain tax.", examples=[False])
    seller: Party | None = Field(None, description="Whose prices they are.")
    buyer: Party | None = Field(None, description="Whom they are for, if one buyer.")
    customer_group: Word | None = Field(None, description="Whom they are for, if a group.", examples=["distributors"])
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(
        None, max_length=FEW, description="For people.", examples=[["Net, without freight"]]
    )
    prices: list[ItemPrice] = Field(min_length=1, max_length=MANY, description="The prices.")


def _rules(document: Document) -> Iterator[Finding]:
    price_list = fields(document)
    prices = entries(price_list, "prices")
    yield from _JUDGE.in_order(price_list, "valid_from", "valid_until")
    yield from _JUDGE.identified(prices, "/prices")
    for position, price in enumerate(prices):
        yield from _JUDGE.in_order(price, "valid_from", "valid_until", f"/prices/{position}")


CONTRACT = Contract.shipped("price_list/v1", PriceList, keys_at("number"), _rules)
