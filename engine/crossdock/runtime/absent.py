"""Work that nobody can do now: it waits for destinations that are left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossdock.delivery.breaker import Condition, read
from crossdock.delivery.states import State
from crossdock.journal.contract import Journal
from crossdock.journal.registers import Register


@dataclass(frozen=True, slots=True)
class Absence:
    """By queue, how much waits (a probe under way included); ``by_hand`` where people opened every breaker of it."""

    waiting: Mapping[str, int] = field(default_factory=dict)
    by_hand: bool = False

    @property
    def total(self) -> int:
        """How much of what is pending that is."""
        return sum(self.waiting.values())


def absence(journal: Journal) -> Absence:
    """What waits for destinations whose breaker is not closed, as far as ``Records.pending`` counts it."""
    texts, _ = journal.registers(Register.CIRCUIT)
    circuits = {queue: one for queue, text in texts.items() if (one := read(text)).condition is not Condition.CLOSED}
    if not circuits:
        return Absence()
    counts, stopped, stuck = journal.counts(), journal.stopped(), journal.stuck()
    waiting = {
        queue: states.get(State.WAITING, 0) + states.get(State.WORKING, 0) - stuck.get(queue, 0)
        for queue, states in counts.items()
        if queue in circuits and queue not in stopped
    }
    waiting = {queue: count for queue, count in waiting.items() if count > 0}
    return Absence(waiting, all(circuits[queue].by_hand for queue in waiting))
