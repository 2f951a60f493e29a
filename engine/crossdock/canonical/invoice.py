"""invoice/v1: what is to be paid (UBL Invoice and CreditNote, EN 16931, EDI 810 and INVOIC)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.item import Item
from crossdock.canonical.blocks.money import AllowanceCharge, Amount, Currency, PaymentTerms, Price, Tax
from crossdock.canonical.blocks.number import LineNumber
from crossdock.canonical.blocks.party import Party
from crossdock.canonical.blocks.quantity import BaseQuantity, Change, Unit
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note
from crossdock.canonical.blocks.transport import Carrier, DeliveryTerms
from crossdock.canonical.consistency import CENT, ONE, ZERO, Fields, Judge, entries, fields, net_of, number, total
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("invoice/v1")


class InvoiceLine(Item):
    """One thing that is charged or credited: goods, or a service that is only described."""

    number: LineNumber = Field(description="Line number, unique in the invoice.", examples=[1])
    order_number: Identity | None = Field(None, description="The order it belongs to.", examples=["PO-4711"])
    order_line: LineNumber | None = Field(None, description="The line of that order.", examples=[1])
    shipment_number: Identity | None = Field(None, description="The shipment it came with.", examples=["SH-70012"])
    quantity: Change = Field(description="How many are charged; with a minus, taken back.", examples=["10"])
    unit: Unit = Field(description="Unit of `quantity`.", examples=["EA"])
    unit_price: Price = Field(description="Net price of one unit.", examples=["12.50"])
    price_base_quantity: BaseQuantity | None = Field(
        None, description="How many units `unit_price` is for, if not one.", examples=["1"]
    )
    amount: Amount = Field(
        description="Quantity times price, with the line's own allowances and charges, before tax.", examples=["120.00"]
    )
    allowances_charges: list[AllowanceCharge] | None = Field(
        None,
        max_length=FEW,
        description="Of this line; already in `amount`.",
        examples=[[{"kind": "allowance", "type": "discount", "amount": "5.00"}]],
    )
    taxes: list[Tax] | None = Field(
        None,
        max_length=FEW,
        description="Of this line; also in the taxes of the invoice.",
        examples=[[{"type": "sales", "rate": "8", "amount": "9.60"}]],
    )
    references: list[Reference] | None = Field(None, max_length=FEW, description="Of this line.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Contract price"]])


class Invoice(Block):
    """An invoice, or a credit or debit note. In a credit note positive amounts flow back."""

    number: Identity = Field(description="The seller's number for the invoice.", examples=["INV-30044"])
    type: Literal["invoice", "credit_note", "debit_note", "corrected", "prepayment", "self_billed", "pro_forma"] = (
        Field("invoice", description="What kind of document it is.", examples=["invoice"])
    )
    purpose: Literal["original", "replacement", "duplicate", "cancellation"] = Field(
        "original", description="What this document does.", examples=["original"]
    )
    invoiced_on: Day = Field(description="Day of the invoice.", examples=["2026-11-28"])
    due_on: Day | None = Field(None, description="To be paid by.", examples=["2026-12-28"])
    shipped_on: Day | None = Field(None, description="Day of shipment or service.", examples=["2026-11-27"])
    order_number: Identity | None = Field(None, description="The order, where there is one.", examples=["PO-4711"])
    ordered_on: Day | None = Field(None, description="Day of the order.", examples=["2026-11-20"])
    shipment_number: Identity | None = Field(None, description="The shipment.", examples=["SH-70012"])
    original_invoice_number: Identity | None = Field(
        None, description="The invoice that is credited or corrected.", examples=["INV-29871"]
    )
    currency: Currency = Field(description="Currency of all amounts.", examples=["USD"])
    seller: Party = Field(description="Who charges.")
    buyer: Party = Field(description="Who bought.")
    bill_to: Party | None = Field(None, description="Who gets the invoice, if not the buyer.")
    ship_to: Party | None = Field(None, description="Where the goods went.")
    ship_from: Party | None = Field(None, description="Where they left.")
    remit_to: Party | None = Field(None, description="Whom to pay, if not the seller.")
    carrier: Carrier | None = Field(None, description="Who carried them.")
    delivery_terms: DeliveryTerms | None = Field(None, description="Who paid and bore the risk until where.")
    payment_terms: PaymentTerms | None = Field(None, description="When to pay.")
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Thank you"]])
    lines: list[InvoiceLine] = Field(min_length=1, max_length=MANY, description="What is charged.")
    allowances_charges: list[AllowanceCharge] | None = Field(
        None, max_length=FEW, description="Of the whole invoice; not in any line."
    )
    taxes: list[Tax] | None = Field(None, max_length=FEW, description="All taxes, those of lines too, by rate.")
    line_total: Amount | None = Field(None, description="Sum of the lines.", examples=["120.00"])
    allowance_total: Amount | None = Field(None, description="Sum of the invoice's allowances.", examples=["0.00"])
    charge_total: Amount | None = Field(None, description="Sum of the invoice's charges.", examples=["25.00"])
    tax_total: Amount | None = Field(None, description="Sum of the taxes.", examples=["12.00"])
    total: Amount = Field(description="Everything, tax included.", examples=["157.00"])
    prepaid: Amount | None = Field(None, description="Paid already.", examples=["50.00"])
    amount_due: Amount | None = Field(None, description="What is left to pay.", examples=["107.00"])


def _rules(document: Document) -> Iterator[Finding]:
    invoice = fields(document)
    lines = entries(invoice, "lines")
    yield from _JUDGE.unique(lines, "/lines", "number", "line number")
    yield from _JUDGE.identified(lines, "/lines", also="description")
    for position, line in enumerate(lines):
        yield from _JUDGE.comes_to(line, "amount", _line_amount(line), f"/lines/{position}")
    yield from _totals(invoice, lines)


def _line_amount(line: Fields) -> Decimal:
    price, count = number(line, "unit_price") or ZERO, number(line, "quantity") or ZERO
    gross = count * price / (number(line, "price_base_quantity") or ONE)
    return (gross + net_of(entries(line, "allowances_charges"))).quantize(CENT)


def _totals(invoice: Fields, lines: list[Fields]) -> Iterator[Finding]:
    """Each sum is compared with the sums stated below it, so one wrong figure is one warning."""
    changes, taxes = entries(invoice, "allowances_charges"), entries(invoice, "taxes")
    line_total = total(lines, "amount")
    yield from _JUDGE.comes_to(invoice, "line_total", line_total)
    for name, kind in (("allowance_total", "allowance"), ("charge_total", "charge")):
        yield from _JUDGE.comes_to(invoice, name, total([c for c in changes if c["kind"] == kind], "amount"))
    if taxes:
        yield from _JUDGE.comes_to(invoice, "tax_total", total(taxes, "amount"))
    tax = total(taxes, "amount") if taxes else number(invoice, "tax_total") or ZERO
    yield from _JUDGE.comes_to(invoice, "total", line_total + net_of(changes) + tax)
    stated = number(invoice, "total") or ZERO
    yield from _JUDGE.comes_to(invoice, "amount_due", stated - (number(invoice, "prepaid") or ZERO))


CONTRACT = Contract.shipped(
    "invoice/v1",
    Invoice,
    keys_at("number", "order_number", "lines[].order_number", "shipment_number", "original_invoice_number"),
    _rules,
)
