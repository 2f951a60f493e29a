"""Turns under a rate that all workers and machines share, kept in the journal's registers.

Whoever needs turns takes several at once where the rate is fast, so that not every message costs a transaction. A
destination *takes* turns: what is not granted now waits in its queue. A ``throttle`` step *reserves* them: each
message gets a moment of its own, however late, and comes back then.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from crossdock.delivery import rate
from crossdock.delivery.rate import Pace, Taken
from crossdock.errors import Retry
from crossdock.journal.registers import Register, Registers
from crossdock.route.plan import Throttle

BLOCK_SECONDS = 0.1  # turns of so long are reserved in one step
STALE = 1.0  # seconds after its moment for which a reserved turn may still be used
UNUSED_PAUSE = 0.05  # seconds: several workers that find nothing to send must not wake each other all the time
_KEPT_BLOCKS = 1000  # keys of throttles whose reserved turns a worker remembers


class Paces:
    """One worker's turns. ``monotonic`` is its clock."""

    def __init__(self, journal: Registers, monotonic: Callable[[], float]) -> None:
        self._journal = journal
        self._monotonic = monotonic
        self._shut: dict[str, float] = {}
        self._blocks: OrderedDict[str, list[float]] = OrderedDict()  # moments by our clock, the last one first

    def take(self, queue: str, pace: Pace, wanted: int) -> int:
        """How many of ``wanted`` may go now. Raises ``Retry`` where the journal refuses."""
        now = self._monotonic()
        if wanted <= 0 or now < self._shut.get(queue, 0.0):
            return 0
        found: list[Taken] = []

        def change(text: str | None, steady: float) -> str | None:
            found.append(rate.take(rate.read(text), wanted, pace, steady))
            return rate.text_of(found[-1].expected) if found[-1].count else text

        self._journal.update(Register.PACE, queue, change)
        if not found[-1].count:
            self._shut[queue] = now + found[-1].wait
        return found[-1].count

    def give_back(self, queue: str, pace: Pace, count: int) -> None:
        """So many turns were not used after all. Raises ``Retry`` where the journal refuses."""
        self._shut[queue] = self._monotonic() + UNUSED_PAUSE

        def change(text: str | None, steady: float) -> str | None:
            return rate.text_of(rate.give_back(rate.read(text), count, pace))

        self._journal.update(Register.PACE, queue, change)

    def turn(self, throttle: Throttle) -> float | None:
        """Seconds until the turn of a message, which is its own from now on; None where nobody could be asked."""
        key = f"{throttle.scope} {throttle.key}" if throttle.key else throttle.scope
        try:
            moment = self._next(key, Pace(throttle.per_second))
        except Retry:
            return None
        return max(0.0, moment - self._monotonic())

    def _next(self, key: str, pace: Pace) -> float:
        now = self._monotonic()
        block = self._blocks.get(key, [])
        while block and block[-1] < now - STALE:
            block.pop()
        if not block:
            block = self._blocks[key] = self._reserved(key, pace)
            self._blocks.move_to_end(key)
            if len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return block.pop()

    def _reserved(self, key: str, pace: Pace) -> list[float]:
        count = max(1, int(pace.per_second * BLOCK_SECONDS))
        found: list[float] = []

        def change(text: str | None, steady: float) -> str | None:
            first, expected = rate.reserve(rate.read(text), count, pace, steady)
            found.append(first - steady)
            return rate.text_of(expected)

        self._journal.update(Register.PACE, key, change)
        first = self._monotonic() + found[-1]
        return [first + number * pace.interval for number in reversed(range(count))]


def forget_over(journal: Registers) -> int:
    """Remove the numbers that say nothing any more: keys of throttles that have long had no message. How many."""
    texts, now = journal.registers(Register.PACE)
    over = [key for key, text in texts.items() if _over(text, now)]
    for key in over:
        journal.update(Register.PACE, key, lambda text, steady: None if _over(text, steady) else text)
    return len(over)


def _over(text: str | None, now: float) -> bool:
    expected = rate.read(text)
    return expected is None or rate.is_over(expected, now)
