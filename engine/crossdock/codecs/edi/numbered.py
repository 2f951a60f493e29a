"""Documents written but for their control numbers, which are given last: in the transaction that counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

INTERCHANGE = "interchange"
GROUP = "group"
TRANSACTION = "transaction"


@dataclass(frozen=True, slots=True)
class Sent:
    """The numbers one document travels with, as they stand in the bytes; empty where there is none of that level."""

    set: str
    interchange: str
    group: str
    transaction: str


class Numbered(Protocol):
    """A payload that waits for its control numbers.

    ``levels`` says which are wanted, in order: INTERCHANGE, GROUP, TRANSACTION, each as often as there are such.
    """

    @property
    def levels(self) -> Sequence[str]:
        """One level per number."""
        ...

    def write(self, numbers: Sequence[int]) -> bytes:
        """The payload with these numbers. Pure and cheap: what could be wrong was found before."""
        ...

    def sent(self, numbers: Sequence[int]) -> Sequence[Sent]:
        """What an acknowledgement of each document will repeat, with these numbers."""
        ...
