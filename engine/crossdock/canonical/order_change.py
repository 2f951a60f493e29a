"""order_change/v1: what a buyer changes about an order placed before (UBL OrderChange, EDI 860 and ORDCHG)."""

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
from crossdock.canonical.blocks.quantity import BaseQuantity, Change, Quantity, Unit
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note
from crossdock.canonical.consistency import Judge, entries, fields
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("order_change/v1")


class ChangedLine(Item):
    """What changes about one line. Fields that are absent stay as they were."""

    number: LineNumber = Field(description="Number of the line in the order.", examples=[1])
    action: Literal["add", "change", "delete", "replace", "none"] = Field(
        description="What happens to the line.", examples=["change"]
    )
    quantity: Quantity | None = Field(None, description="The new quantity of the line.", examples=["12"])
    quantity_change: Change | None = Field(None, description="More, or with a minus less.", examples=["2"])
    quantity_open: Quantity | None = Field(None, description="How many are still to come.", examples=["12"])
    unit: Unit | None = Field(None, description="Unit of the quantities.", examples=["EA"])
    unit_price: Price | None = Field(None, description="The new net price of one unit.", examples=["12.25"])
    price_base_quantity: BaseQuantity | None = Field(
        None, description="How many units `unit_price` is for, if not one.", examples=["1"]
    )
    amount: Amount | None = Field(None, description="What the line now comes to.", examples=["147.00"])
    requested_delivery_on: Day | None = Field(None, description="Now wanted there on.", examples=["2026-12-03"])
    requested_ship_on: Day | None = Field(None, description="Now wanted shipped on.", examples=["2026-12-01"])
    ship_to: Party | None = Field(None, description="Where the line goes now.")
    reason: Identity | None = Field(None, description="Why, as a code or a few words.", examples=["forecast"])
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Raised by 2"]])


class OrderChange(Block):
    """A change to a purchase order. Fields that are absent stay as they were."""

    order_number: Identity = Field(description="The order that is changed.", examples=["PO-4711"])
    number: Identity | None = Field(None, description="Number of the change itself.", examples=["PO-4711-1"])
    sequence: LineNumber | None = Field(None, description="Which change of the order this is.", examples=[1])
    purpose: Literal["change", "replacement", "cancellation"] = Field(
        "change", description="Cancellation ends the order; a replacement gives all of it anew.", examples=["change"]
    )
    changed_on: Day = Field(description="Day of the change.", examples=["2026-11-22"])
    ordered_on: Day | None = Field(None, description="Day of the order.", examples=["2026-11-20"])
    requested_delivery_on: Day | None = Field(None, description="Now wanted there on.", examples=["2026-12-03"])
    requested_ship_on: Day | None = Field(None, description="Now wanted shipped on.", examples=["2026-12-01"])
    cancel_after: Day | None = Field(None, description="Now cancelled if not shipped by then.", examples=["2026-12-08"])
    currency: Currency | None = Field(None, description="Currency of all amounts.", examples=["USD"])
    buyer: Party = Field(description="Who ordered.")
    seller: Party | None = Field(None, description="Who is to deliver.")
    ship_to: Party | None = Field(None, description="Where the goods go now.")
    bill_to: Party | None = Field(None, description="Who gets the invoice now.")
    payment_terms: PaymentTerms | None = Field(None, description="When to pay now.")
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["As agreed by phone"]])
    lines: list[ChangedLine] | None = Field(None, max_length=MANY, description="What changes, line by line.")
    allowances_charges: list[AllowanceCharge] | None = Field(None, max_length=FEW, description="Now of the order.")
    total: Amount | None = Field(None, description="What the order now comes to.", examples=["184.00"])


def _rules(document: Document) -> Iterator[Finding]:
    change = fields(document)
    lines = entries(change, "lines")
    yield from _JUDGE.unique(lines, "/lines", "number", "line number")
    added = [line for line in lines if line["action"] == "add"]
    if added:
        yield from _added(lines)


def _added(lines: list[dict[str, Document]]) -> Iterator[Finding]:
    """A line that is new needs what a line of an order needs."""
    for position, line in enumerate(lines):
        if line["action"] == "add":
            where = f"/lines/{position}"
            yield from _JUDGE.required(line, ("quantity", "unit"), where, "a line that is added has it")


CONTRACT = Contract.shipped("order_change/v1", OrderChange, keys_at("order_number", "number"), _rules)
