"""How a message stands: one word for all that came of it, counts, and what was wrong. Reads the journal alone.

It is counted where it is kept, so a file of 100,000 orders is told as whole as one order.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossdock.delivery.states import State
from crossdock.journal.contract import Attempt, Item, Query, Records, Tally
from crossdock.message import Message

_MOST_FINDINGS = 50
_MOST_SENT = 100
_PARKED = (State.DEAD, State.HELD, State.DOUBT)
_OPEN = frozenset({State.WAITING, State.WORKING})


class Standing(enum.StrEnum):
    """One word for a message and everything made of it."""

    ACCEPTED = "accepted"  # kept, and not begun
    WORKING = "working"
    DONE = "done"
    SKIPPED = "skipped"  # a rule of the route dropped all of it
    REJECTED = "rejected"
    HELD = "held"  # a person decides
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Told:
    """How a message stands. ``work`` counts pieces of work by state; ``sent`` is what the queue that was asked about sent.

    ``whole`` is False where more was wrong than ``findings`` tell. ``reason`` is that of the newest that is parked.
    """

    message: Message
    standing: Standing
    work: Mapping[str, int]
    findings: tuple[Mapping[str, object], ...]
    accepted: float
    settled: float | None
    sent: Message | None
    reason: str
    whole: bool

    @property
    def final(self) -> bool:
        """Whether nothing moves any more without a person."""
        return self.standing not in {Standing.ACCEPTED, Standing.WORKING}


def standing_of(journal: Records, id: str, queue: str | None = None) -> Told | None:
    """How the message of that id stands; None where there is none, with what ``queue`` has sent."""
    message = journal.message(id)
    if message is None:
        return None
    tallies = journal.family(id)
    states = Counter[State]()
    for one in tallies:
        states[one.state] += one.count
    parked = _listed(journal, id, _PARKED, _MOST_FINDINGS) if any(states[state] for state in _PARKED) else []
    times = [one.settled for one in tallies if one.settled is not None]
    moves = any(states[state] for state in _OPEN)
    return Told(
        message=message,
        standing=_word(journal, id, states, tallies),
        work={str(state): states[state] for state in State if states[state]},
        findings=tuple(_findings(journal, parked)),
        accepted=min((one.accepted for one in tallies), default=0.0),
        settled=None if moves else max(times, default=None),
        sent=_sent(journal, id, queue) if queue is not None else None,
        reason=next((f"{item.code}: {item.reason}" for item in parked if item.code is not None), ""),
        whole=len(parked) == sum(states[state] for state in _PARKED),
    )


def _listed(journal: Records, id: str, states: tuple[State, ...], limit: int, queue: str | None = None) -> list[Item]:
    return list(journal.items(Query(family=id, states=states, queue=queue, limit=limit)))


def _sent(journal: Records, id: str, queue: str) -> Message | None:
    """What was delivered by that queue first."""
    sent = _listed(journal, id, (State.DELIVERED,), _MOST_SENT, queue)
    return sent[-1].message if sent else None


#: The worst that any of it came to decides.
_WORST: Sequence[tuple[State, Standing]] = (
    (State.DEAD, Standing.REJECTED),
    (State.DISCARDED, Standing.REJECTED),
    (State.DOUBT, Standing.IN_DOUBT),
    (State.HELD, Standing.HELD),
    (State.DELIVERED, Standing.DONE),
    (State.SKIPPED, Standing.SKIPPED),
)


def _word(journal: Records, id: str, states: Mapping[State, int], tallies: Sequence[Tally]) -> Standing:
    if any(states[state] for state in _OPEN):
        return Standing.WORKING if _is_begun(journal, id) else Standing.ACCEPTED
    if not tallies:
        return Standing.ACCEPTED
    left = {one.state for one in tallies if one.state is not State.DELIVERED or one.sends}
    present = left or set(states)
    return next((word for state, word in _WORST if state in present), Standing.DONE)


def _is_begun(journal: Records, id: str) -> bool:
    waiting = journal.items(Query(message=id, states=(State.WAITING,)))
    return all(item.attempts for item in waiting)


def _findings(journal: Records, parked: Sequence[Item]) -> Iterator[Mapping[str, object]]:
    for item in reversed(parked):
        attempts = journal.attempts(item.row)
        yield from _of(item, attempts[-1] if attempts else None)


def _of(item: Item, last: Attempt | None) -> Iterator[Mapping[str, object]]:
    if last is not None and last.findings:
        yield from last.findings[:_MOST_FINDINGS]
    elif item.code is not None:
        yield {"code": item.code, "severity": "error", "message": item.reason or ""}
