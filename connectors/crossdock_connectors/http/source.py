"""The source: a peer that is polled page by page; what it brings is known again, and the place is kept with it.

A sweep goes over all pages. Behind each page the place is noted, with the last arrival of that page and so in the
transaction that makes it durable: it can never be ahead of what was taken. What a page without arrivals moves on is
noted once everything before it is settled. After a crash, or a page that failed, a sweep goes on where it was; pages by
number start over, as their content moves, and what was taken is known.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.connector.http.address import encoded
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, Response, shown
from crossdock.connector.http.judgement import Judge
from crossdock.errors import CrossdockError, Halt, Reject, Retry
from crossdock.message import Document, Inline
from crossdock_connectors.http.options import NumberPaging, SourceOptions
from crossdock_connectors.http.paging import address, next_page, parameters
from crossdock_connectors.http.place import NOTE, Place, asked, highest, mark

_CODEC = JsonCodec(JsonOptions())
_REMEMBERED = 100_000  # items of one sweep
_NOT_MODIFIED = 304  # RFC 9110, 15.4.5
_CURSOR_GONE = frozenset({400, 404, 410, 422})


@dataclass(frozen=True, slots=True)
class _Receipt:
    """Which arrival of this poll it is, and what is noted with it."""

    number: int
    note: str | None


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page brought, and the place behind it."""

    arrivals: Sequence[Arrival]
    behind: Place


class _Taken:
    """What was settled lately: what polls overlap by is not brought again. What is forgotten here, the journal knows."""

    def __init__(self) -> None:
        self._before: set[bytes] = set()
        self._now: set[bytes] = set()

    def add(self, arrival: Arrival) -> None:
        """It is settled."""
        if len(self._now) < _REMEMBERED:
            self._now.add(_short(arrival))

    def has(self, arrival: Arrival) -> bool:
        """Whether it was settled in this sweep or in the one before; then it is remembered for the next one as well."""
        known = _short(arrival)
        if known in self._before:
            self._now.add(known)
        return known in self._now

    def swept(self) -> None:
        """A sweep is over."""
        self._before, self._now = self._now, set()


