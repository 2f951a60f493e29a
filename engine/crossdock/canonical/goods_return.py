"""return/v1: goods that come back: asked for, allowed, or received (EDI 180 and RETANN)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.item import Item, Lot
from crossdock.canonical.blocks.money import AllowanceCharge, Amount, Currency, Price
from crossdock.canonical.blocks.number import LineNumber
from crossdock.canonical.blocks.party import Party
from crossdock.canonical.blocks.quantity import Quantity, Unit
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note, Text, Word
from crossdock.canonical.blocks.transport import Carrier
from crossdock.canonical.consistency import Judge, entries, fields
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("return/v1")


class ReturnedLine(Item):
    """One thing that comes back, and why."""

    number: LineNumber = Field(description="Line number, unique in the return.", examples=[1])
    order_number: Identity | None = Field(None, description="The order it came with.", examples=["PO-4711"])
    order_line: LineNumber | None = Field(None, description="The line of that order.", examples=[1])
    invoice_number: Identity | None = Field(None, description="The invoice it was charged on.", examples=["INV-30044"])
    quantity: Quantity = Field(description="How many.", examples=["2"])
    unit: Unit = Field(description="Unit of the quantities.", examples=["EA"])
    accepted_quantity: Quantity | None = Field(None, description="How many were taken back.", examples=["2"])
    reason: Word = Field(
        description="`damaged`, `defective`, `wrong_item`, `overshipped`, `unwanted`, `recall`, or a code.",
        examples=["damaged"],
    )
    reason_text: Text | None = Field(None, description="Why, in words.", examples=["Thread stripped"])
    condition: Literal["new", "opened", "used", "damaged", "defective"] | None = Field(
        None, description="How it is.", examples=["defective"]
    )
    disposition: Literal["credit", "replace", "repair", "restock", "scrap", "refuse"] | None = Field(
        None, description="What becomes of it.", examples=["credit"]
    )
    unit_price: Price | None = Field(None, description="Price it was charged at.", examples=["12.50"])
    amount: Amount | None = Field(None, description="Credit for the line.", examples=["25.00"])
    lots: list[Lot] | None = Field(None, max_length=MANY, description="Lots and serial numbers.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Photos follow"]])


class Return(Block):
    """Goods on their way back, from the wish to the receipt."""

    number: Identity = Field(description="Number of the return (RMA).", examples=["RMA-1180"])
    stage: Literal["requested", "authorized", "refused", "shipped", "received", "settled"] = Field(
        description="How far it is.", examples=["authorized"]
    )
    issued_on: Day = Field(description="Day of this document.", examples=["2026-12-04"])
    valid_until: Day | None = Field(None, description="Authorized until.", examples=["2027-01-04"])
    order_number: Identity | None = Field(None, description="The order, where there is one.", examples=["PO-4711"])
    invoice_number: Identity | None = Field(
        None, description="The invoice, where there is one.", examples=["INV-30044"]
    )
    shipment_number: Identity | None = Field(None, description="The shipment it came with.", examples=["SH-70012"])
    currency: Currency | None = Field(None, description="Currency of all amounts.", examples=["USD"])
    buyer: Party = Field(description="Who returns.")
    seller: Party | None = Field(None, description="Who takes back.")
    ship_from: Party | None = Field(None, description="Where the goods are.")
    return_to: Party | None = Field(None, description="Where they go.")
    carrier: Carrier | None = Field(None, description="Who carries them.")
    tracking_number: Identity | None = Field(None, description="The carrier's number.", examples=["777-2210101"])
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Label enclosed"]])
    lines: list[ReturnedLine] = Field(min_length=1, max_length=MANY, description="What comes back.")
    allowances_charges: list[AllowanceCharge] | None = Field(
        None, max_length=FEW, description="Restocking charges and the like."
    )
    total: Amount | None = Field(None, description="Credit for all of it.", examples=["0.00"])


def _rules(document: Document) -> Iterator[Finding]:
    lines = entries(fields(document), "lines")
    yield from _JUDGE.unique(lines, "/lines", "number", "line number")
    yield from _JUDGE.identified(lines, "/lines", also="description")
    yield from _JUDGE.in_order(fields(document), "issued_on", "valid_until")


CONTRACT = Contract.shipped(
    "return/v1", Return, keys_at("number", "order_number", "lines[].order_number", "invoice_number"), _rules
)
