"""What routes a transaction before it is read: its envelope and its first business segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossdock.message import EMPTY, Document

_NOTHING: Mapping[str, Document] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of one transaction or message.

    ``facts`` and ``headers`` are those its document (``_env``) and part will have; transactions of one group share
    them. ``tag`` and ``first`` are the segment after ST or UNH, by the keys of a document: ``BEG``, ``{"BEG01": "00"}``.
    ``byte`` is where the transaction begins.
    """

    standard: str  # X12, EDIFACT
    set: str
    version: str
    interchange: str  # control numbers
    group: str
    control: str
    implementation: str = ""
    facts: Mapping[str, Document] = field(default_factory=lambda: _NOTHING)
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    tag: str = ""
    first: Mapping[str, Document] = field(default_factory=lambda: _NOTHING)
    byte: int = 0
