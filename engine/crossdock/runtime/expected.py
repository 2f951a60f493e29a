"""Arrivals that are overdue: a source that has brought nothing new for longer than its route expects.

When something new came last is noted with its arrival, in the same transaction. The scheduler looks from time to time
and tells once for each gap, on ``crossdock.overdue.<route>`` and in the log; that it has told is noted in the
transaction that tells. What was told is over with the next arrival.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from crossdock.document_json import encode
from crossdock.journal.contract import Entry, Journal
from crossdock.journal.notebook import Notebook
from crossdock.message import EMPTY, Document, Inline, Message
from crossdock.route.compiled import CompiledRoute
from crossdock.route.topic import OVERDUE
from crossdock.runtime.acknowledged import moment
from crossdock.runtime.announcements import ALARM
from crossdock.runtime.scopes import scope_of
from crossdock.runtime.subscriptions import Subscriptions

LOG = logging.getLogger("crossdock.scheduler")

#: Notes beside those of the source itself, whose connector has no such keys.
_ARRIVED, _WATCHED, _TOLD = "crossdock:arrived", "crossdock:watched", "crossdock:overdue"


def news(route: CompiledRoute, now: float) -> Mapping[str, str]:
    """What is noted with an arrival that is new."""
    return {_ARRIVED: repr(now)} if route.expectation is not None else EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a route stands with what it expects: something new came ``last`` (None: never), by ``due`` it comes again.

    ``since`` is the moment that counts: the last arrival, or when the route was first watched. Unix seconds.
    """

    route: str
    last: float | None
    since: float
    due: float
    overdue: bool


def standings(routes: Iterable[CompiledRoute], journal: Notebook, now: float) -> list[Standing]:
    """Every route that expects something and has been watched before."""
    return [one for route in _expecting(routes) if (one := _standing(route, _noted(journal, route), now)) is not None]


class Expected:
    """Looks after what is expected, and tells what is overdue. ``now`` is the wall clock."""

    def __init__(
        self,
        routes: Iterable[CompiledRoute],
        subscriptions: Subscriptions,
        new_id: Callable[[], str],
        now: Callable[[], float],
    ) -> None:
        self._routes = tuple(_expecting(routes))
        self._subscriptions = subscriptions
        self._new_id = new_id
        self._now = now

    def look(self, journal: Journal) -> None:
        """Tell what has become overdue since the last look. Raises ``Retry`` while the journal is away."""
        for route in self._routes:
            noted = _noted(journal, route)
            standing = _standing(route, noted, self._now())
            if standing is None:
                journal.note(route.name, {_WATCHED: repr(self._now())})
            elif standing.overdue and noted.get(_TOLD) != repr(standing.since):
                self._tell(route, standing, journal)
            elif not standing.overdue and _TOLD in noted:
                LOG.info("the source of route %s has brought something again", route.name)
                journal.note(route.name, {_TOLD: None})

    def _tell(self, route: CompiledRoute, standing: Standing, journal: Journal) -> None:
        LOG.warning("route %s: %s", route.name, words(standing))
        told = {_TOLD: repr(standing.since)}
        entry = self._entry(route, standing, told)
        if entry.posts:
            journal.accept([entry])
        else:
            journal.note(route.name, told)

    def _entry(self, route: CompiledRoute, standing: Standing, told: Mapping[str, str]) -> Entry:
        topic = f"{OVERDUE}.{route.name.replace('/', '.')}"
        document: dict[str, Document] = {
            "route": route.name,
            "state": "overdue",
            "last": moment(standing.last),
            "due": moment(standing.due),
            "reason": words(standing),
        }
        id = self._new_id()
        message = Message(
            id=id,
            correlation=id,
            route=route.name,
            topic=topic,
            content_type="application/json",
            headers={ALARM: topic},
            body=Inline(encode(document)),
        )
        posts = self._subscriptions.posts(topic, document, scope_of(message, self._now()))
        identity = f"{route.name} {standing.since!r}"  # once for each gap, whoever tells and however often
        return Entry(message=message, scope="overdue", identity=identity, posts=posts, notes=told)


def words(standing: Standing) -> str:
    """A standing in words."""
    came = f"the last came {moment(standing.last)}" if standing.last is not None else "none ever came"
    return f"an arrival was expected by {moment(standing.due)}, {came}"


def _expecting(routes: Iterable[CompiledRoute]) -> Iterator[CompiledRoute]:
    return (route for route in routes if route.expectation is not None and route.enabled)


def _noted(journal: Notebook, route: CompiledRoute) -> Mapping[str, str]:
    return journal.notes(route.name, [_ARRIVED, _WATCHED, _TOLD])


def _standing(route: CompiledRoute, noted: Mapping[str, str], now: float) -> Standing | None:
    text = noted.get(_ARRIVED, noted.get(_WATCHED))
    if text is None or route.expectation is None:
        return None
    since = float(text)
    due = route.expectation.due(since)
    last = since if _ARRIVED in noted else None
    return Standing(route=route.name, last=last, since=since, due=due, overdue=now >= due)
