"""Cases that go through several routes: that these exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crossdock.errors import Finding, Place
from crossdock.route.compiled import CompiledRoute
from crossdock.yaml_source import suggest


def check_chains(routes: Mapping[str, CompiledRoute]) -> Iterator[Finding]:
    """A finding for every route that a case is to go ``through`` and that is not there."""
    for route in routes.values():
        for number, case in enumerate(route.cases, start=1):
            named = case.through if isinstance(case.through, list) else []
            for name in named:
                if name not in routes:
                    hint, place = suggest(name, routes), route.places.get(f"case {number}", Place(file=route.file))
                    message = f"a case goes through route '{name}', which does not exist"
                    yield Finding(code="R453", message=message, place=place, hint=hint, value=name)
