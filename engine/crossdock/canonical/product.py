"""product/v1: an item of the catalogue (GS1 trade item, UBL Catalogue line, EDI 832 and PRICAT)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, Block
from crossdock.canonical.blocks.dates import Day, Moment
from crossdock.canonical.blocks.gs1 import Gtin
from crossdock.canonical.blocks.item import Item
from crossdock.canonical.blocks.party import Country, Party
from crossdock.canonical.blocks.quantity import Dimensions, Measure, Quantity, Unit
from crossdock.canonical.blocks.text import Identity, Note, Text, Word
from crossdock.canonical.consistency import Judge, entries, fields
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("product/v1")


class Category(Block):
    """Where an item stands in a classification."""

    scheme: Word = Field(description="`unspsc`, `gpc`, `eclass`, or a partner's own.", examples=["unspsc"])
    code: Identity = Field(description="Its code there.", examples=["31161501"])
    name: Text | None = Field(None, description="Its name there.", examples=["Hex bolts"])


class Packaging(Block):
    """A unit the item is sold or shipped in."""

    unit: Unit = Field(description="The unit.", examples=["CT"])
    quantity: Quantity = Field(description="How many base units it holds.", examples=["100"])
    gtin: Gtin | None = Field(None, description="Its own trade item number.", examples=["10614141999993"])
    dimensions: Dimensions | None = Field(None, description="Outer size.")
    gross_weight: Measure | None = Field(None, description="Weight with packing.")
    layers: Quantity | None = Field(None, description="Layers on a pallet.", examples=["5"])
    per_layer: Quantity | None = Field(None, description="Units in a layer.", examples=["12"])


class Attribute(Block):
    """Any other property."""

    name: Text = Field(description="Its name.", examples=["thread"])
    value: Text = Field(description="Its value, as text.", examples=["M8"])
    unit: Unit | None = Field(None, description="Unit of the value.", examples=["MMT"])


class Hazard(Block):
    """What carriers must know of dangerous goods."""

    un_number: Identity = Field(description="UN number, four digits.", examples=["1993"])
    hazard_class: Identity | None = Field(None, description="Class.", examples=["3"])
    packing_group: Literal["I", "II", "III"] | None = Field(None, description="Packing group.", examples=["III"])
    proper_name: Text | None = Field(None, description="Proper shipping name.", examples=["Flammable liquid, n.o.s."])


class Product(Item):
    """An item as the catalogue describes it."""

    sku: Identity = Field(description="The number this company keeps the item under.", examples=["HB-M8-40"])
    status: Literal["draft", "active", "blocked", "discontinued"] = Field(
        "active", description="Whether it may be sold.", examples=["active"]
    )
    updated_at: Moment | None = Field(None, description="When it was last changed.", examples=["2026-11-20T06:00:00Z"])
    valid_from: Day | None = Field(None, description="Sold from.", examples=["2026-01-01"])
    valid_until: Day | None = Field(None, description="Sold until.", examples=["2027-12-31"])
    long_description: Note | None = Field(None, description="More about it.", examples=["Class 8.8, fully threaded."])
    brand: Text | None = Field(None, description="Brand.", examples=["Ironline"])
    manufacturer: Party | None = Field(None, description="Who makes it.")
    categories: list[Category] | None = Field(None, max_length=FEW, description="Where it stands in catalogues.")
    unit: Unit = Field(description="Base unit: stock and prices count in it.", examples=["EA"])
    packagings: list[Packaging] | None = Field(None, max_length=FEW, description="Units it is sold or shipped in.")
    minimum_order_quantity: Quantity | None = Field(None, description="At least so many.", examples=["10"])
    order_multiple: Quantity | None = Field(None, description="Only in multiples of.", examples=["10"])
    net_weight: Measure | None = Field(None, description="Weight without packing.")
    gross_weight: Measure | None = Field(None, description="Weight with packing.")
    dimensions: Dimensions | None = Field(None, description="Outer size.")
    country_of_origin: Country | None = Field(None, description="Where it was made.", examples=["US"])
    commodity_code: Identity | None = Field(None, description="Customs tariff number.", examples=["7318.15"])
    hazard: Hazard | None = Field(None, description="If it is dangerous goods.")
    lot_controlled: bool | None = Field(None, strict=True, description="Kept by lot.", examples=[True])
    serial_controlled: bool | None = Field(None, strict=True, description="Kept by serial number.", examples=[False])
    replaces: Identity | None = Field(None, description="SKU of its predecessor.", examples=["HB-M8-40-OLD"])
    replaced_by: Identity | None = Field(None, description="SKU of its successor.", examples=["HB-M8-40-N"])
    attributes: list[Attribute] | None = Field(None, max_length=FEW, description="Other properties.")


def _rules(document: Document) -> Iterator[Finding]:
    product = fields(document)
    yield from _JUDGE.in_order(product, "valid_from", "valid_until")
    yield from _JUDGE.unique(entries(product, "packagings"), "/packagings", "unit", "packaging unit")


CONTRACT = Contract.shipped("product/v1", Product, keys_at("sku", "gtin"), _rules)
