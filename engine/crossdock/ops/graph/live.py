"""What the journal counts, for the nodes and edges of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossdock.delivery.states import State

_WAITS = (State.WAITING, State.WORKING)
_PERSON = (State.HELD, State.DEAD, State.DOUBT)


@dataclass(frozen=True, slots=True)
class Count:
    """Pieces of work by state, of one queue or of several together."""

    states: tuple[tuple[State, int], ...] = ()

    def __add__(self, other: Count) -> Count:
        both = dict(self.states)
        for state, number in other.states:
            both[state] = both.get(state, 0) + number
        return Count(tuple(both.items()))

    def of(self, state: State) -> int:
        """How many are in a state."""
        return dict(self.states).get(state, 0)

    def text(self) -> str:
        """Such as ``1,204 done · 3 waiting · 1 dead``; what a person must look at always, zeros never."""
        done = self.of(State.DELIVERED) + self.of(State.SKIPPED)
        parts = [f"{done:,} done"]
        waiting = sum(self.of(state) for state in _WAITS)
        parts += [f"{waiting:,} waiting"] if waiting else []
        return " · ".join([*parts, *(f"{self.of(state):,} {state}" for state in _PERSON if self.of(state))])

    def tone(self) -> str:
        """``bad`` where a person must look, ``wait`` where something waits, else nothing."""
        if any(self.of(state) for state in _PERSON):
            return "bad"
        return "wait" if any(self.of(state) for state in _WAITS) else ""


def counted(queues: Mapping[str, Mapping[State, int]]) -> dict[str, Count]:
    """The counts of a journal by queue."""
    return {queue: Count(tuple(states.items())) for queue, states in queues.items()}
