"""docs/reference/states.md: the life of a piece of work, drawn from its table."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.delivery.states import DECISIONS, FINAL, LIFE, Event, State
from reference_pages.markdown import code, head, joined, table

ABOUT = """
A piece of work is one message in one queue: the queue of a route (run its steps), or that of one of its destinations
(deliver it). At any moment it is in exactly one of these states. `crossdock status` counts them, `crossdock audit`
proves that the sum is right. The table is `LIFE` in `engine/crossdock/delivery/states.py`; anything else cannot happen.
"""

_STATES = {
    State.WAITING: "it is due now, or later after a failed attempt",
    State.WORKING: "a worker has it in hand, under a lease",
    State.DELIVERED: "done: the steps have run, or the destination has it",
    State.SKIPPED: "a rule of the route dropped it: `filter`, `once`, `latest`, or no destination's `when` held",
    State.HELD: "a person must decide: `crossdock hold`",
    State.DEAD: "given up, with a reason, ready to be mended and replayed: `crossdock dead`",
    State.DOUBT: "nobody knows whether the effect happened: `crossdock dead`",
    State.DISCARDED: "a person gave it up, with a reason",
}

_EVENTS = {
    Event.CLAIM: "a worker takes it",
    Event.DELIVER: "the effect is done and known",
    Event.SKIP: "a rule dropped it",
    Event.RETRY: "a transient failure; it is due again later",
    Event.RETURN: "the worker stopped or died, or its lease ran out; it is due again now",
    Event.HOLD: "a rule or a destination asks for a person",
    Event.REJECT: "it is given up, with a reason",
    Event.LOSE_SIGHT: "the worker died, or an answer was lost, while an opaque effect was under way",
    Event.RELEASE: "a person lets it go on, or replays it",
    Event.CONFIRM: "a person says that the effect happened",
    Event.DISCARD: "a person gives it up, with a reason",
    Event.RESTORE: "it came back from a backup; whether it was delivered since is for a person to find out",
}


def page() -> str:
    """The whole page."""
    states = table(
        ("state", "meaning", ""),
        ((code(state), _STATES[state], "final" if state in FINAL else "") for state in State),
    )
    events = table(
        ("event", "meaning", "from", "who"),
        ((code(event), _EVENTS[event], _sources(event), _who(event)) for event in Event),
    )
    return joined(head("States", ABOUT), _diagram(), "## States\n\n" + states, "## Events\n\n" + events)


def _diagram() -> str:
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> waiting", *_arrows(), "```"])


def _arrows() -> Iterator[str]:
    for state, events in LIFE.items():
        for event, after in events.items():
            yield f"    {state} --> {after}: {event}"
    for state in FINAL:
        yield f"    {state} --> [*]"


def _sources(event: Event) -> str:
    return ", ".join(code(state) for state, events in LIFE.items() if event in events)


def _who(event: Event) -> str:
    person, engine = event in DECISIONS, event in LIFE[State.WORKING] or event in (Event.CLAIM, Event.RESTORE)
    return "engine or person" if person and engine else "person" if person else "engine"
