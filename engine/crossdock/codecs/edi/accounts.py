"""The verdict of one reading: what became of each interchange, group and transaction.

Acknowledgements are made from it (997, 999, TA1, CONTRL), and `inspect` shows it. It holds what an answer needs and no
documents; transactions without a finding cost next to nothing (roll.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.roll import Roll, TransactionAccount
from crossdock.errors import Finding
from crossdock.message import Document

__all__ = ["GroupAccount", "InterchangeAccount", "JudgedReading", "Roll", "TransactionAccount", "Transactions"]


class Transactions(Protocol):
    """The transactions of a group in their order: a ``Roll`` from a reader, a list will do as well."""

    def append(self, account: TransactionAccount, /) -> None:
        """Adds a judged transaction; later changes to it may be lost."""
        ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[TransactionAccount]: ...

    def __getitem__(self, index: int, /) -> TransactionAccount: ...


@dataclass(slots=True)
class GroupAccount:
    """One functional group; an EDIFACT interchange without UNG, and X12 transactions without GS, have one without numbers.

    ``announced`` is the count of its trailer as sent (empty where there was none); ``elements`` are those of GS or UNG
    with the tag first.
    """

    elements: tuple[str, ...] = ()
    control: str = ""
    announced: str = ""
    transactions: Transactions = field(default_factory=Roll)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class InterchangeAccount:
    """One interchange. ``facts`` is the ``_env`` of its transactions; ``elements`` are those of ISA or UNB with the tag.

    ``closed``: it was read to its end and nothing will be added, so it can be answered.
    """

    standard: str  # X12, EDIFACT
    control: str
    elements: tuple[str, ...] = ()
    facts: dict[str, Document] = field(default_factory=dict)
    groups: list[GroupAccount] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    closed: bool = False

    @property
    def transactions(self) -> int:
        """How many there were."""
        return sum(len(group.transactions) for group in self.groups)

    @property
    def rejected(self) -> int:
        """How many of them were rejected."""
        return sum(one.rejected for group in self.groups for one in group.transactions)


class JudgedReading(Protocol):
    """One pass over a payload of EDI: parts and findings as they come, and the account of each interchange."""

    def __iter__(self) -> Iterator[Part | Finding]: ...

    @property
    def accounts(self) -> Sequence[InterchangeAccount]:
        """Of the interchanges so far, the one being read last."""
        ...
