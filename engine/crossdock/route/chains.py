"""Cases that go through several routes: that these exist, and the topics whose effects are counted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from crossdock.errors import Finding, Place
from crossdock.route.cases import comes
from crossdock.route.compiled import CompiledRoute
from crossdock.route.spec import CaseSpec
from crossdock.yaml_source import suggest


@dataclass(frozen=True, slots=True)
class Unsound:
    """``routes`` that have mistakes, and ``partners`` who do: of these nobody knows which routes they have."""

    routes: Collection[str] = ()
    partners: Collection[str] = ()

    def has(self, name: str) -> bool:
        """Whether such a route is there, or may be, as soon as the mistakes are mended."""
        return name in self.routes or any(name.startswith(f"partner-{one}-") for one in self.partners)


def check_chains(routes: Mapping[str, CompiledRoute], unsound: Unsound = Unsound()) -> Iterator[Finding]:
    """A finding for every route that a case is to go ``through``, or whose effects it counts, and that is not there."""
    for route in routes.values():
        for number, case in enumerate(route.cases, start=1):
            place = route.places.get(f"case {number}", Place(file=route.file))
            named = list(dict.fromkeys(case.through)) if isinstance(case.through, list) else []
            sound = [name for name in named if not unsound.has(name)]
            yield from _missing(route, number, sound, routes)
            if case.through and sound == named:
                yield from _uncounted(route, case, routes, place)


def _missing(
    route: CompiledRoute, number: int, named: list[str], routes: Mapping[str, CompiledRoute]
) -> Iterator[Finding]:
    for name in named:
        if name not in routes:
            place = route.places.get(f"case {number} through {name}", Place(file=route.file))
            hint, message = suggest(name, routes), f"a case goes through route '{name}', which does not exist"
            yield Finding(code="R453", message=message, place=place, hint=hint, value=name)


def _uncounted(
    route: CompiledRoute, case: CaseSpec, routes: Mapping[str, CompiledRoute], place: Place
) -> Iterator[Finding]:
    """Effects at what no route of the case sends to; what has a ``/`` is a system of another route."""
    own = {name for one in route.destinations for name in (*one.asked_as, one.slot)}
    named = {*case.through} if isinstance(case.through, list) else routes.keys()
    topics = [topic for name in (route.name, *named) if name in routes for topic in routes[name].published]
    for name in case.effects:
        if name not in own and "/" not in name and not comes(name, topics):
            known = own | {topic for topic in topics if "*" not in topic}
            theirs = {f"{other}/{one.slot}" for other in named if other in routes for one in routes[other].destinations}
            meant = sorted(one for one in theirs if one.endswith(f"/{name}"))
            hint = f"did you mean '{meant[0]}'?" if meant else suggest(name, known | theirs)
            message = f"a topic, destination or question called '{name}' does not exist"
            yield Finding(code="R450", message=message, place=place, hint=hint, value=name)
