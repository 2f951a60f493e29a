"""Systems that a case talks to: each keeps the contract of its effect class, and does what the faults say.

Where a destination honours a key or a proof, so does its fake: what is sent again takes no second effect. So a case
counts the effects that the real system would see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.connector import Done, Effect, Parcel, Staged
from crossdock.errors import CrossdockError
from crossdock.route.asking import Asking, Known, exact
from crossdock.route.destination import Destination
from crossdock.route.faults import is_down, no_answer
from crossdock.route.spec import CaseSpec
from crossdock.runtime.lines import Answered
from crossdock.testing.faults import Faults, is_slow
from crossdock.testing.outputs import Outputs


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a fake stands: the faults of the case, and what comes of it."""

    faults: Faults
    outputs: Outputs


class FakeSink:
    """Writes down what it is sent, under the target the real sink would have used. ``names`` are those of its place."""

    def __init__(self, destination: Destination, names: Sequence[str], ground: Ground, done: set[str]) -> None:
        self._destination = destination
        self._names = names
        self._ground = ground
        self._done = done  # keys and proofs; what is done outlives a worker that is lost
        self._keyed = destination.kind.effect(destination.options) is not Effect.OPAQUE
        self._staged: dict[str, Parcel] = {}

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Everything is delivered, if no fault forbids it."""
        if self._ground.faults.is_down(self._names):
            return [is_down(self._names[0])] * len(parcels)
        for parcel in parcels:
            self._take(parcel)
        return self._answer(len(parcels), [parcel.key for parcel in parcels])

    def stage(self, parcels: Sequence[Parcel]) -> Sequence[Staged | CrossdockError]:
        """Everything is on the other side, under its key."""
        if self._ground.faults.is_down(self._names):
            return [is_down(self._names[0])] * len(parcels)
        self._staged |= {parcel.key: parcel for parcel in parcels}
        return [Staged(parcel.key) for parcel in parcels]

    def finish(self, staged: Sequence[Staged]) -> Sequence[Done | CrossdockError]:
        """It takes effect. What has taken effect before is found, and nothing is done."""
        proofs = [one.proof for one in staged]
        again = [proof for proof in proofs if proof not in self._staged]
        if again and self._ground.faults.is_down(self._names):
            return [is_down(self._names[0])] * len(staged)
        for proof in proofs:
            if proof in self._staged:
                self._take(self._staged.pop(proof))
        return self._answer(len(staged), proofs)

    def close(self) -> None:
        """Nothing is held."""

    def _take(self, parcel: Parcel) -> None:
        if self._keyed and parcel.key in self._done:
            return
        self._done.add(parcel.key)
        outputs = self._ground.outputs
        target = self._destination.kind.target(self._destination.options, parcel) or self._destination.slot
        outputs.payloads.setdefault(target, []).append(parcel.data)
        outputs.took_effect(self._names)

    def _answer(self, count: int, keys: Sequence[str]) -> Sequence[Done | CrossdockError]:
        self._ground.faults.lose_worker(self._names, keys)
        if self._ground.faults.is_slow(self._names):
            return [is_slow(self._names[0])] * count
        return [Done("case")] * count


class FakeSystem:
    """Answers as the case says."""

    def __init__(self, asking: Asking, names: Sequence[str], case: CaseSpec, ground: Ground, done: set[str]) -> None:
        self._asking = asking
        self._names = names
        self._case = case
        self._ground = ground
        self._done = done

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One answer each, the same for all."""
        return [self._answer(parcel) for parcel in parcels]

    def close(self) -> None:
        """Nothing is held."""

    def _answer(self, parcel: Parcel) -> Done | CrossdockError:
        faults = self._ground.faults
        if faults.is_down(self._names):
            return is_down(self._names[0])
        answer = given_answer(self._names, self._case)
        if answer is None:
            return no_answer(self._names[0])
        if self._asking.effect is Effect.OPAQUE or parcel.key not in self._done:
            self._done.add(parcel.key)
            self._ground.outputs.took_effect(self._names)
        faults.lose_worker(self._names, [parcel.key])
        return is_slow(self._names[0]) if faults.is_slow(self._names) else Answered(document=answer.document)


def given_answer(names: Sequence[str], case: CaseSpec) -> Known | None:
    """What a case says that a system answers, which goes by ``names``."""
    name = next((name for name in names if name in case.answers), None)
    return None if name is None else Known(exact(case.answers[name]), 0.0)
