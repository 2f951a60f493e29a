"""When a destination is left alone: closed, open, half-open, as a value all workers and machines share.

    closed     everything goes. Failures in a row, or too large a share of them in a while, open it
    open       nothing goes until a moment; messages wait and spend no attempts
    half-open  one probe goes, on all machines together. Answered: closed, on trial. Failed: open again, for longer

On trial (just closed by a probe) the first failure opens it again, until as many answers in a row have proven it: a
destination that takes one message and dies of the second must not cost attempts for ever. A destination that names a
time (``Retry.after``) opens it for that time; a person opens it until further notice.

Only failures to be served count. A document that is refused was answered, and that proves the destination.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

FEWEST = 20  # answers and failures in a window before their share says anything
IN_A_MOMENT = 1.0  # seconds: several workers that find nothing to send must not wake each other all the time
SHORTEST = 0.1  # of the open time: an unlucky draw must not hammer a destination that is down


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """``failures`` in a row open it (0: never by itself), or a ``share`` of those within ``window`` seconds.

    It stays open for up to ``open`` seconds at first, twice as long each time, at most ``max``; ``longest`` bounds the
    time a destination may name itself.
    """

    failures: int = 5
    share: float = 0.5
    window: float = 30.0
    open: float = 5.0
    max: float = 300.0
    longest: float = 3600.0

    def pause(self, turn: int, jitter: float) -> float:
        """Seconds to leave it alone for the ``turn``-th time (from 1); ``jitter`` is a draw from [0, 1)."""
        doubled = self.open * 2.0 ** min(turn - 1, 64)
        return min(self.max, doubled) * max(SHORTEST, jitter)


class Condition(enum.StrEnum):
    """What a breaker lets through: everything, nothing, or one probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Circuit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of one breaker. Times are in seconds of the journal's steady clock.

    closed: ``run`` failures in a row, ``good`` and ``bad`` since ``since``; ``trial`` answers are still wanted.
    open: since ``since``, until ``until`` (None: until a person closes it); half-open: until the probe counts as lost.
    ``code`` and ``why`` are those of the failure that opened it, ``turn`` how often it did in a row.
    """

    condition: Condition = Condition.CLOSED
    since: float = 0.0
    until: float | None = None
    turn: int = 0
    run: int = 0
    good: int = 0
    bad: int = 0
    trial: int = 0
    probe: str | None = None
    code: str | None = None
    why: str | None = None

    def due(self, now: float) -> bool:
        """Whether a probe may go now."""
        return self.condition is not Condition.CLOSED and self.until is not None and now >= self.until

    @property
    def by_hand(self) -> bool:
        """Whether a person opened it."""
        return self.condition is Condition.OPEN and self.until is None

    def text(self) -> str:
        """The circuit as a register keeps it."""
        return msgspec.json.encode(self).decode()


CLOSED = Circuit()


def read(text: str | None) -> Circuit:
    """The circuit in a register; one that another version wrote in words we do not know counts as closed."""
    if text is None:
        return CLOSED
    try:
        return msgspec.json.decode(text, type=Circuit)
    except msgspec.MsgspecError:
        return CLOSED


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that was not served, and the seconds the destination asked us to wait, where it did."""

    code: str
    why: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The circuit after a call, and which of its failures spend an attempt: those that came while it was closed."""

    circuit: Circuit
    spent: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """``now`` by the journal's steady clock, and a draw from [0, 1)."""

    now: float
    jitter: float


def judge(
    circuit: Circuit, outcomes: Sequence[Failure | None], probe: str | None, policy: BreakerPolicy, moment: Moment
) -> Judgement:
    """What the ``outcomes`` of one call (None: answered), in order, mean. ``probe`` is the caller's, if it had one."""
    spent: list[bool] = []
    for outcome in outcomes:
        spent.append(outcome is not None and circuit.condition is Condition.CLOSED and not circuit.trial)
        if outcome is None:
            circuit = _answered(circuit, probe, policy, moment.now)
        else:
            circuit = _failed(circuit, outcome, probe, policy, moment)
    return Judgement(circuit, tuple(spent))


def _answered(circuit: Circuit, probe: str | None, policy: BreakerPolicy, now: float) -> Circuit:
    if circuit.condition is Condition.CLOSED:
        trial = max(0, circuit.trial - 1)
        if not trial and (circuit.trial or now - circuit.since > policy.window):
            return CLOSED
        return replace(circuit, run=0, good=circuit.good + 1, trial=trial)
    if circuit.condition is Condition.HALF_OPEN and circuit.probe == probe:
        return Circuit(since=now, turn=circuit.turn, trial=policy.failures) if policy.failures else CLOSED
    return circuit  # it was sent before the breaker opened


def _failed(circuit: Circuit, failure: Failure, probe: str | None, policy: BreakerPolicy, moment: Moment) -> Circuit:
    if circuit.condition is Condition.CLOSED:
        circuit = _counted(circuit, policy, moment.now)
        if failure.after is not None or circuit.trial or _is_enough(circuit, policy):
            return _opened(circuit, failure, policy, moment)
        return circuit
    if circuit.condition is Condition.HALF_OPEN and circuit.probe == probe:
        return _opened(circuit, failure, policy, moment)
    if failure.after is not None and circuit.until is not None:  # it names a longer time than we thought of
        return replace(circuit, until=max(circuit.until, moment.now + min(failure.after, policy.longest)))
    return circuit


def _counted(circuit: Circuit, policy: BreakerPolicy, now: float) -> Circuit:
    if now - circuit.since > policy.window and not circuit.trial:
        circuit = replace(circuit, since=now, good=0, bad=0)
    return replace(circuit, run=circuit.run + 1, bad=circuit.bad + 1)


def _is_enough(circuit: Circuit, policy: BreakerPolicy) -> bool:
    if not policy.failures:
        return False
    seen = circuit.good + circuit.bad
    return circuit.run >= policy.failures or (seen >= FEWEST and circuit.bad >= seen * policy.share)


def _opened(circuit: Circuit, failure: Failure, policy: BreakerPolicy, moment: Moment) -> Circuit:
    turn, named = circuit.turn + 1, failure.after
    pause = policy.pause(turn, moment.jitter) if named is None else min(named, policy.longest)
    return Circuit(
        condition=Condition.OPEN,
        since=circuit.since if circuit.condition is Condition.HALF_OPEN else moment.now,
        until=moment.now + pause,
        turn=turn,
        code=failure.code,
        why=failure.why,
    )


def with_probe(circuit: Circuit, probe: str, now: float, patience: float) -> Circuit:
    """Half-open for ``probe`` if that is due, for ``patience`` seconds; else as it was."""
    if not circuit.due(now):
        return circuit
    return replace(circuit, condition=Condition.HALF_OPEN, probe=probe, until=now + patience)


def without_probe(circuit: Circuit, probe: str, now: float) -> Circuit:
    """``probe`` found nothing to send: the next one may go in a moment."""
    if circuit.condition is not Condition.HALF_OPEN or circuit.probe != probe:
        return circuit
    return replace(circuit, condition=Condition.OPEN, probe=None, until=now + IN_A_MOMENT)


def opened_by_hand(why: str, now: float) -> Circuit:
    """Open until a person closes it."""
    return Circuit(condition=Condition.OPEN, since=now, why=why)
