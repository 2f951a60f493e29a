"""Each safety of the engine taken out, one at a time: the seeds of CI must notice."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TypeVar

import pytest
from tests.fault.test_simulation import SEEDS

from crossdock.connector import Arrival, Source, Staged, Verdict
from crossdock.delivery.states import State
from crossdock.errors import Doubt, Retry
from crossdock.journal.contract import Entry, Journal, Outcome, Phase, Post, Result, Work
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.memory_tables import WorkRow
from crossdock.route.compiled import CompiledRoute
from crossdock.runtime.actions import Action, Answer, SinkOutcome, Steps
from crossdock.runtime.delivery import Courier, Load
from crossdock.runtime.intake import Intake
from crossdock.testing.simulation import Defects, simulate_seeds
from crossdock.testing.simulation.journal import Disk

T = TypeVar("T")


class NoTokenIsChecked(MemoryJournal):
    def _held(self, work: Work) -> WorkRow | None:
        row = self._tables.work.get(work.row)
        return row if row and row.state is State.WORKING else None


class NoArrivalIsRecognised(MemoryJournal):
    _times = count()

    def accept(self, entries: Sequence[Entry]) -> list[str]:
        return super().accept([replace(one, identity=f"{one.identity}{next(self._times)}") for one in entries])


class OnceForgets(MemoryJournal):
    def commit(self, results: Sequence[Result]) -> list[bool]:
        return super().commit([_changed(one, lambda outcome: replace(outcome, guards=())) for one in results])


class LanesAreIgnored(MemoryJournal):
    def commit(self, results: Sequence[Result]) -> list[bool]:
        return super().commit([_changed(one, _without_lanes) for one in results])


class LeasesNeverRunOut(MemoryJournal):
    def give_back(self, *, owner: str | None = None, crashed: bool) -> int:
        return super().give_back(owner=owner, crashed=crashed) if owner else 0


class CrashesAreNotCounted(MemoryJournal):
    def give_back(self, *, owner: str | None = None, crashed: bool) -> int:
        return super().give_back(owner=owner, crashed=False)


class WhatWasUnderWayIsForgotten(MemoryJournal):
    def give_back(self, *, owner: str | None = None, crashed: bool) -> int:
        returned = super().give_back(owner=owner, crashed=crashed)
        for row in self._tables.work.values():
            if row.state is State.WAITING:
                row.phase = row.proof = None
        return returned


class BatchesAreNotRecorded(MemoryJournal):
    def advance(self, works: Sequence[Work], phase: Phase, proofs: Sequence[str | None]) -> list[Work | None]:
        if phase is not Phase.GROUPED:
            return super().advance(works, phase, proofs)
        return [work if self._held(work) else None for work in works]


class NothingIsFlushed(Disk):
    def write(self, call: Callable[[MemoryJournal], T], *, flushed: bool) -> T:
        return super().write(call, flushed=False)


class NoIntentIsRecorded(Courier):
    def _opaque(self, loads: Sequence[Load]) -> Steps:
        yield from self._send(loads)


class NoProofIsRecorded(Courier):
    def _journalled(
        self, staged: Sequence[tuple[Load, Staged]]
    ) -> Generator[Action, Answer, dict[str, tuple[Work, ...]]]:
        yield from ()
        return {one.proof: load.works for load, one in staged}


class TheKeyChangesWithTheAttempt(Courier):
    def _load(self, works: Sequence[Work]) -> Load:
        load = Courier._load(self, works)
        return replace(load, parcel=replace(load.parcel, key=f"{load.parcel.key}/{works[0].attempt}"))


class OneAloneIsNoBatch(Courier):
    def _grouped(self, loads: Sequence[Load]) -> Steps:
        many = [load for load in loads if len(load.works) > 1]
        yield from self._send([load for load in loads if load not in many])
        if many:
            yield from Courier._grouped(self, many)


class DoubtIsTakenForRefusal(Courier):
    def _asked(
        self,
        move: str,
        call: Callable[[Sequence[T]], Sequence[SinkOutcome]],
        what: Sequence[T],
        good: type[SinkOutcome],
    ) -> Sequence[SinkOutcome]:
        outcomes = Courier._asked(self, move, call, what, good)
        return [Retry(one.code, one.message) if isinstance(one, Doubt) else one for one in outcomes]


class TheSourceIsToldTooEarly(Intake):
    def _accept(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        for arrival in batch:
            source.settle(arrival, Verdict.ACCEPTED)
        super()._accept(route, source, journal, batch)


class ArrivalsOvertake(Intake):
    def _accept_all(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        super()._accept_all(replace(route, ordered=False), source, journal, batch)

    def _accept(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        super()._accept(replace(route, ordered=route.name == "events"), source, journal, batch)


def _changed(result: Result, change: Callable[[Outcome], Outcome]) -> Result:
    children = tuple(replace(child, outcome=change(child.outcome)) for child in result.children)
    return replace(result, children=children, outcome=change(result.outcome) if result.outcome else None)


def _without_lanes(outcome: Outcome) -> Outcome:
    also = tuple(replace(sent, posts=_unlaned(sent.posts)) for sent in outcome.also)
    return replace(outcome, posts=_unlaned(outcome.posts), also=also)


def _unlaned(posts: tuple[Post, ...]) -> tuple[Post, ...]:
    return tuple(replace(post, lane=None) for post in posts)


#: The defect, and the promise it breaks.
MUTANTS: Mapping[str, tuple[Defects, set[str]]] = {
    "no token is checked": (Defects(journal=NoTokenIsChecked), {"token"}),
    "no arrival is recognised": (Defects(journal=NoArrivalIsRecognised), {"accepted", "twice"}),
    "once forgets": (Defects(journal=OnceForgets), {"twice"}),
    "lanes are ignored": (Defects(journal=LanesAreIgnored), {"sequence"}),
    "leases never run out": (Defects(journal=LeasesNeverRunOut), {"liveness"}),
    "crashes are not counted": (Defects(journal=CrashesAreNotCounted), {"liveness"}),
    "what was under way is forgotten": (Defects(journal=WhatWasUnderWayIsForgotten), {"twice"}),
    "batches are not recorded": (Defects(journal=BatchesAreNotRecorded), {"twice"}),
    "nothing is flushed": (Defects(disk=NothingIsFlushed), {"accepted", "lost", "twice"}),
    "no intent is recorded": (Defects(courier=NoIntentIsRecorded), {"twice"}),
    "no proof is recorded": (Defects(courier=NoProofIsRecorded), {"twice"}),
    "the key changes with the attempt": (Defects(courier=TheKeyChangesWithTheAttempt), {"twice"}),
    "one alone is no batch": (Defects(courier=OneAloneIsNoBatch), {"twice"}),
    "doubt is taken for refusal": (Defects(courier=DoubtIsTakenForRefusal), {"twice"}),
    "the source is told too early": (Defects(intake=TheSourceIsToldTooEarly), {"accepted", "lost"}),
    "arrivals overtake each other": (Defects(intake=ArrivalsOvertake), {"sequence"}),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_safety_that_is_taken_out_is_missed(name: str) -> None:
    defects, rules = MUTANTS[name]
    found = next((one for one in simulate_seeds(range(SEEDS), defects) if one.rule in rules), None)
    assert found is not None, "no seed noticed"
