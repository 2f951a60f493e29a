"""From a plan that fails to the smallest one found that fails in the same way.

Greedy and deterministic: of every smaller plan in turn, the first that still breaks the same rule takes its place. A
plan is made smaller by leaving out faults (half of them, then one by one), files, documents, machines and workers, and
by letting a process die or freeze earlier.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from crossdock.testing.simulation.cluster import Defects
from crossdock.testing.simulation.plan import Fault, Plan
from crossdock.testing.simulation.run import SOUND, Verdict, simulate
from crossdock.testing.simulation.source import File

MOST_RUNS = 400

T = TypeVar("T")


def shrink(verdict: Verdict, defects: Defects = SOUND, runs: int = MOST_RUNS) -> Verdict:
    """The verdict of the smallest plan that breaks the rule ``verdict`` names, within so many runs."""
    left = runs
    best = verdict
    while left > 0:
        tried = 0
        for plan in islice(_smaller(best.plan), left):
            tried += 1
            found = simulate(plan, defects)
            if found.rule == verdict.rule:
                best = found
                break
        else:
            return best
        left -= tried
    return best


def _smaller(plan: Plan) -> Iterator[Plan]:
    for faults in _without_some(plan.faults):
        yield replace(plan, faults=faults)
    for events in _without_some(plan.events):
        yield replace(plan, events=events)
    for orders in _without_some(plan.orders):
        yield replace(plan, orders=orders)
    yield from (replace(plan, orders=orders) for orders in _shorter(plan.orders))
    if plan.poison:
        yield replace(plan, poison=frozenset())
    if plan.hosts > 1:
        yield _with_hosts(plan, plan.hosts - 1)
    if plan.workers > 1:
        yield replace(plan, workers=1)
    yield from _milder(plan)


def _without_some(things: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    half = len(things) // 2
    if half > 1:
        yield things[half:]
        yield things[:half]
    yield from (_without(things, index) for index in range(len(things)))


def _without(things: tuple[T, ...], index: int) -> tuple[T, ...]:
    return things[:index] + things[index + 1 :]


def _shorter(files: Sequence[File]) -> Iterator[tuple[File, ...]]:
    """One document less in one of the files."""
    for number, file in enumerate(files):
        if len(file.lines) > 1:
            for index in range(len(file.lines)):
                less = replace(file, lines=_without(file.lines, index))
                yield (*files[:number], less, *files[number + 1 :])


def _with_hosts(plan: Plan, hosts: int) -> Plan:
    gone = f"host{plan.hosts}"
    return replace(plan, hosts=hosts, faults=tuple(one for one in plan.faults if not one.target.startswith(gone)))


def _milder(plan: Plan) -> Iterator[Plan]:
    for index, fault in enumerate(plan.faults):
        if fault.kind in ("kill", "freeze") and fault.amount > 0:
            yield _instead(plan, index, replace(fault, amount=fault.amount // 2))


def _instead(plan: Plan, index: int, fault: Fault) -> Plan:
    return replace(plan, faults=(*plan.faults[:index], fault, *plan.faults[index + 1 :]))
