"""The life of a piece of work, as one table.

A piece of work is one message in one queue: the queue of a route (run its steps) or of one of its destinations
(deliver it). At any moment it is in exactly one state; ``LIFE`` says which event leads where, and anything else is a
programming error that names state and event.
"""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """Where a piece of work is. The first two are on their way, the others wait for a person or are final."""

    WAITING = "waiting"
    WORKING = "working"
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    HELD = "held"
    DEAD = "dead"
    DOUBT = "doubt"
    DISCARDED = "discarded"


class Event(enum.StrEnum):
    """What can happen to it."""

    CLAIM = "claim"  # a worker took a lease
    DELIVER = "deliver"  # the effect is done and known
    SKIP = "skip"  # a rule of the route dropped it
    RETRY = "retry"  # a transient failure: due again later
    RETURN = "return"  # the worker stopped, or died, or its lease ran out: due again now
    HOLD = "hold"  # a person must decide
    REJECT = "reject"  # given up, with a reason
    LOSE_SIGHT = "lose sight"  # the worker died while an opaque effect was under way
    RELEASE = "release"  # a person lets it go on
    CONFIRM = "confirm"  # a person says the effect happened
    DISCARD = "discard"  # a person gives it up, with a reason
    RESTORE = "restore"  # it came back from a backup: what happened since is not known here


LIFE: dict[State, dict[Event, State]] = {
    State.WAITING: {
        Event.CLAIM: State.WORKING,
        Event.DISCARD: State.DISCARDED,
        Event.RESTORE: State.HELD,
    },
    State.WORKING: {
        Event.DELIVER: State.DELIVERED,
        Event.SKIP: State.SKIPPED,
        Event.RETRY: State.WAITING,
        Event.RETURN: State.WAITING,
        Event.HOLD: State.HELD,
        Event.REJECT: State.DEAD,
        Event.LOSE_SIGHT: State.DOUBT,
    },
    State.HELD: {
        Event.RELEASE: State.WAITING,
        Event.REJECT: State.DEAD,
        Event.DISCARD: State.DISCARDED,
        Event.RESTORE: State.HELD,
    },
    State.DEAD: {
        Event.RELEASE: State.WAITING,
        Event.DISCARD: State.DISCARDED,
        Event.RESTORE: State.DEAD,
    },
    State.DOUBT: {
        Event.RELEASE: State.WAITING,
        Event.CONFIRM: State.DELIVERED,
        Event.REJECT: State.DEAD,
        Event.DISCARD: State.DISCARDED,
        Event.RESTORE: State.DOUBT,
    },
    State.DELIVERED: {},
    State.SKIPPED: {},
    State.DISCARDED: {},
}

#: What a person may decide, about work that is in nobody's hand.
DECISIONS = (Event.RELEASE, Event.CONFIRM, Event.REJECT, Event.DISCARD)

#: Failures: what people want to read about afterwards, each with its reason.
FAILURES = frozenset({Event.RETRY, Event.HOLD, Event.REJECT, Event.LOSE_SIGHT})

#: Events that tell nothing about an effect that was under way.
UNCLEAR = frozenset({Event.RETURN, Event.LOSE_SIGHT})

#: Nothing can happen any more.
FINAL = tuple(state for state, events in LIFE.items() if not events)

#: Not finished: what still keeps its lane, and what ``--until-idle`` and ``audit`` look at.
OPEN = (State.WAITING, State.WORKING, State.HELD, State.DOUBT)


class IllegalTransition(RuntimeError):
    """A defect of the engine: this event cannot happen in this state."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} cannot happen to work that is {state}")
        self.state = state
        self.event = event


def after(state: State, event: Event) -> State:
    """The state ``event`` leads to. Raises ``IllegalTransition``."""
    try:
        return LIFE[state][event]
    except KeyError:
        raise IllegalTransition(state, event) from None


def decidable(state: State, event: Event) -> bool:
    """Whether a person can decide ``event`` about work in ``state``."""
    return state is not State.WORKING and event in DECISIONS and event in LIFE[state]


def before(event: Event) -> tuple[State, ...]:
    """The states in which ``event`` can happen."""
    return tuple(state for state, events in LIFE.items() if event in events)
