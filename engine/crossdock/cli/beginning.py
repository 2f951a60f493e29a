"""What ``crossdock run`` says when it begins: what is run, where from, where it answers, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from crossdock.route.compiled import CompiledRoute
from crossdock.runtime.engine import Engine
from crossdock.runtime.roles import Role

_SHOWN = 4  # of a list; of what is more, how much


def beginning(engine: Engine, *, watched: bool) -> Iterator[str]:
    """Two lines, or three where it answers on the network."""
    routes = [route for route in engine.routes.values() if route.enabled]
    off = len(engine.routes) - len(routes)
    what = [_counted(len(routes), "route"), *([f"{off} switched off"] if off else ()), *_takes_part(engine)]
    yield f"crossdock {version('crossdock')} runs '{engine.project.settings.name}': {', '.join(what)}"
    if Role.INTAKE in engine.roles:
        sources = [f"{route.name} ({route.source.connector})" for route in routes if route.source is not None]
        yield f"sources: {_listed(sources)}" if sources else "sources: none"
    yield from _addresses(engine, routes)
    ends = "changed files take effect; Ctrl-C stops it" if watched else "Ctrl-C stops it"
    yield f"logs follow as lines of JSON; {ends}"


def _takes_part(engine: Engine) -> list[str]:
    workers = [_counted(engine.workers, "worker")] if Role.WORKER in engine.roles else []
    roles = [] if len(engine.roles) == len(Role) else [f"only as {', '.join(sorted(engine.roles))}"]
    return [*workers, *roles]


def _addresses(engine: Engine, routes: Sequence[CompiledRoute]) -> Iterator[str]:
    if Role.HTTP not in engine.roles:
        return
    settings = engine.project.settings
    paths = [route.endpoint.path for route in routes if route.endpoint is not None]
    found = []
    if paths:
        scheme = "http" if settings.http.tls is None else "https"
        found.append(f"{scheme}://{settings.http.listen} {_listed(paths)}")
    if settings.health is not None:
        found.append(f"http://{settings.health} /live, /ready")
    if found:
        yield f"answers at {'; '.join(found)}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
