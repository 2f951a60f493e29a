"""The breakers of all destinations, as one worker sees them: shared through the journal, looked at once a second.

On the way of everyday (nothing fails anywhere) this costs one small read a second. Only failures, and answers while a
breaker has something to count, are written.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crossdock.delivery.breaker import (
    CLOSED,
    SHORTEST,
    BreakerPolicy,
    Circuit,
    Condition,
    Failure,
    Judgement,
    Moment,
    judge,
    read,
    with_probe,
    without_probe,
)
from crossdock.journal.registers import Register, Registers

LOG = logging.getLogger("crossdock.breaker")

LOOK_EVERY = 1.0  # seconds for which a worker may not know that another has opened or closed a breaker
TELL_EVERY = 1.0  # seconds for which answers are only counted, where nothing depends on them


class Permit(enum.Enum):
    """What may be claimed from a destination's queue now."""

    ALL = enum.auto()
    PROBE = enum.auto()
    NOTHING = enum.auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which failures of a call spend an attempt, and the seconds the destination is left alone from now on (or 0)."""

    spent: Sequence[bool]
    pause: float = 0.0


class Circuits:
    """``owner`` names this worker among all; ``random`` draws from [0, 1)."""

    def __init__(
        self, journal: Registers, owner: str, monotonic: Callable[[], float], random: Callable[[], float]
    ) -> None:
        self._journal = journal
        self._owner = owner
        self._monotonic = monotonic
        self._random = random
        self._known: dict[str, Circuit] = {}
        self._looked = -LOOK_EVERY
        self._ahead = 0.0  # of our clock: the journal's steady one
        self._probes: dict[str, str] = {}
        self._number = 0
        self._untold: dict[str, tuple[int, float]] = {}

    def permit(self, queue: str, patience: float) -> Permit:
        """Whether to claim from ``queue``. A probe is ours until it is judged, given up, or ``patience`` seconds old.

        Raises ``Retry`` where the journal refuses.
        """
        self._look()
        circuit = self._known.get(queue, CLOSED)
        if circuit.condition is Condition.CLOSED:
            return Permit.ALL
        # One of our own that was never told of (the journal refused) is lost like anybody's: it must not bar the next.
        if not circuit.due(self._monotonic() + self._ahead):
            return Permit.NOTHING
        return Permit.PROBE if self._take_probe(queue, patience) else Permit.NOTHING

    def pause(self, queue: str) -> float:
        """Seconds for which ``queue`` is left alone from now on, as far as is known here; 0 where it may be called."""
        circuit = self._known.get(queue, CLOSED)
        if circuit.condition is Condition.CLOSED or queue in self._probes:
            return 0.0
        return LOOK_EVERY if circuit.until is None else max(SHORTEST, circuit.until - self._monotonic() - self._ahead)

    def judge(self, queue: str, policy: BreakerPolicy, outcomes: Sequence[Failure | None]) -> Verdict:
        """Tell what came of a call. Raises ``Retry`` where the journal refuses: then nothing is told yet."""
        probe = self._probes.get(queue)
        if not any(outcomes) and not self._matters(queue, probe, len(outcomes)):
            return Verdict([False] * len(outcomes))
        judged, moment = self._judged(queue, policy, [*self._counted_before(queue), *outcomes], probe)
        self._probes.pop(queue, None)
        self._untold.pop(queue, None)
        before = self._known.get(queue, CLOSED)
        self._know(queue, judged.circuit)
        _tell(queue, before, judged.circuit, moment)
        return Verdict(judged.spent[len(judged.spent) - len(outcomes) :], _pause(judged.circuit, moment))

    def give_up_probe(self, queue: str) -> None:
        """There was nothing to send, or nothing that told anything of the destination."""
        probe = self._probes.pop(queue, None)
        if probe is None:
            return
        text = self._journal.update(
            Register.CIRCUIT, queue, lambda text, now: _text(without_probe(read(text), probe, now))
        )
        self._know(queue, read(text))

    def _look(self) -> None:
        now = self._monotonic()
        if now - self._looked < LOOK_EVERY:
            return
        texts, steady = self._journal.registers(Register.CIRCUIT)
        self._known = {queue: read(text) for queue, text in texts.items()}
        self._looked, self._ahead = now, steady - now

    def _know(self, queue: str, circuit: Circuit) -> None:
        if circuit == CLOSED:
            self._known.pop(queue, None)
        else:
            self._known[queue] = circuit

    def _take_probe(self, queue: str, patience: float) -> bool:
        self._number += 1
        probe = f"{self._owner}#{self._number}"
        text = self._journal.update(
            Register.CIRCUIT, queue, lambda text, now: _text(with_probe(read(text), probe, now, patience))
        )
        self._know(queue, read(text))
        if self._known.get(queue, CLOSED).probe != probe:
            return False
        self._probes[queue] = probe
        return True

    def _matters(self, queue: str, probe: str | None, answers: int) -> bool:
        """Whether answers have to be told now. Those that only lower a share are told with the next failure."""
        circuit = self._known.get(queue, CLOSED)
        if probe is not None or circuit.trial or circuit.run:
            return True
        if circuit == CLOSED:
            return False
        count, told = self._untold.setdefault(queue, (0, self._monotonic()))
        self._untold[queue] = (count + answers, told)
        return self._monotonic() - told >= TELL_EVERY

    def _counted_before(self, queue: str) -> list[Failure | None]:
        return [None] * self._untold.get(queue, (0, 0.0))[0]

    def _judged(
        self, queue: str, policy: BreakerPolicy, outcomes: Sequence[Failure | None], probe: str | None
    ) -> tuple[Judgement, Moment]:
        jitter, found = self._random(), list[tuple[Judgement, Moment]]()

        def change(text: str | None, now: float) -> str | None:
            moment = Moment(now, jitter)
            found.append((judge(read(text), outcomes, probe, policy, moment), moment))
            return _text(found[-1][0].circuit)

        self._journal.update(Register.CIRCUIT, queue, change)
        return found[-1]


def _text(circuit: Circuit) -> str | None:
    return None if circuit == CLOSED else circuit.text()


def _pause(circuit: Circuit, moment: Moment) -> float:
    return 0.0 if circuit.until is None else max(0.0, circuit.until - moment.now)


def _tell(queue: str, before: Circuit, after: Circuit, moment: Moment) -> None:
    if after.condition is Condition.OPEN and before.condition is not Condition.OPEN:
        pause = _pause(after, moment)
        LOG.warning("destination %s is left alone for %.1f s: %s: %s", queue, pause, after.code, after.why)
    elif after.condition is Condition.CLOSED and before.condition is not Condition.CLOSED:
        LOG.warning("destination %s answers again", queue)
