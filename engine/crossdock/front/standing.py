"""How a message stands: one word for all that came of it, counts, and what was wrong. Reads the journal alone."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossdock.delivery.states import State
from crossdock.journal.contract import Attempt, Item, Query, Records
from crossdock.message import Message

_MOST = 20_000  # pieces of work looked at for one answer: of a file of 100,000 orders nobody waits for the end here
_MOST_FINDINGS = 50


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
    """How a message stands. ``work`` counts pieces of work by state; ``whole`` is False where more came of it than told."""

    message: Message
    standing: Standing
    work: Mapping[str, int]
    findings: tuple[Mapping[str, object], ...]
    accepted: float
    settled: float | None
    items: tuple[Item, ...]
    whole: bool

    @property
    def final(self) -> bool:
        """Whether nothing moves any more without a person; of what is not told nobody knows."""
        return self.whole and self.standing not in {Standing.ACCEPTED, Standing.WORKING}


def standing_of(journal: Records, id: str) -> Told | None:
    """How the message of that id stands; None where there is none."""
    message = journal.message(id)
    if message is None:
        return None
    items: list[Item] = []
    for item in _all(journal, message):
        items.append(item)
        if len(items) >= _MOST:
            break
    states = Counter(item.state for item in items)
    times = [item.settled for item in items]
    return Told(
        message=message,
        standing=_word(states, items, id),
        work={str(state): states[state] for state in State if states[state]},
        findings=tuple(_findings(journal, items)),
        accepted=min((item.accepted for item in items), default=0.0),
        settled=max((at for at in times if at is not None), default=None) if None not in times else None,
        items=tuple(items),
        whole=len(items) < _MOST,
    )


def _all(journal: Records, message: Message) -> Iterator[Item]:
    """The work of a message and of everything made of it, breadth first."""
    level = [message]
    while level:
        for one in level:
            yield from sorted(journal.items(Query(message=one.id)), key=lambda item: item.row)
        level = [child for one in level for child in journal.children(one.id, _MOST)]


#: The worst that any of it came to decides.
_WORST: Sequence[tuple[State, Standing]] = (
    (State.DEAD, Standing.REJECTED),
    (State.DISCARDED, Standing.REJECTED),
    (State.DOUBT, Standing.IN_DOUBT),
    (State.HELD, Standing.HELD),
    (State.DELIVERED, Standing.DONE),
    (State.SKIPPED, Standing.SKIPPED),
)


def _word(states: Mapping[State, int], items: Sequence[Item], id: str) -> Standing:
    if not items or any(item.message.id == id and item.state is State.WAITING and not item.attempts for item in items):
        return Standing.ACCEPTED
    if states[State.WAITING] or states[State.WORKING]:
        return Standing.WORKING
    left = [item for item in items if item.state is not State.DELIVERED or _is_delivery(item)]
    present = {item.state for item in left} or set(states)
    return next((word for state, word in _WORST if state in present), Standing.DONE)


def _is_delivery(item: Item) -> bool:
    """Work of a destination's queue, which is named ``route/slot``, and not of a route."""
    return "/" in item.queue


def _findings(journal: Records, items: Sequence[Item]) -> Iterator[Mapping[str, object]]:
    bad = [item for item in items if item.state in {State.DEAD, State.HELD, State.DOUBT}]
    for item in bad[:_MOST_FINDINGS]:
        attempts = journal.attempts(item.row)
        yield from _of(item, attempts[-1] if attempts else None)


def _of(item: Item, last: Attempt | None) -> Iterator[Mapping[str, object]]:
    if last is not None and last.findings:
        yield from last.findings[:_MOST_FINDINGS]
    elif item.code is not None:
        yield {"code": item.code, "severity": "error", "message": item.reason or ""}
