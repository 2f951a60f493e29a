"""Pointers to other documents."""

from __future__ import annotations

from pydantic import Field

from crossdock.canonical.blocks.block import Block
from crossdock.canonical.blocks.dates import Day
from crossdock.canonical.blocks.text import Identity, Word


class Reference(Block):
    """The number of something else that has to do with this."""

    type: Word = Field(
        description="`contract`, `quote`, `promotion`, `department`, `project`, or a partner's code.",
        examples=["contract"],
    )
    value: Identity = Field(description="Its number.", examples=["C-2026-118"])
    issued_on: Day | None = Field(None, description="Its date.", examples=["2026-01-15"])
