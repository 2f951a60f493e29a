"""What only the whole project can tell of addresses: one path is one route's, and what is waited for is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from crossdock.connector.endpoint import Endpoint
from crossdock.errors import Finding, Place, Severity
from crossdock.route.compiled import CompiledRoute
from crossdock.route.project import Http
from crossdock.yaml_source import suggest


def check_endpoints(
    routes: Mapping[str, CompiledRoute], http: Http, partners: Collection[str] = ()
) -> Iterator[Finding]:
    """Findings about the addresses of routes. ``partners`` are those the project has a profile of."""
    taken: dict[str, str] = {}
    for route in routes.values():
        endpoint = route.endpoint
        if endpoint is None:
            continue
        if endpoint.path in taken:
            yield _wrong(route, "W201", f"route '{taken[endpoint.path]}' has the path {endpoint.path} already")
        taken.setdefault(endpoint.path, route.name)
        if endpoint.access.certificates is not None and (http.tls is None or http.tls.clients is None):
            hint = "http: {tls: {certificate: …, key: …, clients: …}} in crossdock.yaml"
            yield _wrong(route, "W206", "certificates are asked for, and nobody checks them", hint)
        yield from _reply(route)
        yield from _partners(route, endpoint, partners)


def _partners(route: CompiledRoute, endpoint: Endpoint, partners: Collection[str]) -> Iterator[Finding]:
    named = [endpoint.partner, *(endpoint.access.certificates or {}).values()]
    for name in dict.fromkeys(one for one in named if one):
        if name not in partners:
            message = f"there is no partner '{name}', so what comes here would be nobody's"
            wrong = _wrong(route, "W210", message, suggest(name, partners) or f"write partners/{name}.yaml")
            yield replace(wrong, severity=Severity.WARNING)


def _reply(route: CompiledRoute) -> Iterator[Finding]:
    reply = route.endpoint.reply if route.endpoint is not None else None
    names = [one.slot for one in route.destinations]
    if reply is not None and reply.of is not None and reply.of not in names:
        message = f"the reply comes from '{reply.of}', which is no destination of the route"
        yield _wrong(route, "W202", message, suggest(reply.of, names) or "give a destination a name: …")


def _wrong(route: CompiledRoute, code: str, message: str, hint: str | None = None) -> Finding:
    return Finding(
        code=code, message=message, place=route.places.get("from", Place(file=route.file, line=1, column=1)), hint=hint
    )
