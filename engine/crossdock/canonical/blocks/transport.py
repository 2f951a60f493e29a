"""How it gets there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crossdock.canonical.blocks.block import Block
from crossdock.canonical.blocks.text import Identity, Text

SCAC = r"^[A-Z]{2,4}$"
INCOTERM = r"^[A-Z]{3}$"

Mode = Literal["road", "parcel", "rail", "air", "sea", "inland_water", "multimodal", "pickup"]


class Carrier(Block):
    """Who carries it, and with which service."""

    scac: Annotated[str, StringConstraints(strict=True, pattern=SCAC)] | None = Field(
        None, description="Standard Carrier Alpha Code.", examples=["RDGF"]
    )
    name: Text | None = Field(None, description="Name.", examples=["Ridgeline Freight"])
    service: Text | None = Field(None, description="Service level.", examples=["Priority"])
    mode: Mode | None = Field(None, description="Means of transport.", examples=["road"])


class DeliveryTerms(Block):
    """A rule of delivery, and who pays the freight."""

    incoterm: Annotated[str, StringConstraints(strict=True, pattern=INCOTERM)] | None = Field(
        None, description="Incoterms rule, three letters.", examples=["FCA"]
    )
    place: Text | None = Field(None, description="The place the rule names.", examples=["Memphis, TN"])
    freight: Literal["prepaid", "prepaid_and_added", "collect", "third_party"] | None = Field(
        None, description="Who pays the freight.", examples=["prepaid_and_added"]
    )
    account: Identity | None = Field(None, description="Carrier account to charge.", examples=["778-0021"])
