"""What a fault is."""

from __future__ import annotations

from typing import Protocol

from crossdock.testing.torture.arena import Arena


class Fault(Protocol):
    """Something that goes wrong. ``seconds`` is how long it stays so before it is healed."""

    name: str
    about: str
    seconds: float

    def missing(self, arena: Arena) -> str:
        """Why it cannot be done here; empty where it can."""
        ...

    def inject(self, arena: Arena) -> str:
        """Do it; what exactly was done."""
        ...

    def heal(self, arena: Arena) -> None:
        """Undo it. Called once after each ``inject``."""
        ...
