"""Where the time of a mapping goes, field by field. The clock is an argument.

A field is measured alone, with what it needs: what several fields share (a path, a ``let`` beside ``each``) counts for
each of them, so that the parts add up to more than the whole. Each ``let`` of the file is a part of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from crossdock.errors import Place
from crossdock.mapping.binding import (
    Bound,
    CasePlan,
    ItemsPlan,
    LeafPlan,
    Let,
    LocalPlan,
    LoopPlan,
    Plan,
    ShapePlan,
    Site,
    WhenPlan,
    parts_of,
    terms_of,
)
from crossdock.mapping.fault import Fault
from crossdock.mapping.fields import PLAIN, Constant
from crossdock.mapping.jmespath.term import reachable
from crossdock.mapping.program import TooMany, program
from crossdock.mapping.scope import Scope
from crossdock.message import Document

ROUNDS = 25  # of each field; the quickest counts
_NOTHING = Constant((), None)

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
    """Every field and every name of the file, the slowest first."""
    spent, before = [], _time(replace(bound, lets=[], plan=_NOTHING), documents, clock)
    for at, let in enumerate(bound.lets, 1):
        after = _time(replace(bound, lets=bound.lets[:at], plan=_NOTHING), documents, clock)
        spent.append(Spent(f"${let.name}", let.site.place, max(after - before, 0.0), let.site.text))
        before = after
    for name, alone, own in _fields(bound.plan, ""):
        seconds = _time(replace(bound, plan=alone), documents, clock) - before
        place, text = _told(own)
        spent.append(Spent(name or "/", place, max(seconds, 0.0), text))
    return sorted(spent, key=lambda one: -one.seconds)


def _fields(plan: Plan, pointer: str) -> Iterator[tuple[str, Plan, Plan]]:
    """Each field: where it stands in the result, the whole with nothing but it, and its own plan."""
    inside = list(_inside(plan, pointer))
    for where, part, around in inside:
        for name, alone, own in _fields(part, where):
            yield name, around(alone), own
    if not inside and not isinstance(plan, Constant):
        yield pointer, plan, plan


def _inside(plan: Plan, pointer: str) -> Iterator[tuple[str, Plan, Callable[[Plan], Plan]]]:
    """The plans right inside: where each stands, and what makes the whole with nothing else inside."""
    match plan:
        case ShapePlan(site, _, fields):
            yield from ((f"{pointer}/{name}", part, partial(_shape, site, name)) for name, part in fields)
        case ItemsPlan(items):
            yield from ((f"{pointer}/{at}", part, lambda alone: ItemsPlan((alone,))) for at, part in enumerate(items))
        case LoopPlan():
            around = partial(LoopPlan, plan.site, PLAIN, plan.element, plan.index, plan.row, plan.running)
            yield f"{pointer}/*", plan.body, around
        case LocalPlan():
            yield pointer, plan.body, partial(_local, plan.lets)
        case WhenPlan(site, body) if not isinstance(body, Constant):
            yield pointer, body, partial(WhenPlan, site)
        case CasePlan(site, _, (only,)):  # ``use``
            yield pointer, only, lambda alone: CasePlan(site, PLAIN, (alone,))


def _shape(site: Site, name: str, alone: Plan) -> Plan:
    return ShapePlan(site, PLAIN, ((name, alone),))


def _local(lets: tuple[Let, ...], alone: Plan) -> Plan:
    """The plan with those of the names that it needs."""
    terms, needed = list(terms_of(alone)), list[Let]()
    for let in reversed(lets):
        if any(term is let.variable for term in reachable(terms)):
            needed.append(let)
            terms.append(let.site.term)
    return LocalPlan(tuple(reversed(needed)), alone)


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
