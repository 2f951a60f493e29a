"""The cases of routes: tests that live with them, played by the engine itself, and judged here.

A case passes exactly where the running system would. Topics and sinks are recorded, nothing leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossdock.delivery.states import State
from crossdock.journal.contract import Item
from crossdock.mapping.case import codes
from crossdock.route.compiled import CompiledRoute
from crossdock.route.faults import SOURCE
from crossdock.route.load import LoadedProject
from crossdock.route.spec import CaseSpec
from crossdock.testing.expectation import compare, goldens
from crossdock.testing.play import TOPIC, Played, names_of, play
from crossdock.testing.results import CaseResult

_STOPPED = (State.DEAD, State.HELD, State.DOUBT, State.WAITING)


def run_route_cases(project: LoadedProject, names: Sequence[str] = ()) -> Iterator[CaseResult]:
    """Run the cases of the named routes, or of all, in order."""
    for route in project.routes.values():
        if not names or route.name in names:
            for number in range(1, len(route.cases) + 1):
                yield run_route_case(project, route, number)


def run_route_case(project: LoadedProject, route: CompiledRoute, number: int) -> CaseResult:
    """Run case ``number`` (from 1) of a route."""
    case, place = route.cases[number - 1], route.places.get(f"case {number}")
    played = play(project, route, case)
    return CaseResult(
        name=route.name,
        number=number,
        about=case.about,
        problems=tuple(_problems(project, route, case, played)),
        place=f"{place.file}:{place.line}" if place else route.file,
        goldens=tuple(goldens(project.root, case.expect, played.outputs)),
        queues=frozenset(item.queue for item in played.items if not item.queue.startswith(TOPIC)),
    )


def _problems(project: LoadedProject, route: CompiledRoute, case: CaseSpec, played: Played) -> Iterator[str]:
    yield from (f"{queue} is stopped: {reason}" for queue, reason in played.stopped.items())
    yield from _stops(case, played)
    if case.expect_skip and not any(item.state is State.SKIPPED for item in played.items):
        yield "expected the message to be skipped, but it was not"
    yield from compare(project.root, case.expect, played.outputs)
    for name, effects in case.effects.items():
        found = played.outputs.effects.get(name, 0)
        if found != effects:
            yield f"{name}: expected {_times(effects, 'effect')}, got {found}"
    yield from _work(route, case, played)


def _times(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _stops(case: CaseSpec, played: Played) -> Iterator[str]:
    """Work that did not get through and should have, and the other way round."""
    expected, seen = codes(case.expect_error), set[str]()
    foreseen = {name for name, outcome in case.outcome.items() if outcome.value not in ("delivered", "skipped")}
    for item in played.items:
        if item.state not in _STOPPED or item.queue.startswith(TOPIC) or item.queue in played.stopped:
            continue
        found = played.codes[item.row]
        seen |= found
        if not found & set(expected) and not foreseen & _short(item.queue):
            still = "still waits: " if item.state is State.WAITING else ""
            yield f"{item.queue}: {still}{item.code}: {item.reason}"
    for code in expected:
        if code not in seen:
            yield f"expected error {code}, got {', '.join(sorted(seen)) or 'none'}"


def _short(queue: str) -> set[str]:
    """What a queue may be called in a case."""
    route, _, slot = queue.partition("/")
    return {queue, slot or SOURCE, slot or route}


def _work(route: CompiledRoute, case: CaseSpec, played: Played) -> Iterator[str]:
    """Attempts and outcomes that are not as expected."""
    queues = _queues(route)
    for name, attempts in case.attempts.items():
        made = max((item.attempts for item in _of(played.items, queues.get(name, name))), default=0)
        if made != attempts:
            yield f"{name}: expected {_times(attempts, 'attempt')}, got {made}"
    for name, outcome in case.outcome.items():
        states = sorted({item.state.value for item in _of(played.items, queues.get(name, name))})
        if states != [outcome.value]:
            yield f"{name}: expected to be {outcome.value}, is {' and '.join(states) or 'nothing: there was no work'}"


def _queues(route: CompiledRoute) -> dict[str, str]:
    """What a case calls the queues of its own route."""
    named = {SOURCE: route.name}
    for destination in route.destinations:
        named |= dict.fromkeys(names_of(route, destination, route), f"{route.name}/{destination.slot}")
    return named


def _of(items: Sequence[Item], queue: str) -> list[Item]:
    return [item for item in items if item.queue == queue]
