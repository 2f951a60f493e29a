"""What a stepped machine asks of the worker, one after the other: the calls and commits of a delivery or a question."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crossdock.connector import Done, Staged
from crossdock.delivery.breaker import Failure
from crossdock.errors import CrossdockError
from crossdock.journal.contract import Outcome, Phase, Result, Work
from crossdock.message import Document
from crossdock.route.asking import Known, Waiting
from crossdock.runtime.circuits import Verdict
from crossdock.runtime.fates import Halted

SinkOutcome: TypeAlias = "Done | Staged | CrossdockError"


@dataclass(frozen=True, slots=True)
class Blocking:
    """A call into the sink that may block; answered with its outcomes, one per parcel.

    After ``patience`` seconds it is taken for one that never returns.
    """

    call: Callable[[], Sequence[SinkOutcome]]
    patience: float


@dataclass(frozen=True, slots=True)
class Advance:
    """Record the phase of works before going on; answered with those whose lease is still held."""

    works: Sequence[Work]
    phase: Phase
    proofs: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Commit:
    """Settle works; answered with nothing."""

    results: Sequence[Result]


@dataclass(frozen=True, slots=True)
class Judge:
    """Tell the destination's breaker what came of a call, parcel by parcel; answered with its ``Verdict``."""

    outcomes: Sequence[Failure | None]


@dataclass(frozen=True, slots=True)
class Permit:
    """Ask whether the destination may be called now; answered with the seconds it is left alone for (0.0: call).

    None means that nothing new is begun: the worker is about to end.
    """


@dataclass(frozen=True, slots=True)
class Recall:
    """Ask for an answer that was had before, at most ``seconds`` old; answered with ``Known`` or None."""

    key: str
    seconds: float
    durable: bool


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep answers by key; answered with nothing."""

    answers: Mapping[str, Document]
    durable: bool


@dataclass(frozen=True, slots=True)
class Resume:
    """Run the rest of the route with an answer; answered with its ``Outcome``, or ``Halted``."""

    work: Work
    waiting: Waiting
    document: Document


Action: TypeAlias = Blocking | Advance | Commit | Judge | Permit | Recall | Remember | Resume
Answer: TypeAlias = "Sequence[SinkOutcome] | Sequence[Work | None] | Verdict | float | Known | Outcome | Halted | None"
Steps: TypeAlias = Generator[Action, "Answer", None]
