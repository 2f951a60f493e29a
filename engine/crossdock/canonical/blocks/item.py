"""What: the ways to name an item, shared by the lines of every contract."""

from __future__ import annotations

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.gs1 import Gtin
from crossdock.canonical.blocks.identifier import Identifier
from crossdock.canonical.blocks.quantity import Quantity
from crossdock.canonical.blocks.text import Identity, Text


class Item(Block):
    """The ids of an item, and what it is called."""

    sku: Identity | None = Field(
        None, description="The number this company keeps the item under; what routes use.", examples=["HB-M8-40"]
    )
    gtin: Gtin | None = Field(None, description="GS1 trade item number (UPC, EAN).", examples=["00614141999996"])
    buyer_item: Identity | None = Field(None, description="The buyer's number for it.", examples=["100-4417"])
    seller_item: Identity | None = Field(None, description="The seller's number for it.", examples=["HB-M8-40"])
    manufacturer_item: Identity | None = Field(None, description="The manufacturer's number.", examples=["933-8-40"])
    item_ids: list[Identifier] | None = Field(None, max_length=FEW, description="Any other ids.")
    description: Text | None = Field(None, description="What it is.", examples=["Hex bolt M8 x 40, zinc"])


class Lot(Block):
    """A batch of an item, with its dates and serial numbers."""

    number: Identity = Field(description="Lot or batch number.", examples=["L26-0417"])
    quantity: Quantity | None = Field(None, description="How many of the line are of this lot.", examples=["10"])
    produced_on: Day | None = Field(None, description="Day of production.", examples=["2026-09-02"])
    best_before: Day | None = Field(None, description="Best before.", examples=["2028-09-01"])
    expires_on: Day | None = Field(None, description="Not to be used after.", examples=["2028-12-01"])
    serial_numbers: list[Identity] | None = Field(
        None, max_length=MANY, description="Serial numbers.", examples=[["SN-000451"]]
    )
