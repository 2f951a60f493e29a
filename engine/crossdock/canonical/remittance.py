"""remittance/v1: which invoices a payment pays (UBL RemittanceAdvice, EDI 820 and REMADV)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, MANY, Block
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.money import Amount, Currency
from crossdock.canonical.blocks.party import Party
from crossdock.canonical.blocks.reference import Reference
from crossdock.canonical.blocks.text import Identity, Note, Text, Word
from crossdock.canonical.consistency import ZERO, Judge, entries, fields, number, total
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("remittance/v1")


class Adjustment(Block):
    """Something the payer added or, with a minus, held back."""

    reason: Word = Field(description="`shortage`, `price`, `damage`, `freight`, or a code.", examples=["shortage"])
    description: Text | None = Field(None, description="Why, in words.", examples=["Two pieces missing"])
    amount: Amount = Field(description="How much; with a minus, held back.", examples=["-25.00"])
    reference: Identity | None = Field(None, description="Debit memo or claim number.", examples=["DM-204"])


class PaidDocument(Block):
    """An invoice or credit note, and what is paid of it."""

    invoice_number: Identity = Field(description="Its number.", examples=["INV-30044"])
    type: Literal["invoice", "credit_note", "debit_note", "prepayment"] = Field(
        "invoice", description="What it is.", examples=["invoice"]
    )
    invoiced_on: Day | None = Field(None, description="Its date.", examples=["2026-11-28"])
    order_number: Identity | None = Field(None, description="The order it belongs to.", examples=["PO-4711"])
    invoice_amount: Amount | None = Field(None, description="What it says.", examples=["157.00"])
    discount: Amount | None = Field(None, description="Discount that was taken.", examples=["3.14"])
    adjustments: list[Adjustment] | None = Field(None, max_length=FEW, description="What else makes a difference.")
    paid: Amount = Field(description="What is paid of it; with a minus, set off.", examples=["128.86"])


class Remittance(Block):
    """A payment, and what it is for."""

    number: Identity = Field(description="The payer's number for the payment.", examples=["PAY-7719"])
    paid_on: Day = Field(description="Day of payment.", examples=["2026-12-15"])
    method: Literal["ach", "wire", "check", "card", "direct_debit", "credit_transfer", "offset", "other"] | None = (
        Field(None, description="How it is paid.", examples=["ach"])
    )
    trace_number: Identity | None = Field(
        None, description="Number the bank passes on, or of the check.", examples=["021000021187"]
    )
    currency: Currency = Field(description="Currency of all amounts.", examples=["USD"])
    amount: Amount = Field(description="What is paid in all.", examples=["128.86"])
    payer: Party = Field(description="Who pays.")
    payee: Party = Field(description="Who is paid.")
    payer_bank: Party | None = Field(None, description="The payer's bank.")
    payee_bank: Party | None = Field(None, description="The payee's bank.")
    payer_account: Identity | None = Field(None, description="Account it comes from.", examples=["****4410"])
    payee_account: Identity | None = Field(None, description="Account it goes to.", examples=["****9921"])
    references: list[Reference] | None = Field(None, max_length=FEW, description="Numbers of other documents.")
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["November run"]])
    documents: list[PaidDocument] = Field(min_length=1, max_length=MANY, description="What it is for.")


def _rules(document: Document) -> Iterator[Finding]:
    remittance = fields(document)
    paid = entries(remittance, "documents")
    yield from _JUDGE.comes_to(remittance, "amount", total(paid, "paid"))
    for position, entry in enumerate(paid):
        stated = number(entry, "invoice_amount")
        if stated is not None:
            adjusted = total(entries(entry, "adjustments"), "amount") - (number(entry, "discount") or ZERO)
            yield from _JUDGE.comes_to(entry, "paid", stated + adjusted, f"/documents/{position}")


CONTRACT = Contract.shipped(
    "remittance/v1",
    Remittance,
    keys_at("number", "trace_number", "documents[].invoice_number", "documents[].order_number"),
    _rules,
)
