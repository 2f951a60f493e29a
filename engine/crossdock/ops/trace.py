"""What happened to one order: from the file it came in, over every route, to the bytes it became."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from crossdock.codecs.contract import Part
from crossdock.errors import CrossdockError, Place
from crossdock.journal.contract import Attempt, Item, Query, Records
from crossdock.message import Message
from crossdock.route.compiled import CompiledRoute

_MOST_CHILDREN = 200  # shown below one message; a file of 100,000 orders is not listed under each of them


@dataclass(frozen=True, slots=True)
class Stop:
    """One queue a message was in, with everything that was tried there."""

    item: Item
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Station:
    """A message on the way: where it was, what was made of it. ``place`` is its position in its parent's payload."""

    message: Message
    stops: tuple[Stop, ...]
    place: Place | None
    below: tuple[Station, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of one message: its ancestors, the first one first, then itself with all that came of it."""

    origin: tuple[Station, ...]
    station: Station


def trace(journal: Records, routes: Mapping[str, CompiledRoute], key: str, limit: int = 20) -> list[Trace]:
    """The ways of the messages ``key`` names: a message id (or its beginning), correlation id or business key."""
    found = [_trace(journal, routes, message) for message in journal.named(key, limit)]
    below = {id for one in found for child in one.station.below for id in _ids(child)}
    return [one for one in found if one.station.message.id not in below]  # each way once, from where the key begins


def _ids(station: Station) -> Iterator[str]:
    yield station.message.id
    for child in station.below:
        yield from _ids(child)


def _trace(journal: Records, routes: Mapping[str, CompiledRoute], message: Message) -> Trace:
    ancestors: list[Message] = []
    parent = message.parent
    while parent and (above := journal.message(parent)):
        ancestors.insert(0, above)
        parent = above.parent
    origin = tuple(Station(one, _stops(journal, one), None, ()) for one in ancestors)
    place = _place(routes, ancestors[-1], message) if ancestors and message.position else None
    return Trace(origin, _station(journal, message, place))


def _station(journal: Records, message: Message, place: Place | None) -> Station:
    below = tuple(_station(journal, child, None) for child in journal.children(message.id, _MOST_CHILDREN))
    return Station(message, _stops(journal, message), place, below)


def _stops(journal: Records, message: Message) -> tuple[Stop, ...]:
    items = sorted(journal.items(Query(message=message.id)), key=lambda item: item.row)
    return tuple(Stop(item, tuple(journal.attempts(item.row))) for item in items)


def _place(routes: Mapping[str, CompiledRoute], parent: Message, part: Message) -> Place | None:
    """Where the part stands in the payload it was split from: read again up to there, when somebody asks."""
    route = routes.get(part.route)
    try:
        for one in _parts(route, parent, datetime.now(UTC)):
            if one.position == part.position:
                return one.place("")
    except CrossdockError:  # the route or the payload is not what it was; the trace is still worth showing
        return None
    return None


def _parts(route: CompiledRoute | None, parent: Message, now: datetime) -> Iterator[Part]:
    if route is not None and route.splits:
        yield from (one for one in route.parts(parent, now) if isinstance(one, Part))


def as_dict(one: Trace) -> dict[str, object]:
    """A trace as plain JSON data."""
    return {
        "message": one.station.message.id,
        "origin": [_station_dict(station) for station in one.origin],
        **_station_dict(one.station),
    }


def _station_dict(station: Station) -> dict[str, object]:
    message = station.message
    return {
        "id": message.id,
        "parent": message.parent,
        "correlation": message.correlation,
        "route": message.route,
        "topic": message.topic,
        "position": message.position,
        "place": str(station.place) if station.place else None,
        "headers": dict(message.headers),
        "size": message.body.size,
        "work": [_stop_dict(stop) for stop in station.stops],
        "made": [_station_dict(child) for child in station.below],
    }


def _stop_dict(stop: Stop) -> dict[str, object]:
    item = stop.item
    return {
        "queue": item.queue,
        "state": str(item.state),
        "attempts": item.attempts,
        "accepted": moment(item.accepted),
        "settled": moment(item.settled),
        "due": moment(item.due) if item.due else None,
        "code": item.code,
        "reason": item.reason,
        "receipt": item.receipt,
        "history": [attempt_dict(one) for one in stop.attempts],
    }


def attempt_dict(attempt: Attempt) -> dict[str, object]:
    """An attempt as plain JSON data."""
    return {
        "number": attempt.number,
        "at": moment(attempt.at),
        "event": str(attempt.event),
        "code": attempt.code,
        "reason": attempt.reason,
        "step": attempt.step,
        "findings": [dict(finding) for finding in attempt.findings],
    }


def moment(seconds: float | None) -> str | None:
    """Unix seconds as RFC 3339 text in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds") if seconds is not None else None
