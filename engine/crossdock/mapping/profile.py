"""Where the time of a mapping goes, field by field. The clock is an argument.

A field is measured alone, with what it needs: what several fields share (a path, ``$ship``) counts for each of them, so
that the parts add up to more than the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from crossdock.errors import Place
from crossdock.mapping.binding import Bound, CasePlan, LeafPlan, LoopPlan, Plan, ShapePlan, WhenPlan, parts_of
from crossdock.mapping.fault import Fault
from crossdock.mapping.fields import PLAIN, Constant
from crossdock.mapping.program import TooMany, program
from crossdock.mapping.scope import Scope
from crossdock.message import Document

ROUNDS = 25  # of each field; the quickest counts

#: Seconds since whenever.
Clock: TypeAlias = Callable[[], float]
Documents: TypeAlias = Sequence[tuple[Document, Scope]]


@dataclass(frozen=True, slots=True)
class Spent:
    """What one part of a mapping took: ``seconds`` for all the documents, ``calls`` where they are counted."""

    name: str
    place: Place
    seconds: float
    text: str = ""
    calls: int | None = None


def profile_fields(bound: Bound, documents: Documents, clock: Clock) -> list[Spent]:
    """Every field, the slowest first."""
    nothing = _time(replace(bound, plan=Constant((), None)), documents, clock)
    spent = []
    for name, alone, own in _fields(bound.plan, ""):
        seconds = _time(replace(bound, plan=alone), documents, clock) - nothing
        place, text = _told(own)
        spent.append(Spent(name or "/", place, max(seconds, 0.0), text))
    return sorted(spent, key=lambda one: -one.seconds)


def _fields(plan: Plan, pointer: str) -> Iterator[tuple[str, Plan, Plan]]:
    """Each field: where it stands in the result, the whole with nothing but it, and its own plan."""
    if isinstance(plan, ShapePlan):
        for name, part in plan.fields:
            for inner, alone, own in _fields(part, f"{pointer}/{name}"):
                yield inner, ShapePlan(plan.site, PLAIN, ((name, alone),)), own
    elif isinstance(plan, LoopPlan):
        for inner, alone, own in _fields(plan.body, f"{pointer}/*"):
            loop = LoopPlan(plan.site, PLAIN, plan.element, plan.index, plan.row, plan.running, alone)
            yield inner, loop, own
    elif not isinstance(plan, Constant):
        yield pointer, plan, plan


def _told(plan: Plan) -> tuple[Place, str]:
    """Where a field stands in the mapping, and its expression."""
    if isinstance(plan, LeafPlan | WhenPlan | CasePlan):
        return plan.site.place, plan.site.text
    inner = next(iter(parts_of(plan)), None)
    return _told(inner) if inner is not None else (Place(), "")


def _time(bound: Bound, documents: Documents, clock: Clock) -> float:
    """Seconds for all the documents, each at its quickest."""
    run = program(bound, "profile")
    return sum(_quickest(lambda given=given: run(given[1], given[0]), clock) for given in documents)  # type: ignore[misc]  # a default argument binds the loop's value


def _quickest(run: Callable[[], object], clock: Clock) -> float:
    times = []
    for _ in range(ROUNDS):
        begin = clock()
        try:
            run()
        except (TooMany, Fault):  # told when the mapping itself is run
            return 0.0
        times.append(clock() - begin)
    return min(times)
