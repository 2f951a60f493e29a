"""What a preflight rule is, what it may know, and what earlier documents it may ask for."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from crossdock.errors import Finding, Place
from crossdock.partner.preflight.reading import Fields

ORDER, SHIPMENT, INVOICE = "order/v1", "shipment/v1", "invoice/v1"


class Outcome(enum.StrEnum):
    """What a broken rule means for the document."""

    HOLD = "hold"
    REJECT = "reject"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An earlier document: of a contract, with a business key, from or for a partner (None: of nobody's)."""

    contract: str
    key: str
    partner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A document that was found. ``usage`` is ``T`` where it came as a test, ``P`` or nothing else."""

    document: Fields
    usage: str = ""


#: Earlier documents that fit, the newest first.
Recall: TypeAlias = Callable[[Wanted], Sequence[Recalled]]


def nothing(wanted: Wanted) -> Sequence[Recalled]:
    """A memory without anything in it."""
    return ()


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two numbers may lie apart: by so much, or by a share of the one that was agreed."""

    amount: Decimal
    share: bool = False

    def __str__(self) -> str:
        return f"{self.amount:f}{'%' if self.share else ''}"

    def bears(self, difference: Decimal, agreed: Decimal) -> bool:
        """Whether a difference is small enough."""
        return abs(difference) <= (abs(agreed) * self.amount / 100 if self.share else self.amount)


NONE = Tolerance(Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The circumstances of one document. ``today`` is an ISO date; ``usage`` how the partner is sent to (P or T).

    ``own_usage`` is what the document itself was marked as, empty where nobody says; ``partner`` is whose it is.
    """

    today: str
    partner: str | None = None
    usage: str = ""
    own_usage: str = ""
    recall: Recall = nothing
    tolerance: Tolerance | None = None

    def within(self, default: Tolerance) -> Tolerance:
        """The tolerance that was agreed, or the rule's own."""
        return self.tolerance or default

    def recalled(self, contract: str, key: str) -> Sequence[Recalled]:
        """Earlier documents of a contract that carry a business key."""
        return self.recall(Wanted(contract=contract, key=key, partner=self.partner)) if key else ()


#: The findings of one rule about one document. Never raises.
Ask: TypeAlias = Callable[[Fields, Around], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightRule:
    """One rule: ``reads`` are the contracts and EDI sets it judges, ``codes`` the findings it may give.

    ``takes`` are the options it has beside severity.
    """

    name: str
    about: str
    codes: tuple[str, ...]
    reads: tuple[str, ...]
    severity: Outcome
    ask: Ask
    takes: frozenset[str] = frozenset()


def said(
    code: str, message: str, pointer: str, *, value: str | None = None, hint: str | None = None, rule: str = ""
) -> Finding:
    """A finding of a rule at a place of the document."""
    return Finding(code=code, message=message, place=Place(pointer=pointer), value=value, hint=hint, rule=rule or None)


def is_edi(document: Fields) -> bool:
    """Whether it is a transaction set, not a document of a contract."""
    return "_set" in document or "HL" in document or "UNH" in document
