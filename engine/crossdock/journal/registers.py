"""What processes and machines agree on through the journal, beside work: small texts that change in one step."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias


class Register(enum.StrEnum):
    """What processes and machines agree on through the journal, beside work: small texts under a kind and a key.

    All of them lapse with the machine in a journal that belongs to one machine, because they tell its steady clock.
    """

    LEASE = "lease"  # who does what only one may do: poll a folder, expire leases
    HOST = "host"  # who is there
    PACE = "pace"  # how much of a rate is used up
    SOURCE = "source"  # which source fails or does not answer, since when and why
    CIRCUIT = "circuit"  # which destination is left alone, and until when


#: From a register's text (None: there is none) and the journal's steady clock, in seconds, to its new text (None:
#: remove it). Pure: it runs inside a transaction, and again if that has to be repeated.
Change: TypeAlias = Callable[[str | None, float], str | None]


class Registers(Protocol):
    """What everybody agrees on. Not flushed: what is lost with the power is lost with who relied on it."""

    def update(self, kind: Register, key: str, change: Change) -> str | None:
        """Read, change and write one register as one step nobody comes between; its new text."""
        ...

    def registers(self, kind: Register) -> tuple[Mapping[str, str], float]:
        """Every register of a kind by key, and the steady clock they were read at."""
        ...
