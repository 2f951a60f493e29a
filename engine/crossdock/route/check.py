"""What only the whole project can tell: topics nobody reads or writes, loops, contracts, windows shorter than retries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Never

from crossdock.connector.amounts import SECONDS, spoken
from crossdock.errors import Finding, Place, Severity
from crossdock.route.compiled import CompiledRoute, everything
from crossdock.route.loops import loops
from crossdock.route.served import served
from crossdock.route.shared_names import shared_names
from crossdock.route.topic import RESERVED, SYSTEM, TOLD, Readers, is_topic, matches
from crossdock.yaml_source import Authored, suggest

Routes = Mapping[str, CompiledRoute]
_NONE: Mapping[str, Never] = MappingProxyType({})


def check_project(
    routes: Routes, names: Iterable[str], written: Mapping[str, Authored] = _NONE, sketches: Routes = _NONE
) -> list[Finding]:
    """Findings about how routes fit together. ``names`` are all routes, also those with mistakes of their own.

    ``written`` are the files of routes, and ``sketches`` what could be compiled of those with mistakes: of these only
    what is certain is told, and nothing of a topic that one of them may read or publish.
    """
    every = set(names)
    other = served(every - routes.keys(), written)
    found = [*_system_topics(routes, every), *loops(routes), *shared_names({**sketches, **routes})]
    found += [*_other_contracts(routes), *_short_windows(routes)]
    found += _unread(routes, other.topics) if other.reads else ()
    found += _unwritten(routes, other.topics) if other.publishes else ()
    return found


def _place(route: CompiledRoute, key: str) -> Place:
    return route.places.get(key, Place(file=route.file, line=1, column=1))


def _warning(code: str, message: str, place: Place, hint: str | None = None) -> Finding:
    return Finding(code=code, message=message, severity=Severity.WARNING, place=place, hint=hint)


def _published(routes: Routes) -> set[str]:
    return {topic for route in routes.values() for topic in route.published}


def _unread(routes: Routes, others: Collection[str]) -> Iterator[Finding]:
    wanted = {pattern for route in routes.values() for pattern in route.topics} | {*others}
    readers = Readers((pattern, pattern) for pattern in wanted)
    for route in routes.values():
        for topic in route.published:
            if not any(readers.of(topic)):
                hint = _close(topic, wanted) or "a route with from: {topic: …} would"
                yield _warning("R301", f"no route reads topic '{topic}'", _place(route, f"to {topic}"), hint)


def _unwritten(routes: Routes, others: Collection[str]) -> Iterator[Finding]:
    published = _published(routes) | TOLD | {*others}
    unstarred, starred = {topic for topic in published if "*" not in topic}, [one for one in published if "*" in one]
    for route in routes.values():
        for pattern in route.topics:
            system = pattern.startswith(RESERVED) or (pattern.startswith("*") and pattern.count(".") > 1)
            may = starred if "*" not in pattern else published
            if not system and pattern not in unstarred and not any(matches(pattern, topic) for topic in may):
                near = published if pattern.startswith("ack.") else published - TOLD
                hint = _close(pattern, near)
                yield _warning("R302", f"no route publishes topic '{pattern}'", _place(route, f"from {pattern}"), hint)


def _close(topic: str, known: Iterable[str]) -> str | None:
    hint = suggest(topic, known)
    return hint if hint is not None and hint.startswith("did") else None


def _system_topics(routes: Routes, names: set[str]) -> Iterator[Finding]:
    """A subscription to ``crossdock.…`` must name an event the engine has, and a route the project has."""
    for route in routes.values():
        for pattern in route.topics:
            if not pattern.startswith(RESERVED):
                continue
            event, _, name = pattern.rpartition(".")
            place = _place(route, f"from {pattern}")
            if not any(matches(event, known) for known in SYSTEM):
                known = [f"{event}.{name}" for event in SYSTEM]
                hint = suggest(pattern, known)
                yield Finding(code="R305", message=f"the engine has no topic '{pattern}'", place=place, hint=hint)
            elif is_topic(name) and name not in names:
                hint = suggest(name, names)
                yield Finding(code="R305", message=f"route '{name}' does not exist", place=place, hint=hint)
            elif name == route.name:
                hint = "what fails here would come back here; let another route read it"
                yield _warning("R303", f"the route reads its own '{pattern}'", place, hint)


def _other_contracts(routes: Routes) -> Iterator[Finding]:
    """What a route needs of everything it reads, where a topic certainly brings something else."""
    demanding = {name: route for name, route in routes.items() if route.traits.demands and route.accepts is everything}
    readers = Readers((name, pattern) for name, route in demanding.items() for pattern in route.topics)
    for publisher in routes.values():
        for one in publisher.traits.publications:
            if one.shape is None or "*" in one.topic:
                continue
            for demand in (demand for name in readers.of(one.topic) for demand in demanding[name].traits.demands):
                if demand.shape != one.shape:
                    message = f"{demand.who} {demand.shape}, but topic '{one.topic}' brings {one.shape}"
                    hint = (
                        f"{publisher.file}, line {one.place.line}, publishes it; a filter or a mapping before would do"
                    )
                    yield Finding(code="R250", message=message, place=demand.place, hint=hint)


def _short_windows(routes: Routes) -> Iterator[Finding]:
    """Keys that are forgotten while a delivery is still retried: a duplicate would pass, and both be delivered."""
    for route in routes.values():
        policies = [route.retry, *(one.retry for one in route.destinations if one.asking is None)]
        horizon = max(policy.horizon for policy in policies)
        for window in route.traits.windows:
            if window.within < horizon:
                message = f"keys are forgotten after {spoken(window.within)}, but deliveries are retried for {spoken(horizon)}"
                hint = f"remember them for longer, such as {spoken(_days(horizon))}, or retry less"
                yield _warning("R251", message, window.place, hint)


def _days(least: float) -> float:
    """A round time that is longer: hours, or days."""
    unit = SECONDS["h"] if least < SECONDS["d"] / 2 else SECONDS["d"]
    return (least // unit + 1) * unit
