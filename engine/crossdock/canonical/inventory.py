"""inventory/v1: what is in stock, or what changed about it (EDI 846, 947 and INVRPT, GS1 inventory report)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day, Moment
from crossdock.canonical.blocks.item import Item
from crossdock.canonical.blocks.party import Party
from crossdock.canonical.blocks.quantity import Change, Unit
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note, Text, Word
from crossdock.canonical.consistency import Fields, Judge, entries, fields
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("inventory/v1")
_COUNTS = frozenset(
    {"on_hand", "available", "allocated", "on_order", "in_transit", "damaged", "quarantined", "backordered"}
)


class StockItem(Item):
    """One item at one place. Quantities may be below zero: stock that is oversold is."""

    unit: Unit = Field(description="Unit of all quantities.", examples=["EA"])
    on_hand: Change | None = Field(None, description="Physically there.", examples=["420"])
    available: Change | None = Field(None, description="Free to promise.", examples=["380"])
    allocated: Change | None = Field(None, description="There, but promised.", examples=["40"])
    on_order: Change | None = Field(None, description="Ordered, not yet on the way.", examples=["500"])
    in_transit: Change | None = Field(None, description="On the way.", examples=["100"])
    damaged: Change | None = Field(None, description="There, but damaged.", examples=["2"])
    quarantined: Change | None = Field(None, description="There, but blocked.", examples=["0"])
    backordered: Change | None = Field(None, description="Promised, not there.", examples=["0"])
    change: Change | None = Field(None, description="Adjustment: more, or with a minus less.", examples=["-2"])
    reason: Word | None = Field(
        None, description="Adjustment: `receipt`, `shipment`, `count`, `damage`, or a code.", examples=["damage"]
    )
    counted_at: Moment | None = Field(
        None, description="When this item was counted, if not with the rest.", examples=["2026-11-20T05:12:00Z"]
    )
    bin: Identity | None = Field(None, description="Shelf or bin.", examples=["A-14-03"])
    lot: Identity | None = Field(None, description="Lot or batch number.", examples=["L26-0417"])
    expires_on: Day | None = Field(None, description="Not to be used after.", examples=["2028-12-01"])
    serial_numbers: list[Identity] | None = Field(
        None, max_length=MANY, description="Serial numbers.", examples=[["SN-000451"]]
    )
    next_receipt_on: Day | None = Field(None, description="More is expected on.", examples=["2026-12-08"])
    note: Text | None = Field(None, description="For people.", examples=["Two boxes crushed"])


class Inventory(Block):
    """Stock of a place: a snapshot of it, or adjustments to it. One item or many."""

    type: Literal["snapshot", "adjustment"] = Field(
        description="A snapshot replaces what was known of its items; an adjustment adds to it.", examples=["snapshot"]
    )
    number: Identity | None = Field(None, description="Number of the report.", examples=["INV-20261120-1"])
    taken_at: Moment = Field(description="When the stock was so.", examples=["2026-11-20T06:00:00Z"])
    complete: bool | None = Field(
        None, strict=True, description="Snapshot: items that are not listed are out of stock.", examples=[False]
    )
    location: Party = Field(description="Warehouse, store or site.")
    owner: Party | None = Field(None, description="Whose stock it is, if not the location's.")
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(
        None, max_length=FEW, description="For people.", examples=[["Cycle count, aisle A"]]
    )
    items: list[StockItem] = Field(min_length=1, max_length=MANY, description="The items.")


def _rules(document: Document) -> Iterator[Finding]:
    inventory = fields(document)
    items = entries(inventory, "items")
    yield from _JUDGE.identified(items, "/items")
    check = _counted if inventory["type"] == "snapshot" else _changed
    for position, item in enumerate(items):
        yield from check(item, f"/items/{position}")


def _counted(item: Fields, where: str) -> Iterator[Finding]:
    if _COUNTS.isdisjoint(item):
        yield from _JUDGE.required(item, ("on_hand",), where, "a snapshot gives it, or another quantity")


def _changed(item: Fields, where: str) -> Iterator[Finding]:
    yield from _JUDGE.required(item, ("change",), where, "an adjustment gives it")


CONTRACT = Contract.shipped("inventory/v1", Inventory, keys_at("number", "items[].sku"), _rules)
