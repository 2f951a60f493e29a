"""order_acknowledgement/v1: what a seller says to an order (UBL OrderResponse, EDI 855 and ORDRSP)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.item import Item
from crossdock.canonical.blocks.money import AllowanceCharge, Amount, Currency, PaymentTerms, Price
from crossdock.canonical.blocks.number import LineNumber
from crossdock.canonical.blocks.party import Party
from crossdock.canonical.blocks.quantity import BaseQuantity, Quantity, Unit
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note, Text
from crossdock.canonical.consistency import Judge, entries, fields
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("order_acknowledgement/v1")


class Promise(Block):
    """A part of a line, and when it comes."""

    quantity: Quantity = Field(description="How many of the line.", examples=["8"])
    promised_delivery_on: Day | None = Field(None, description="There on.", examples=["2026-12-01"])
    promised_ship_on: Day | None = Field(None, description="Shipped on.", examples=["2026-11-27"])


class AcknowledgedLine(Item):
    """What the seller says to one line."""

    number: LineNumber = Field(description="Number of the line in the order.", examples=[1])
    status: Literal[
        "accepted", "accepted_with_changes", "partially_accepted", "backordered", "substituted", "held", "rejected"
    ] = Field(description="The answer.", examples=["partially_accepted"])
    reason: Text | None = Field(None, description="Why, as a code or a few words.", examples=["short of stock"])
    quantity: Quantity | None = Field(None, description="How many were ordered.", examples=["10"])
    accepted_quantity: Quantity | None = Field(None, description="How many will come.", examples=["8"])
    backordered_quantity: Quantity | None = Field(None, description="How many will come later.", examples=["2"])
    rejected_quantity: Quantity | None = Field(None, description="How many will not come.", examples=["0"])
    unit: Unit | None = Field(None, description="Unit of the quantities.", examples=["EA"])
    unit_price: Price | None = Field(None, description="Net price of one unit.", examples=["12.50"])
    price_base_quantity: BaseQuantity | None = Field(
        None, description="How many units `unit_price` is for, if not one.", examples=["1"]
    )
    amount: Amount | None = Field(None, description="What the line comes to.", examples=["125.00"])
    promised_delivery_on: Day | None = Field(None, description="There on.", examples=["2026-12-01"])
    promised_ship_on: Day | None = Field(None, description="Shipped on.", examples=["2026-11-27"])
    schedules: list[Promise] | None = Field(None, max_length=FEW, description="Partial deliveries that are promised.")
    substitute: Item | None = Field(None, description="What comes in its place.")
    notes: list[Note] | None = Field(
        None, max_length=FEW, description="For people.", examples=[["Rest by mid-December"]]
    )


class OrderAcknowledgement(Block):
    """A seller's answer to a purchase order."""

    order_number: Identity = Field(description="The buyer's number for the order.", examples=["PO-4711"])
    number: Identity | None = Field(None, description="Number of the answer itself.", examples=["ACK-88120"])
    seller_order_number: Identity | None = Field(None, description="The seller's number.", examples=["SO-20931"])
    status: Literal["received", "accepted", "accepted_with_changes", "partially_accepted", "held", "rejected"] = Field(
        description="The answer as a whole.", examples=["partially_accepted"]
    )
    acknowledged_on: Day = Field(description="Day of the answer.", examples=["2026-11-21"])
    ordered_on: Day | None = Field(None, description="Day of the order.", examples=["2026-11-20"])
    promised_delivery_on: Day | None = Field(None, description="All of it there on.", examples=["2026-12-01"])
    promised_ship_on: Day | None = Field(None, description="All of it shipped on.", examples=["2026-11-27"])
    currency: Currency | None = Field(None, description="Currency of all amounts.", examples=["USD"])
    buyer: Party | None = Field(None, description="Who ordered.")
    seller: Party | None = Field(None, description="Who answers.")
    ship_to: Party | None = Field(None, description="Where the goods go.")
    bill_to: Party | None = Field(None, description="Who gets the invoice.")
    payment_terms: PaymentTerms | None = Field(None, description="When to pay.")
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Thank you"]])
    lines: list[AcknowledgedLine] | None = Field(None, max_length=MANY, description="The answer, line by line.")
    allowances_charges: list[AllowanceCharge] | None = Field(None, max_length=FEW, description="Of the whole order.")
    total: Amount | None = Field(None, description="What the order comes to.", examples=["162.00"])


def _rules(document: Document) -> Iterator[Finding]:
    lines = entries(fields(document), "lines")
    yield from _JUDGE.unique(lines, "/lines", "number", "line number")


CONTRACT = Contract.shipped(
    "order_acknowledgement/v1",
    OrderAcknowledgement,
    keys_at("order_number", "number", "seller_order_number"),
    _rules,
)