class HttpSource:
    """Polls one peer. ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        options: SourceOptions,
        surroundings: Surroundings,
        client: HttpClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._notes, self._now, self._clock = surroundings.notes, surroundings.now, clock
        self._client = client or HttpClient(options, surroundings.root, surroundings.now)
        self._judge = Judge(
            redaction=self._client.redaction,
            now=surroundings.now,
            rules=options.rules,
            success=options.success,
            refused=options.refused,
        )
        self._resumes = 0.0
        self._fresh = True
        self._swept = False
        self._open: set[int] = set()  # arrivals of this poll that are not settled
        self._later: _Receipt | None = None
        self._noted = 0
        self._number = 0
        self._text: str | None = None
        self._taken = _Taken()

    def poll(self) -> Iterator[Arrival]:
        """What has changed. Raises ``Retry`` where the peer does not serve us, ``Halt`` where it refuses us."""
        if self._swept:
            self._taken.swept()
        self._open, self._later, self._swept = set(), None, False
        if self._clock() < self._resumes:
            return
        place = self._begun()
        seen: set[str | None] = {place.next}
        for number in range(1, self._options.max_pages + 1):
            page = self._page(place, number)
            place = page.behind
            yield from self._brought(page)
            if place.next is None:
                self._swept = True
                return
            if place.next in seen:
                told = f"page {number} leads back to one that was there before"
                raise Halt("K731", f"GET {shown(self._options.get)}: {told}", hint="look at 'paging:'")
            seen.add(place.next)

    def quiet(self) -> bool:
        """Whether the last poll came to the end of what there is."""
        return self._swept

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """Note the place of what was refused, and of pages that brought nothing, once all before it is settled."""
        receipt = arrival.receipt
        if not isinstance(receipt, _Receipt):
            raise TypeError("not an arrival of this source")
        self._open.discard(receipt.number)
        self._taken.add(arrival)
        if receipt.note is not None:
            if verdict is Verdict.REFUSED:
                self._later = receipt
            elif receipt.number > self._noted:
                self._noted, self._text = receipt.number, receipt.note
        self._note_later()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # The place

    def _begun(self) -> Place:
        self._text = self._notes.read([NOTE]).get(NOTE)
        place = Place.read(self._text)
        if self._fresh and isinstance(self._options.paging, NumberPaging):
            place = replace(place, next=None)
        self._fresh = False
        return place

    def _brought(self, page: _Page) -> Iterator[Arrival]:
        """The arrivals, the last of them with the place behind the page."""
        note = page.behind.text()
        new = [arrival for arrival in page.arrivals if not self._taken.has(arrival)]
        for index, arrival in enumerate(new, start=1):
            self._number += 1
            self._open.add(self._number)
            last = note if index == len(new) else None
            notes = {NOTE: last} if last is not None else {}
            yield replace(arrival, notes=notes, receipt=_Receipt(self._number, last))
        if not new:
            self._number += 1
            self._later = _Receipt(self._number, note)
            self._note_later()

    def _note_later(self) -> None:
        later = self._later
        if later is None or later.note is None or self._open:
            return
        self._later = None
        if later.number > self._noted and later.note != self._text:
            self._notes.write({NOTE: later.note})
            self._noted, self._text = later.number, later.note

    # One page

    def _page(self, place: Place, number: int) -> _Page:
        response = self._answered(place)
        if response is None:
            return _Page((), place.onwards(None, place.high))
        kept = replace(place, etag=response.headers.get("etag"), modified=response.headers.get("last-modified"))
        headers = {"http.url": shown(self._options.get), "http.page": str(number)}
        if self._options.items is None:
            return self._whole(kept, response, headers)
        document, items = self._items(response)
        following = next_page(self._options, place.next, response, document, items)
        arrivals = [self._arrival(item, headers) for item in items]
        return _Page(arrivals, kept.onwards(following, self._high(place, items)))

    def _answered(self, place: Place) -> Response | None:
        """The reply, None where there is nothing new."""
        try:
            response = self._client.ask(self._request(place))
        except CrossdockError as error:
            raise self._rested(error) from error
        if response.status == _NOT_MODIFIED:
            return None
        if response.status in _CURSOR_GONE and place.next is not None:
            self._notes.write({NOTE: replace(place, next=None, high=None).text()})
        failure = self._judge.failure(response)
        if failure is not None:
            raise self._rested(failure)
        if response.cut is not None:
            told = f"GET {shown(self._options.get)}: the reply cannot be taken: {response.cut}"
            raise Retry("K705", told, hint="see 'max_response', or ask for smaller pages")
        return None if self._judge.then(response) == "empty" or not response.body else response

    def _rested(self, error: CrossdockError) -> CrossdockError:
        """For a source there is only: again later, or never."""
        if isinstance(error, Halt):
            return error
        again = Retry(error.code, error.message, after=getattr(error, "after", None), hint=error.hint)
        if again.after is not None:
            self._resumes = self._clock() + again.after
        return again

    def _request(self, place: Place) -> Request:
        options = self._options
        headers = {"Accept": "application/json" if options.items is not None else "*/*"}
        headers |= {name: template.text for name, template in options.headers.items()}
        if options.etag and options.paging is None and options.since is None:
            headers |= {"If-None-Match": place.etag} if place.etag else {}
            headers |= {"If-Modified-Since": place.modified} if place.modified else {}
        own = address(options, place.next)
        url = own if own is not None else _with(options.get, self._query(place))
        return Request(method="GET", url=url, headers=headers, repeatable=True)

    def _query(self, place: Place) -> Mapping[str, str]:
        options = self._options
        since = None if options.since is None else asked(place.since, options.since)
        changed = {options.since.parameter: since} if options.since is not None and since is not None else {}
        return {**options.query, **changed, **parameters(options, place.next)}

    def _items(self, response: Response) -> tuple[Document, list[Document]]:
        where = f"GET {shown(self._options.get)}"
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
            identity=f"{shown(self._options.get)}|{identity}",
            payload=Inline(data),
            content_type="application/json",
            headers={**headers, **more},
        )

    def _whole(self, place: Place, response: Response, headers: Mapping[str, str]) -> _Page:
        """The reply as one arrival, if it has changed. A content that comes back later has changed as well."""
        content = hashlib.sha256(response.body).hexdigest()
        if content == place.content:
            return _Page((), place)
        behind = replace(place, content=content, changes=place.changes + 1)
        arrival = Arrival(
            identity=f"{shown(self._options.get)}|{behind.changes}|{content}",
            payload=Inline(response.body),
            content_type=response.headers.get("content-type", "application/octet-stream"),
            headers=headers,
        )
        return _Page((arrival,), behind)


def _short(arrival: Arrival) -> bytes:
    return hashlib.sha256(arrival.identity.encode("utf-8", "surrogateescape")).digest()[:16]


def _with(url: str, query: Mapping[str, str]) -> str:
    pairs = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in query.items())
    return f"{url}{'&' if '?' in url else '?'}{pairs}" if pairs else url


def _plain(value: Document) -> str:
    return value if isinstance(value, str) else b"".join(_CODEC.write([value])).decode().strip()
