"""The source: a query that is asked page by page, by cursor; what it brings is known again."""

from __future__ import annotations

import time
from collections.abc import Callable

from crossdock.connector import Arrival, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import shown
from crossdock.connector.http.items import arrival_of
from crossdock.connector.http.place import Place, asked, highest, mark
from crossdock.connector.http.sweep import Page, SweepingSource, Sweeps
from crossdock.errors import CrossdockError, Reject, Retry
from crossdock.message import Document
from crossdock_connectors.graphql.options import SourceOptions
from crossdock_connectors.graphql.peer import GraphQlPeer


class GraphQlSource(SweepingSource):
    """Polls one peer. ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        options: SourceOptions,
        around: Surroundings,
        client: HttpClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options, self._now = options, around.now
        self._about = f"POST {shown(options.post)}"
        self._peer = GraphQlPeer(options, around, client, partial=options.partial)
        sweeps = Sweeps(self._page, around.notes, self._about, max_pages=options.max_pages, clock=clock)
        super().__init__(sweeps, self._peer.close)

    def _page(self, place: Place, number: int) -> Page:
        try:
            data = self._peer.ask(self._variables(place))
            items = self._items(data)
            following = self._following(data)
        except Reject as error:
            if place.next is not None:  # a cursor may be too old
                self._sweeps.failed_there(place)
            raise self._sweeps.rested(error) from error
        except CrossdockError as error:
            raise self._sweeps.rested(error) from error
        headers = {"http.url": shown(self._options.post), "http.page": str(number)}
        return Page(
            [self._arrival(item, headers) for item in items], place.onwards(following, self._high(place, items))
        )

    def _variables(self, place: Place) -> dict[str, Document]:
        options, given = self._options, dict[str, Document](self._options.variables)
        if options.page_size is not None:
            given[options.page_size_variable] = options.page_size
        if options.paging is not None and place.next is not None:
            given[options.paging.variable] = place.next
        since = asked(place.since, options.since) if options.since is not None else None
        if options.since is not None and since is not None:
            given[options.since.variable] = options.since.written.replace("{}", since)
        return given

    def _items(self, data: Document) -> list[Document]:
        found = self._options.items.of(data)
        if found is not None and not isinstance(found, list):
            told = f"{self._about}: '{self._options.items}' is no list in the data"
            raise Retry("K751", told, hint="look at 'items:'")
        return [item for item in found or [] if item is not None]

    def _following(self, data: Document) -> str | None:
        """The cursor of the next page. Raises ``Retry`` where one is promised and not named."""
        paging = self._options.paging
        if paging is None:
            return None
        info = paging.info.of(data)
        if not paging.more.holds(info):
            return None
        cursor = paging.cursor.of(info)
        if not isinstance(cursor, str | int) or isinstance(cursor, bool) or cursor == "":
            told = f"{self._about}: there are more pages, and '{paging.cursor}' names no cursor"
            raise Retry("K751", told, hint="look at 'paging:'")
        return str(cursor)

    def _high(self, place: Place, items: list[Document]) -> str | None:
        since, now = self._options.since, self._now()
        if since is None:
            return None
        return highest(
            [mark(since.field.of(item), since, now) for item in items], place.high or place.since, since, now
        )

    def _arrival(self, item: Document, headers: dict[str, str]) -> Arrival:
        name = None if self._options.id is None else self._options.id.of(item)
        version = None if self._options.version is None else self._options.version.of(item)
        return arrival_of(item, shown(self._options.post), name, version, headers, "application/json")
