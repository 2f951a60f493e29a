"""shipment/v1: what left for a customer, and how it is packed (UBL DespatchAdvice, EDI 856, 945 and DESADV)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day, Moment
from crossdock.canonical.blocks.gs1 import Sscc
from crossdock.canonical.blocks.item import Item, Lot
from crossdock.canonical.blocks.number import Count, LineNumber
from crossdock.canonical.blocks.party import Party
from crossdock.canonical.blocks.quantity import Dimensions, Measure, Quantity, Unit
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note, Word
from crossdock.canonical.blocks.transport import Carrier, DeliveryTerms
from crossdock.canonical.consistency import ZERO, Fields, Judge, entries, fields, number
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("shipment/v1")


class ShippedLine(Item):
    """One thing that was shipped, and what is still owed of it."""

    number: LineNumber = Field(description="Line number, unique in the shipment.", examples=[1])
    order_number: Identity | None = Field(None, description="The order it answers.", examples=["PO-4711"])
    order_line: LineNumber | None = Field(None, description="The line of that order.", examples=[1])
    quantity: Quantity = Field(description="How many were shipped.", examples=["8"])
    unit: Unit = Field(description="Unit of all quantities of the line.", examples=["EA"])
    ordered_quantity: Quantity | None = Field(None, description="How many were ordered.", examples=["10"])
    backordered_quantity: Quantity | None = Field(None, description="How many will follow.", examples=["2"])
    cancelled_quantity: Quantity | None = Field(None, description="How many will never follow.", examples=["0"])
    status: Literal["complete", "partial", "backordered", "substituted", "cancelled"] | None = Field(
        None, description="How the line stands now.", examples=["partial"]
    )
    substitute_for: Item | None = Field(None, description="What was ordered, where something else was shipped.")
    lots: list[Lot] | None = Field(None, max_length=MANY, description="Lots and serial numbers.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Rest on 8 December"]])


class PackContent(Block):
    """How much of a line is in a pack."""

    line: LineNumber = Field(description="Number of the line.", examples=[1])
    quantity: Quantity = Field(description="How many of it, in the line's unit.", examples=["8"])
    lot: Identity | None = Field(None, description="Lot or batch number.", examples=["L26-0417"])
    serial_numbers: list[Identity] | None = Field(
        None, max_length=MANY, description="Serial numbers.", examples=[["SN-000451"]]
    )


class Pack(Block):
    """A pallet, carton or the like. Packs are listed flat; `inside` says which one stands in which."""

    number: LineNumber = Field(description="Number of the pack, unique in the shipment.", examples=[1])
    inside: LineNumber | None = Field(None, description="Number of the pack around it.")
    type: Word | None = Field(None, description="`pallet`, `carton`, or a UN/ECE Rec. 21 code.", examples=["carton"])
    sscc: Sscc | None = Field(None, description="Serial Shipping Container Code.", examples=["106141410000000019"])
    marks: Identity | None = Field(None, description="Any other mark on it.", examples=["1 of 1"])
    tracking_number: Identity | None = Field(None, description="The carrier's number for it.", examples=["1Z999AA1"])
    count: Count | None = Field(None, description="How many alike this entry stands for, if not one.", examples=[1])
    gross_weight: Measure | None = Field(None, description="Weight with packing.")
    dimensions: Dimensions | None = Field(None, description="Outer size.")
    contents: list[PackContent] | None = Field(None, max_length=MANY, description="What is in it, not counting packs.")


class Shipment(Block):
    """Goods on their way: what, from where, to whom, in which packs, and what is still owed."""

    number: Identity = Field(description="The shipper's number.", examples=["SH-70012"])
    purpose: Literal["original", "replacement", "change", "cancellation"] = Field(
        "original", description="What this document does to the shipment.", examples=["original"]
    )
    status: Literal["planned", "shipped", "in_transit", "delivered", "cancelled"] | None = Field(
        None, description="Where it is.", examples=["shipped"]
    )
    shipped_at: Moment | None = Field(
        None, description="When it left, to the minute.", examples=["2026-11-27T16:40:00-06:00"]
    )
    shipped_on: Day = Field(description="Day on which it leaves or left.", examples=["2026-11-27"])
    expected_delivery_on: Day | None = Field(None, description="Expected there on.", examples=["2026-12-01"])
    order_number: Identity | None = Field(None, description="The order, where there is one.", examples=["PO-4711"])
    buyer: Party | None = Field(None, description="Who ordered.")
    seller: Party | None = Field(None, description="Who sells.")
    ship_from: Party | None = Field(None, description="Where it leaves.")
    ship_to: Party = Field(description="Where it goes.")
    bill_to: Party | None = Field(None, description="Who gets the invoice.")
    carrier: Carrier | None = Field(None, description="Who carries it.")
    delivery_terms: DeliveryTerms | None = Field(None, description="Who pays and bears the risk until where.")
    bill_of_lading: Identity | None = Field(None, description="Bill of lading or waybill.", examples=["BOL-55120"])
    tracking_number: Identity | None = Field(None, description="The carrier's number.", examples=["777-2210094"])
    vehicle: Identity | None = Field(None, description="Trailer, container or wagon.", examples=["TRLR 5521"])
    seals: list[Identity] | None = Field(None, max_length=FEW, description="Seal numbers.", examples=[["S-90211"]])
    pack_count: Count | None = Field(None, description="How many packs are handed over.", examples=[1])
    gross_weight: Measure | None = Field(None, description="Weight of all with packing.")
    volume: Measure | None = Field(None, description="Volume of all.")
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Dock 4"]])
    lines: list[ShippedLine] = Field(min_length=1, max_length=MANY, description="What was shipped.")
    packs: list[Pack] | None = Field(None, max_length=MANY, description="How it is packed.")


def _rules(document: Document) -> Iterator[Finding]:
    shipment = fields(document)
    lines, packs = entries(shipment, "lines"), entries(shipment, "packs")
    yield from _JUDGE.unique(lines, "/lines", "number", "line number")
    yield from _JUDGE.identified(lines, "/lines", also="description")
    yield from _JUDGE.in_order(shipment, "shipped_on", "expected_delivery_on")
    if packs:
        yield from _JUDGE.unique(packs, "/packs", "number", "pack number")
        yield from _JUDGE.unique(packs, "/packs", "sscc", "SSCC")
        yield from _nesting(packs)
        yield from _contents(lines, packs)


def _nesting(packs: list[Fields]) -> Iterator[Finding]:
    """Every pack around a pack is there, and none is around itself."""
    around = {pack["number"]: pack.get("inside") for pack in packs}
    settled: set[Document] = {None}  # packs that are known to lie in no circle
    for position, pack in enumerate(packs):
        where = f"/packs/{position}/inside"
        yield from _JUDGE.known(pack.get("inside"), around, where, "pack")
        path: dict[Document, None] = {}
        here: Document = pack["number"]
        while here not in settled and here not in path:
            path[here] = None
            here = around.get(here)
        if here in path:
            yield _JUDGE.cycle(where, here)
        settled.update(path)


def _contents(lines: list[Fields], packs: list[Fields]) -> Iterator[Finding]:
    """What is packed is on a line; and where packs say what is in them, it is what was shipped."""
    packed = {line["number"]: ZERO for line in lines}
    for position, pack in enumerate(packs):
        alike = cast("int", pack.get("count", 1))
        for index, content in enumerate(entries(pack, "contents")):
            line = content["line"]
            yield from _JUDGE.known(line, packed, f"/packs/{position}/contents/{index}/line", "line")
            packed[line] = packed.get(line, ZERO) + alike * (number(content, "quantity") or ZERO)
    if any(packed.values()):
        for position, entry in enumerate(lines):
            yield from _JUDGE.comes_to(entry, "quantity", packed[entry["number"]], f"/lines/{position}")


CONTRACT = Contract.shipped(
    "shipment/v1",
    Shipment,
    keys_at("number", "order_number", "lines[].order_number", "bill_of_lading", "tracking_number", "packs[].sscc"),
    _rules,
)
