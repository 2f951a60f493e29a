"""Breakers of destinations, as people look at them and decide about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from crossdock.delivery.breaker import Circuit, Condition, opened_by_hand, read
from crossdock.journal.registers import Register, Registers


def open_by_hand(journal: Registers, queue: str, why: str) -> None:
    """Nothing goes to a destination until somebody closes its breaker; nothing is spent meanwhile."""
    journal.update(Register.CIRCUIT, queue, lambda text, now: opened_by_hand(why, now).text())


def close(journal: Registers, queue: str) -> bool:
    """Everything may go at once, whoever opened it. Whether it was not closed before."""
    was: list[bool] = []

    def change(text: str | None, now: float) -> None:
        was.append(read(text).condition is not Condition.CLOSED)

    journal.update(Register.CIRCUIT, queue, change)
    return was[-1]


def breakers(texts: Mapping[str, str], steady: float, wall: float) -> list[dict[str, object]]:
    """The breakers that are not closed, for people: ``steady`` and ``wall`` are the same moment on two clocks."""
    known = {queue: read(text) for queue, text in sorted(texts.items())}
    return [_shown(queue, one, steady, wall) for queue, one in known.items() if one.condition is not Condition.CLOSED]


def _shown(queue: str, circuit: Circuit, steady: float, wall: float) -> dict[str, object]:
    def moment(at: float | None) -> str | None:
        if at is None:
            return None
        return datetime.fromtimestamp(wall - steady + at, UTC).isoformat(timespec="seconds")

    return {
        "queue": queue,
        "condition": str(circuit.condition),
        "since": moment(circuit.since),
        "next_probe": moment(circuit.until) if circuit.condition is Condition.OPEN else None,
        "code": circuit.code,
        "why": circuit.why,
        "by_hand": circuit.by_hand,
    }
