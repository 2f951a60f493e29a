"""What all parts of a contract have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

#: Bounds of lists. A document lies in memory as a whole, so a list without an end is hostile or a mistake.
FEW = 1_000
MANY = 1_000_000


class Block(BaseModel):
    """A part of a contract: unknown fields are refused, values never change.

    Built (compiled by pydantic) when it is first used, so importing a contract costs next to nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
