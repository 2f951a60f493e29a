"""The source: an entity set that is polled page by page; what changed since, by a field or by the service's own links."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from crossdock.connector import Arrival, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Response, origin, shown
from crossdock.connector.http.items import arrival_of
from crossdock.connector.http.place import NOTE, Place, asked, highest, mark
from crossdock.connector.http.sweep import Page, SweepingSource, Sweeps
from crossdock.errors import CrossdockError, Halt, Reject, Retry
from crossdock.message import Document
from crossdock_connectors.odata.literal import from_v2, literal
from crossdock_connectors.odata.options import SourceOptions
from crossdock_connectors.odata.service import Service, document_of, entities_in, etag_in, link_in

_LOST = frozenset({400, 404, 410})  # what is said of a link that is too old
_SKIP = "skip:"


class ODataSource(SweepingSource):
    """Polls one entity set. ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        options: SourceOptions,
        around: Surroundings,
        client: HttpClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options, self._now, self._notes = options, around.now, around.notes
        self._service = Service(options, around, client)
        self._peer = shown(f"{options.root}{options.entity}")
        sweeps = Sweeps(
            self._page,
            around.notes,
            f"GET {self._peer}",
            max_pages=options.max_pages,
            restarts=options.paging == "skip",
            clock=clock,
        )
        super().__init__(sweeps, self._service.close)

    def _page(self, place: Place, number: int) -> Page:
        try:
            response = self._answered(place)
            document = document_of(response)
            entities = self._entities(document)
            following = self._following(place, document, entities)
        except Reject as error:
            raise self._sweeps.rested(Retry("K763", f"GET {self._peer}: {error.message}")) from error
        except CrossdockError as error:
            raise self._sweeps.rested(error) from error
        headers = {"http.url": self._peer, "http.page": str(number)}
        arrivals = [self._arrival(entity, headers) for entity in entities]
        return Page(arrivals, place.onwards(following, self._high(place, document, entities)))

    def _answered(self, place: Place) -> Response:
        headers = self._service.headers()
        wanted = [f"odata.maxpagesize={self._options.page_size}"] if self._options.page_size else []
        wanted += ["odata.track-changes"] if self._options.delta else []
        if wanted and self._options.version == "v4":
            headers["Prefer"] = ",".join(wanted)
        response = self._service.get(self._url(place), headers)
        failure = self._service.failure(response)
        if failure is None:
            return response
        if response.status in _LOST:
            self._begin_anew(place)
        raise failure

    def _begin_anew(self, place: Place) -> None:
        """A link that is too old is given up: everything is asked for again, and what was taken is known."""
        if place.next is not None or (self._options.delta and place.since is not None):
            since = None if self._options.delta else place.since
            self._notes.write({NOTE: replace(place, next=None, high=None, since=since).text()})

    # Where the next page is

    def _url(self, place: Place) -> str:
        if place.next is not None and not place.next.startswith(_SKIP):
            return self._own(place.next)
        if self._options.delta and place.since is not None:
            return self._own(place.since)
        return self._service.url(self._options.entity, self._query(place))

    def _own(self, link: str) -> str:
        """A link of the service. Raises ``Halt`` K731 where it leads elsewhere."""
        url = urljoin(self._service.url(""), link.partition("#")[0])
        if origin(url) != origin(self._options.service) or "@" in urlsplit(url).netloc:
            told = f"the next page lies elsewhere, at {shown(url)[:200]}"
            raise Halt("K731", told, hint="a service is asked where 'service' says, and nowhere else")
        return url

    def _query(self, place: Place) -> dict[str, str]:
        options = self._options
        since = self._condition(place)
        conditions = [text for text in (options.filter, since) if text]
        both = " and ".join(f"({text})" for text in conditions) if len(conditions) > 1 else "".join(conditions)
        given = {"$filter": both} if both else {}
        order = options.orderby or (f"{options.since.field} asc" if options.since is not None else None)
        named = {"$orderby": order, "$select": ",".join(options.select), "$expand": options.expand}
        given |= {name: value for name, value in named.items() if value}
        if options.paging == "skip":
            skipped = place.next.removeprefix(_SKIP) if place.next is not None else "0"
            given |= {"$top": str(options.page_size), "$skip": skipped}
        return given

    def _condition(self, place: Place) -> str | None:
        since = self._options.since
        value = None if since is None else asked(place.since, since)
        if since is None or value is None:
            return None
        return f"{since.field} ge {literal(value, since.type, self._options.version, str(since.field))}"

    def _following(self, place: Place, document: Document, entities: list[Document]) -> str | None:
        if self._options.paging == "skip":
            before = int(place.next.removeprefix(_SKIP)) if place.next is not None else 0
            return f"{_SKIP}{before + len(entities)}" if entities else None
        link = link_in(document, "@odata.nextLink", "@nextLink", "__next")
        return None if link is None else self._own(link)

    def _high(self, place: Place, document: Document, entities: list[Document]) -> str | None:
        """What the next sweep asks for: the link of the service, or the highest value that was seen."""
        if self._options.delta:
            link = link_in(document, "@odata.deltaLink", "@deltaLink")
            return place.high if link is None else self._own(link)
        since, now = self._options.since, self._now()
        if since is None:
            return None
        values = [mark(since.field.of(entity), since, now) for entity in entities]
        return highest(values, place.high or place.since, since, now)

    # What a page brought

    def _entities(self, document: Document) -> list[Document]:
        found = entities_in(document)
        if found is None:
            raise Retry("K763", f"GET {self._peer}: the reply has no list of entities", hint="look at 'entity:'")
        return [from_v2(one) for one in found] if self._options.version == "v2" else found

    def _arrival(self, entity: Document, headers: dict[str, str]) -> Arrival:
        options = self._options
        name = _id_of(entity) if options.id is None else options.id.of(entity)
        version: Document = etag_in(entity) if options.entity_version is None else options.entity_version.of(entity)
        removed = isinstance(entity, dict) and ("@removed" in entity or ("reason" in entity and "id" in entity))
        more = {"odata.removed": "true"} if removed and options.delta else {}
        return arrival_of(entity, self._peer, name, version, {**headers, **more}, "application/json")


def _id_of(entity: Document) -> Document:
    """What the service itself calls an entity by."""
    if not isinstance(entity, dict):
        return None
    inner = entity.get("__metadata")
    named = inner.get("id") or inner.get("uri") if isinstance(inner, dict) else None
    return entity.get("@odata.id") or entity.get("@id") or named
