"""What a run of torture is asked to do."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class EngineKind(enum.StrEnum):
    """Which journal and bus: files of one machine, or servers."""

    EMBEDDED = "embedded"
    DISTRIBUTED = "distributed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """``seconds`` is how long load is dropped and faults are injected; ``faults`` names them, none meaning all.

    ``journal`` and ``bus`` are servers of the user's own, empty ones: they are cut off, never killed. Without them
    private servers are started. ``pack`` says that the project's orders can be made, not only copied from samples.
    """

    engine: EngineKind
    seed: int
    seconds: float
    orders: int
    workers: int = 2
    faults: tuple[str, ...] = ()
    pack: bool = False
    journal: str = ""
    bus: str = ""


QUICK = (50.0, 3_000)  # seconds and orders
FULL = (900.0, 100_000)
