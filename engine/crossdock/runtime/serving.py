"""The front as a process of a run: addresses of the routes on the one side, journal, bus and door on the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime

from crossdock.bus.contract import Bus, Hint
from crossdock.connector.endpoint import Endpoint
from crossdock.document_json import decode
from crossdock.errors import Retry
from crossdock.front.callers import KeyRing
from crossdock.front.commits import Ground
from crossdock.front.openapi import description
from crossdock.front.pages import pages
from crossdock.front.reception import Served, Shut
from crossdock.front.server import Site, serve
from crossdock.front.tls import Tls
from crossdock.journal.contract import Entry, Post
from crossdock.message import Message, read_all
from crossdock.route.addresses import host_and_port
from crossdock.route.compiled import CompiledRoute
from crossdock.runtime.admission import Admissions, Gate
from crossdock.runtime.delivery import is_document
from crossdock.runtime.engine import Engine
from crossdock.runtime.expected import news
from crossdock.runtime.intake import ARRIVALS, RESERVED
from crossdock.runtime.listening import listen
from crossdock.runtime.pulse import Slot
from crossdock.runtime.scopes import scope_of

LOG = logging.getLogger("crossdock.front")
_SLOW = 1.0  # seconds after which a caller is told to come again where nothing says how long


def serve_front(engine: Engine, slot: Slot, name: str, stopping: Callable[[], bool]) -> None:
    """Serve the addresses of the project until ``stopping``. ``name`` is the process's."""
    root, settings = engine.project.root, engine.project.settings.http
    doors = _Doors()
    site = Site(
        served=served(engine),
        pages=pages(description(root, engine.project.settings, engine.routes.values()), shown=settings.docs),
        root=root,
        lay=lambda ring: _ground(engine, name, ring, slot, doors),
        open_journal=engine.open_journal,
        shut=doors.shut,
        new_id=engine.new_id,
        rendered=_Rendering(engine.clock.now).of,
        tls=Tls.of(root, settings),
    )
    serve(site, engine.listener or listen(*host_and_port(settings.listen)), stopping, slot.idle)


def _endpoints(engine: Engine) -> dict[str, tuple[CompiledRoute, Endpoint]]:
    return {
        route.endpoint.path: (route, route.endpoint)
        for route in engine.routes.values()
        if route.endpoint is not None and route.enabled
    }


def served(engine: Engine) -> dict[str, Served]:
    """Every address with its route."""
    keep = engine.project.settings.retention.keys
    return {
        path: Served(route=route, endpoint=one, entry=_Entries(route, keep, engine.clock.now).of, notices=notices(one))
        for path, (route, one) in _endpoints(engine).items()
    }


def notices(endpoint: Endpoint) -> dict[str, str]:
    """What every answer of an address says of its end: Deprecation (RFC 9745), Sunset (RFC 8594), what comes after."""
    told: dict[str, str] = {}
    if endpoint.deprecated is not None:
        told["Deprecation"] = f"@{endpoint.deprecated.timestamp():.0f}"
    if endpoint.sunset is not None:
        told["Sunset"] = format_datetime(endpoint.sunset, usegmt=True)
    if endpoint.successor is not None:
        told["Link"] = f'<{endpoint.successor}>; rel="successor-version"'
    return told


@dataclass(frozen=True, slots=True)
class _Entries:
    """What the journal takes of messages of a route."""

    route: CompiledRoute
    keep: float
    now: Callable[[], float]

    def of(self, message: Message, identity: str) -> Entry:
        """An entry. Headers that are the engine's own are nothing a caller could set."""
        route = self.route
        post = Post(queue=route.name, lane=ARRIVALS if route.ordered else None, priority=route.priority)
        if any(name.startswith(RESERVED) for name in message.headers):
            raise ValueError("a reserved header")
        scope = f"source:{route.name}"
        fresh = news(route, self.now())
        return Entry(message=message, scope=scope, identity=identity, posts=(post,), keep=self.keep, news=fresh)


@dataclass(slots=True)
class _Doors:
    """The door of the committing thread, for the loop to ask."""

    door: Admissions | None = field(default=None)

    def shut(self, route: str) -> Shut | None:
        """Why nothing may come in by ``route``, or only slowly; None where it may."""
        admission = self.door.of(route) if self.door is not None else None
        if admission is None or admission.gate is Gate.OPEN:
            return None
        slow = admission.gate is Gate.SLOW
        return Shut(
            code=admission.code or "",
            reason=admission.reason or "",
            come_again=admission.come_again or _SLOW,
            slow=slow,
        )


def _ground(engine: Engine, name: str, ring: KeyRing, slot: Slot, doors: _Doors) -> Ground:
    """What the committing thread works with, opened by itself."""
    journal = engine.open_journal()
    bus = engine.open_bus(journal, name, consume=False)
    door = doors.door = engine.door(journal)
    monotonic = engine.clock.boot

    def duties() -> None:
        door.look()
        try:
            ring.refresh(journal, monotonic())
        except Retry as error:
            LOG.error("keys cannot be looked up now, those known go on: %s", error)

    def close() -> None:
        bus.close()
        journal.close()

    duties()
    return Ground(
        journal=journal,
        tell=lambda entries: _tell(bus, slot, entries),
        refused=door.refused,
        duties=duties,
        close=close,
    )


def _tell(bus: Bus, slot: Slot, entries: Sequence[Entry]) -> None:
    """The bus hears of work. It is a hint: what it does not hear is found in the journal."""
    slot.brought()
    try:
        bus.publish(
            [Hint(one.message.id, post.queue, trace=one.message.trace) for one in entries for post in one.posts]
        )
    except Retry as error:
        LOG.warning("bus unavailable: %s", error)


@dataclass(frozen=True, slots=True)
class _Rendering:
    """What a destination was sent, made again from its message: rendering is pure."""

    now: Callable[[], float]

    def of(self, route: CompiledRoute, slot: str, message: Message) -> tuple[bytes, str]:
        """The payload and its media type."""
        if not is_document(message):
            return read_all(message.body), message.content_type
        document = decode(read_all(message.body))
        data = b"".join(route.render(slot, [(document, scope_of(message, self.now()))]))
        return data, route.destination(slot).content_type
