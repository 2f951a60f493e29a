"""The source: a peer that is polled page by page; what it brings is known again, and the place is kept with it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.connector import Arrival, Surroundings
from crossdock.connector.http.address import encoded
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, Response, shown
from crossdock.connector.http.place import Place, highest, mark, told
from crossdock.connector.http.sweep import Page, SweepingSource, Sweeps
from crossdock.errors import CrossdockError, Reject, Retry
from crossdock.message import Document, Inline
from crossdock_connectors.http.judging import judge_of
from crossdock_connectors.http.options import NumberPaging, SourceOptions
from crossdock_connectors.http.paging import address, next_page, parameters, told_in_body

_CODEC = JsonCodec(JsonOptions())
_NOT_MODIFIED = 304  # RFC 9110, 15.4.5
_CURSOR_GONE = frozenset({400, 404, 410, 422})


class HttpSource(SweepingSource):
    """Polls one peer. ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        options: SourceOptions,
        surroundings: Surroundings,
        client: HttpClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._now = surroundings.now
        self._client = client or HttpClient(options, surroundings.root, surroundings.now)
        self._judge = judge_of(options, self._client, surroundings.now)
        sweeps = Sweeps(
            self._page,
            surroundings.notes,
            f"{options.method} {shown(options.url)}",
            max_pages=options.max_pages,
            restarts=isinstance(options.paging, NumberPaging),
            clock=clock,
        )
        super().__init__(sweeps, self._client.close)

    # One page

    def _page(self, place: Place, number: int) -> Page:
        response = self._answered(place)
        if response is None:
            return Page((), place.onwards(None, place.high))
        kept = replace(place, etag=response.headers.get("etag"), modified=response.headers.get("last-modified"))
        headers = {"http.url": shown(self._options.url), "http.page": str(number)}
        if self._options.items is None:
            return self._whole(kept, response, headers)
        document, items = self._items(response)
        following = next_page(self._options, place.next, response, document, items)
        arrivals = [self._arrival(item, headers) for item in items]
        return Page(arrivals, kept.onwards(following, self._high(place, items)))

    def _answered(self, place: Place) -> Response | None:
        """The reply, None where there is nothing new."""
        try:
            response = self._client.ask(self._request(place))
        except CrossdockError as error:
            raise self._sweeps.rested(error) from error
        if response.status == _NOT_MODIFIED:
            return None
        if response.status in _CURSOR_GONE and place.next is not None:
            self._sweeps.failed_there(place)
        failure = self._judge.failure(response)
        if failure is not None:
            raise self._sweeps.rested(failure)
        if response.cut is not None:
            told = f"{self._options.method} {shown(self._options.url)}: the reply cannot be taken: {response.cut}"
            raise Retry("K705", told, hint="see 'max_response', or ask for smaller pages")
        return None if self._judge.then(response) == "empty" or not response.body else response

    def _request(self, place: Place) -> Request:
        options = self._options
        headers = {"Accept": "application/json" if options.items is not None else "*/*"}
        headers |= {name: template.text for name, template in options.headers.items()}
        if options.etag and options.paging is None and options.since is None:
            headers |= {"If-None-Match": place.etag} if place.etag else {}
            headers |= {"If-Modified-Since": place.modified} if place.modified else {}
        own = address(options, place.next)
        url = own if own is not None else _with(options.url, self._query(place))
        if options.post is None:
            return Request(method="GET", url=url, headers=headers, repeatable=True)
        body = b"{}" if options.body is None else options.body.filled(self._holes(place))
        headers = {"Content-Type": "application/json", **headers}
        return Request(method="POST", url=url, headers=headers, body=Inline(body), repeatable=True)

    def _holes(self, place: Place) -> Mapping[str, Document]:
        options = self._options
        since = None if options.since is None else told(place.since, options.since)
        return {"page": told_in_body(options, place.next), "size": options.page_size, "since": since}

    def _query(self, place: Place) -> Mapping[str, str]:
        options = self._options
        since = None if options.since is None else told(place.since, options.since)
        name = None if options.since is None else options.since.parameter
        changed = {name: since} if name is not None and since is not None else {}
        return {**options.query, **changed, **parameters(options, place.next)}

    def _items(self, response: Response) -> tuple[Document, list[Document]]:
        where = f"{self._options.method} {shown(self._options.url)}"
        try:
            document = _CODEC.whole(Inline(response.body)).document
            found = None if self._options.items is None else self._options.items.of(document)
        except Reject as error:
            raise Retry("K730", f"{where}: the reply cannot be read: {error.message}") from error
        if found is not None and not isinstance(found, list):
            raise Retry("K730", f"{where}: '{self._options.items}' is no list in the reply", hint="look at 'items:'")
        return document, found or []

    def _high(self, place: Place, items: Sequence[Document]) -> str | None:
        since = self._options.since
        if since is None:
            return None
        now = self._now()
        values = [mark(since.field.of(item), since, now) for item in items]
        return highest(values, place.high or place.since, since, now)

    # Arrivals

    def _arrival(self, item: Document, headers: Mapping[str, str]) -> Arrival:
        data = b"".join(_CODEC.write([item]))
        name = None if self._options.id is None else self._options.id.of(item)
        version = None if self._options.version is None else self._options.version.of(item)
        content = hashlib.sha256(data).hexdigest()
        identity = content if name is None else f"{_plain(name)}|{content if version is None else _plain(version)}"
        more = {} if name is None else {"http.item": _plain(name)[:200]}
        return Arrival(
            identity=f"{shown(self._options.url)}|{identity}",
            payload=Inline(data),
            content_type="application/json",
            headers={**headers, **more},
        )

    def _whole(self, place: Place, response: Response, headers: Mapping[str, str]) -> Page:
        """The reply as one arrival, if it has changed. A content that comes back later has changed as well."""
        content = hashlib.sha256(response.body).hexdigest()
        if content == place.content:
            return Page((), place)
        behind = replace(place, content=content, changes=place.changes + 1)
        arrival = Arrival(
            identity=f"{shown(self._options.url)}|{behind.changes}|{content}",
            payload=Inline(response.body),
            content_type=response.headers.get("content-type", "application/octet-stream"),
            headers=headers,
        )
        return Page((arrival,), behind)


def _with(url: str, query: Mapping[str, str]) -> str:
    pairs = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in query.items())
    return f"{url}{'&' if '?' in url else '?'}{pairs}" if pairs else url


def _plain(value: Document) -> str:
    return value if isinstance(value, str) else b"".join(_CODEC.write([value])).decode().strip()
