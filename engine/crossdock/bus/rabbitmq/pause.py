"""How long to wait before the next connection: longer each time, never the same for all, never long."""

from __future__ import annotations

import random

SHORTEST, LONGEST = 0.2, 10.0  # seconds; with the time-outs of a connection, rebuilt within 30 s


class Pause:
    """Doubles with every failure; between half and all of it, so that a hundred workers do not come at once."""

    def __init__(self) -> None:
        self._next = SHORTEST

    def seconds(self) -> float:
        """The pause after one more failure."""
        seconds = self._next * random.uniform(0.5, 1.0)  # noqa: S311 - nobody gains by guessing it
        self._next = min(LONGEST, self._next * 2)
        return seconds

    def over(self) -> None:
        """It works again."""
        self._next = SHORTEST
