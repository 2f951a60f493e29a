"""party/v1: master data of a customer, supplier, site or carrier (UBL Party, OAGIS PartyMaster, EDI PARTIN)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from crossdock.canonical.blocks.block import FEW, Block
from crossdock.canonical.blocks.dates import Moment
from crossdock.canonical.blocks.exact import Unsigned
from crossdock.canonical.blocks.identifier import Identifier
from crossdock.canonical.blocks.money import Currency, PaymentTerms
from crossdock.canonical.blocks.party import Address, Contact, Party
from crossdock.canonical.blocks.text import Identity, Language, Note, Text, Word
from crossdock.canonical.consistency import Judge, fields
from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import Finding
from crossdock.message import Document

_JUDGE = Judge("party/v1")

Role = Literal["buyer", "seller", "ship_to", "bill_to", "ship_from", "remit_to", "carrier", "manufacturer", "warehouse"]


class Site(Block):
    """An address of the party, and what it is for."""

    role: Role = Field(description="What it is for.", examples=["ship_to"])
    id: Identity | None = Field(None, description="Its own number.", examples=["DC-07"])
    ids: list[Identifier] | None = Field(None, max_length=FEW, description="Further ids of it.")
    name: Text | None = Field(None, description="Its name.", examples=["Memphis distribution center"])
    address: Address = Field(description="The address.")
    contact: Contact | None = Field(None, description="Whom to ask there.")


class PartyRecord(Party):
    """A trading party as this company knows it."""

    id: Identity = Field(description="The number this company keeps the party under.", examples=["5412345000013"])
    name: Text = Field(description="Name.", examples=["ACME Industrial Supply"])
    status: Literal["prospect", "active", "blocked", "closed"] = Field(
        "active", description="Whether to do business with it.", examples=["active"]
    )
    roles: list[Role] | None = Field(
        None, max_length=FEW, description="What it is to this company.", examples=[["buyer"]]
    )
    updated_at: Moment | None = Field(None, description="When it was last changed.", examples=["2026-11-20T06:00:00Z"])
    legal_name: Text | None = Field(None, description="Registered name.", examples=["ACME Industrial Supply, Inc."])
    parent_id: Identity | None = Field(None, description="Id of the party it belongs to.", examples=["ACME-GROUP"])
    sites: list[Site] | None = Field(None, max_length=FEW, description="Its other addresses.")
    contacts: list[Contact] | None = Field(None, max_length=FEW, description="Further people to ask.")
    customer_group: Word | None = Field(None, description="Its group, for prices.", examples=["distributors"])
    currency: Currency | None = Field(None, description="Currency it trades in.", examples=["USD"])
    language: Language | None = Field(None, description="Language (BCP 47).", examples=["en-US"])
    payment_terms: PaymentTerms | None = Field(None, description="When it pays.")
    credit_limit: Unsigned | None = Field(None, description="Credit limit, in its currency.", examples=["50000"])
    tax_exempt: bool | None = Field(None, strict=True, description="Pays no sales tax.", examples=[False])
    notes: list[Note] | None = Field(None, max_length=FEW, description="For people.", examples=[["Prefers mornings"]])


def _rules(document: Document) -> Iterator[Finding]:
    """A credit limit says nothing without its currency."""
    party = fields(document)
    if "credit_limit" in party:
        yield from _JUDGE.required(party, ("currency",), "", "credit_limit is in it")


CONTRACT = Contract.shipped("party/v1", PartyRecord, keys_at("id", "ids[].value"), _rules)
