"""order/v1: what a buyer orders (UBL Order, EDI 850 and ORDERS, OAGIS PurchaseOrder)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.item import Item
from crossdock.canonical.blocks.money import AllowanceCharge, Amount, Currency, PaymentTerms, Price, Tax
from crossdock.canonical.blocks.number import LineNumber
from crossdock.canonical.blocks.party import Party
from crossdock.canonical.blocks.quantity import BaseQuantity, Quantity, Unit
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note
from crossdock.canonical.blocks.transport import Carrier, DeliveryTerms
from crossdock.canonical.consistency import Judge, entries, fields
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("order/v1")


class Schedule(Block):
    """A part of a line that is wanted on its own day or at its own place."""

    quantity: Quantity = Field(description="How many of the line.", examples=["10"])
    requested_delivery_on: Day | None = Field(None, description="Wanted there on.", examples=["2026-12-01"])
    requested_ship_on: Day | None = Field(None, description="Wanted shipped on.", examples=["2026-11-27"])
    ship_to: Party | None = Field(None, description="Where this part goes, if not where the line goes.")


class OrderLine(Item):
    """One thing that is ordered. It names an item, or at least describes one."""

    number: LineNumber = Field(description="Line number, unique in the order.", examples=[1])
    quantity: Quantity = Field(description="How many.", examples=["10"])
    unit: Unit = Field(description="Unit of `quantity`.", examples=["EA"])
    unit_price: Price | None = Field(None, description="Net price of one unit.", examples=["12.50"])
    price_base_quantity: BaseQuantity | None = Field(
        None, description="How many units `unit_price` is for, if not one.", examples=["1"]
    )
    amount: Amount | None = Field(None, description="What the line comes to.", examples=["125.00"])
    requested_delivery_on: Day | None = Field(None, description="Wanted there on.", examples=["2026-12-01"])
    requested_ship_on: Day | None = Field(None, description="Wanted shipped on.", examples=["2026-11-27"])
    schedules: list[Schedule] | None = Field(None, max_length=FEW, description="Partial deliveries that are wanted.")
    ship_to: Party | None = Field(None, description="Where the line goes, if not where the order goes.")
    allowances_charges: list[AllowanceCharge] | None = Field(None, max_length=FEW, description="Of this line.")
    taxes: list[Tax] | None = Field(None, max_length=FEW, description="Of this line.")
    references: list[Reference] | None = Field(None, max_length=FEW, description="Of this line.")
    notes: list[Note] | None = Field(
        None, max_length=FEW, description="Of this line.", examples=[["Pack in boxes of 5"]]
    )


class Order(Block):
    """A purchase order as its buyer placed it."""

    number: Identity = Field(description="The buyer's number for the order.", examples=["PO-4711"])
    purpose: Literal["original", "replacement", "change", "confirmation", "duplicate", "cancellation"] = Field(
        "original", description="What this document does to the order.", examples=["original"]
    )
    type: Literal["standard", "rush", "blanket", "release", "drop_ship", "consignment", "sample", "return"] | None = (
        Field(None, description="What kind of order it is.", examples=["standard"])
    )
    status: (
        Literal["open", "held", "accepted", "rejected", "partially_shipped", "shipped", "closed", "cancelled"] | None
    ) = Field(None, description="Where the order stands, if the sender says so.", examples=["open"])
    release_number: Identity | None = Field(None, description="Release of a blanket order.", examples=["3"])
    ordered_on: Day = Field(description="Day of the order.", examples=["2026-11-20"])
    requested_delivery_on: Day | None = Field(None, description="Wanted there on.", examples=["2026-12-01"])
    requested_ship_on: Day | None = Field(None, description="Wanted shipped on.", examples=["2026-11-27"])
    ship_not_before: Day | None = Field(None, description="Not to be shipped before.", examples=["2026-11-23"])
    ship_not_after: Day | None = Field(None, description="Not to be shipped after.", examples=["2026-11-30"])
    deliver_not_before: Day | None = Field(None, description="Not to arrive before.", examples=["2026-11-25"])
    deliver_not_after: Day | None = Field(None, description="Not to arrive after.", examples=["2026-12-04"])
    cancel_after: Day | None = Field(None, description="Cancelled if not shipped by then.", examples=["2026-12-05"])
    currency: Currency = Field(description="Currency of all amounts.", examples=["USD"])
    buyer: Party = Field(description="Who orders.")
    seller: Party | None = Field(None, description="Who is to deliver.")
    ship_to: Party | None = Field(None, description="Where the goods go.")
    bill_to: Party | None = Field(None, description="Who gets the invoice.")
    ship_from: Party | None = Field(None, description="Where the goods are to come from.")
    carrier: Carrier | None = Field(None, description="How they are to travel.")
    delivery_terms: DeliveryTerms | None = Field(None, description="Who pays and bears the risk until where.")
    payment_terms: PaymentTerms | None = Field(None, description="When to pay.")
    customer_order_number: Identity | None = Field(
        None, description="The order of the buyer's own customer.", examples=["WEB-90017"]
    )
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(
        None, max_length=FEW, description="For people.", examples=[["Call before delivery"]]
    )
    lines: list[OrderLine] = Field(min_length=1, max_length=MANY, description="What is ordered.")
    allowances_charges: list[AllowanceCharge] | None = Field(None, max_length=FEW, description="Of the whole order.")
    taxes: list[Tax] | None = Field(None, max_length=FEW, description="Of the whole order.")
    total: Amount | None = Field(
        None, description="What the buyer expects to pay, everything included.", examples=["162.00"]
    )


def _rules(document: Document) -> Iterator[Finding]:
    lines = entries(fields(document), "lines")
    yield from _JUDGE.unique(lines, "/lines", "number", "line number")
    yield from _JUDGE.identified(lines, "/lines", also="description")


CONTRACT = Contract.shipped("order/v1", Order, keys_at("number", "customer_order_number"), _rules)
