"""Which routes read a topic: patterns resolved once per topic, then remembered."""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.errors import CrossdockError
from crossdock.journal.contract import Post
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.route.compiled import CompiledRoute
from crossdock.route.topic import matches

_REMEMBERED = 10_000  # topics made from templates are data; their number is bounded here


class Subscriptions:
    """The routes of a project as readers of topics."""

    def __init__(self, routes: Iterable[CompiledRoute]) -> None:
        self._routes = tuple(route for route in routes if route.topics)
        self._known: dict[str, tuple[CompiledRoute, ...]] = {}

    def of(self, topic: str) -> tuple[CompiledRoute, ...]:
        """The routes that read ``topic``."""
        found = self._known.get(topic)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = tuple(route for route in self._routes if any(matches(one, topic) for one in route.topics))
            self._known[topic] = found
        return found

    def posts(self, topic: str, document: Document, scope: Scope) -> tuple[Post, ...]:
        """One post per reading route that accepts the message, in its lane where it keeps an order."""
        return tuple(
            Post(queue=route.name, lane=_lane(route, document, scope), priority=route.priority)
            for route in self.of(topic)
            if route.accepts(document, scope)
        )


def _lane(route: CompiledRoute, document: Document, scope: Scope) -> str | None:
    """A document without the key its reader orders by goes in no lane: it must not fail whoever publishes it."""
    if not route.ordered:
        return None
    try:
        return route.lane(document, scope)
    except CrossdockError:  # the reader finds the same when it comes to the key, and rejects it in its own queue
        return None
