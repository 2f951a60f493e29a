"""The verdict of one reading: what became of each interchange, group and transaction.

Acknowledgements are made from it (997, 999, TA1, CONTRL), and `inspect` shows it. It holds what an answer needs and no
documents; a transaction without a finding costs its control number and little else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crossdock.codecs.contract import Part
from crossdock.errors import Finding, errors_in
from crossdock.message import Document


@dataclass(slots=True)
class TransactionAccount:
    """One transaction or message."""

    set: str
    control: str
    version: str = ""  # what ST03 or UNH S009 adds: implementation, or version:release:agency:association
    findings: tuple[Finding, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether any of its findings is an error."""
        return bool(self.findings) and bool(errors_in(self.findings))


@dataclass(slots=True)
class GroupAccount:
    """One functional group; an EDIFACT interchange without UNG, and X12 transactions without GS, have one without numbers.

    ``announced`` is the count of its trailer as sent (empty where there was none); ``elements`` are those of GS or UNG
    with the tag first.
    """

    elements: tuple[str, ...] = ()
    control: str = ""
    announced: str = ""
    transactions: list[TransactionAccount] = field(default_factory=list)
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
