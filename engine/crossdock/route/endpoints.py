"""What only the whole project can tell of addresses: one path is one route's, and what is waited for is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crossdock.errors import Finding, Place
from crossdock.route.compiled import CompiledRoute
from crossdock.route.project import Http
from crossdock.yaml_source import suggest


def check_endpoints(routes: Mapping[str, CompiledRoute], http: Http) -> Iterator[Finding]:
    """Findings about the addresses of routes."""
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
