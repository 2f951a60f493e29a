"""What is agreed about acknowledgements, and what one that came in states. Values only, of either standard.

Codecs make acknowledgements from an interchange's account by ``Terms`` and read them to ``Statement``s; who reconciles
turns statements into what they mean for what we sent.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


class Refusal(enum.StrEnum):
    """What a rejected transaction takes down with it: nothing, the others of its group, or all of the interchange."""

    TRANSACTION = "transaction"
    GROUP = "group"
    INTERCHANGE = "interchange"


class Listing(enum.StrEnum):
    """Which transactions an acknowledgement names: all, those with something to say about, none (counts only)."""

    ALL = "all"
    FAULTY = "faulty"
    NONE = "none"


class Receipt(enum.StrEnum):
    """When the interchange itself is acknowledged (TA1): when ISA14 asks or something is wrong with it, always, never."""

    ASKED = "asked"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a partner's interchanges are answered.

    ``functional`` is ``997``, ``999``, ``CONTRL`` or nothing; ``sets`` says otherwise for single sets. ``most`` bounds
    the findings told about one transaction.
    """

    functional: str = ""
    sets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    receipt: Receipt = Receipt.ASKED
    refusal: Refusal = Refusal.TRANSACTION
    listing: Listing = Listing.ALL
    most: int = 100

    def functional_for(self, number: str) -> str:
        """What answers a set."""
        return self.sets.get(number, self.functional)


class Level(enum.StrEnum):
    """What a statement is about. ``DOCUMENT`` is known by its business number (824, APERAK)."""

    INTERCHANGE = "interchange"
    GROUP = "group"
    TRANSACTION = "transaction"
    DOCUMENT = "document"


class Verdict(enum.StrEnum):
    """What is said about it. ``RECEIVED``: it has come, and whether it is good is still to be told."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted-with-errors"
    PARTIALLY_ACCEPTED = "partially-accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One reason: a code, where (``segment`` counts from ST or UNH as 1), the bad value, words.

    ``tag`` and ``element`` are as the acknowledgement names them: X12 tells ``PO102``, CONTRL only positions.
    """

    code: str
    tag: str = ""
    segment: int | None = None
    element: str = ""
    value: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing an acknowledgement states about what we sent. Numbers are as they stand there; empty: not said.

    ``by`` is what states it (997, 999, TA1, CONTRL, 824, APERAK). ``received`` and ``accepted`` are the counts of a
    group. ``reference`` is a document's business number.
    """

    standard: str
    by: str
    level: Level
    verdict: Verdict
    interchange: str = ""
    group: str = ""
    functional: str = ""
    set: str = ""
    transaction: str = ""
    reference: str = ""
    announced: int | None = None
    received: int | None = None
    accepted: int | None = None
    remarks: tuple[Remark, ...] = ()
