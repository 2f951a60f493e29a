"""What only the whole project can tell: topics nobody reads or writes, loops, windows shorter than retries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from crossdock.errors import Finding, Place, Severity
from crossdock.route.compiled import CompiledRoute
from crossdock.route.topic import RESERVED, SYSTEM, TOLD, is_topic, matches
from crossdock.yaml_source import suggest

Routes = Mapping[str, CompiledRoute]


def check_project(routes: Routes, names: Iterable[str]) -> list[Finding]:
    """Findings about how routes fit together. ``names`` are all route files, also those with mistakes of their own.

    Where a route could not be compiled its topics are not known, so nothing is said about dangling ones.
    """
    whole = set(names) == set(routes)
    found = [*_system_topics(routes, set(names)), *_loops(routes)]
    return [*found, *_unread(routes), *_unwritten(routes)] if whole else found


def _place(route: CompiledRoute, key: str) -> Place:
    return route.places.get(key, Place(file=route.file, line=1, column=1))


def _warning(code: str, message: str, place: Place, hint: str | None = None) -> Finding:
    return Finding(code=code, message=message, severity=Severity.WARNING, place=place, hint=hint)


def _published(routes: Routes) -> set[str]:
    return {topic for route in routes.values() for topic in route.published}


def _unread(routes: Routes) -> Iterator[Finding]:
    wanted = {pattern for route in routes.values() for pattern in route.topics}
    for route in routes.values():
        for topic in route.published:
            if not any(matches(pattern, topic) for pattern in wanted):
                hint = _close(topic, wanted) or "a route with from: {topic: …} would"
                yield _warning("R301", f"no route reads topic '{topic}'", _place(route, f"to {topic}"), hint)


def _unwritten(routes: Routes) -> Iterator[Finding]:
    published = _published(routes) | TOLD
    for route in routes.values():
        for pattern in route.topics:
            system = pattern.startswith(RESERVED) or (pattern.startswith("*") and pattern.count(".") > 1)
            if not system and not any(matches(pattern, topic) for topic in published):
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


def _loops(routes: Routes) -> Iterator[Finding]:
    """One finding per loop, at the topic that the first of its routes reads."""
    leads = {name: _next(route, routes) for name, route in routes.items()}
    told: set[frozenset[str]] = set()
    for start in sorted(routes):
        loop = _way_back(start, leads)
        if loop and frozenset(loop) not in told:
            told.add(frozenset(loop))
            route = routes[start]
            hint = "fine if a filter or once ends it; otherwise it runs for ever"
            place = _place(route, f"from {route.topics[0]}")
            yield _warning("R303", f"routes run in a loop: {' → '.join([*loop, start])}", place, hint)


def _next(route: CompiledRoute, routes: Routes) -> list[str]:
    readers = ((name, pattern) for name, other in routes.items() for pattern in other.topics)
    return sorted({name for name, pattern in readers for topic in route.published if matches(pattern, topic)})


def _way_back(start: str, leads: Mapping[str, list[str]]) -> list[str] | None:
    """The shortest way from ``start`` to itself."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in leads[way[-1]]:
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return None
