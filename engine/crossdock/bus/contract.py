"""What a bus does: tell whoever may work that there is work.

A hint is a claim check (message id, queue, attempt), never the body: losing every hint costs latency, not a message,
because due work is found in the journal anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hint:
    """There is work: ``message`` waits in ``queue`` for its ``attempt``. ``trace`` is the message's ``traceparent``."""

    message: str
    queue: str
    attempt: int = 1
    trace: str | None = None


class Bus(Protocol):
    """One worker's or intake's connection to the bus. Used by one thread."""

    def publish(self, hints: Sequence[Hint]) -> None:
        """Tell others about work that was just committed. Raises ``Retry`` when the bus is away; nothing is lost."""
        ...

    def wait(self, timeout: float, interrupt: Callable[[], bool]) -> Sequence[Hint]:
        """Sleep until there may be work, ``interrupt`` says so, or ``timeout`` seconds passed.

        The hints that arrived; none means *look in the journal*.
        """
        ...

    def close(self) -> None:
        """Release the connection."""
        ...
