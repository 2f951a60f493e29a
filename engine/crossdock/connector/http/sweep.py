"""Polling page by page: a sweep over all pages, and the place behind each, kept with what was taken.

Behind each page the place is noted, with the last arrival of that page and so in the transaction that makes it durable:
it can never be ahead of what was taken. What a page without arrivals moves on is noted once everything before it is
settled. After a crash, or a page that failed, a sweep goes on where it was; pages by number start over, as their
content moves, and what was taken is known.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from crossdock.connector.contract import Arrival, Notes, Verdict
from crossdock.connector.http.place import NOTE, Place
from crossdock.errors import CrossdockError, Halt, Retry

_REMEMBERED = 100_000  # items of one sweep


@dataclass(frozen=True, slots=True)
class _Receipt:
    """Which arrival of this poll it is, and what is noted with it."""

    number: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Page:
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


class Sweeps:
    """Sweeps over the pages of one peer. ``page`` brings the one at a place. ``clock`` gives monotonic seconds.

    ``restarts``: after a start the sweep begins anew. ``about`` names the peer in what is told.
    """

    def __init__(
        self,
        page: Callable[[Place, int], Page],
        notes: Notes,
        about: str,
        *,
        max_pages: int = 10_000,
        restarts: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._page, self._notes, self._about, self._clock = page, notes, about, clock
        self._max_pages, self._restarts = max_pages, restarts
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
        for number in range(1, self._max_pages + 1):
            page = self._page(place, number)
            place = page.behind
            yield from self._brought(page)
            if place.next is None:
                self._swept = True
                return
            if place.next in seen:
                told = f"page {number} leads back to one that was there before"
                raise Halt("K731", f"{self._about}: {told}", hint="look at 'paging:'")
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

    def rested(self, error: CrossdockError) -> CrossdockError:
        """What a poll ends with: for a source there is only again later (and not before the peer wants), or never."""
        if isinstance(error, Halt):
            return error
        again = Retry(error.code, error.message, after=getattr(error, "after", None), hint=error.hint)
        if again.after is not None:
            self._resumes = self._clock() + again.after
        return again

    def failed_there(self, place: Place) -> None:
        """The next page is not there any more: the next sweep begins anew."""
        self._notes.write({NOTE: replace(place, next=None, high=None).text()})

    def _begun(self) -> Place:
        self._text = self._notes.read([NOTE]).get(NOTE)
        place = Place.read(self._text)
        if self._fresh and self._restarts:
            place = replace(place, next=None)
        self._fresh = False
        return place

    def _brought(self, page: Page) -> Iterator[Arrival]:
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


class SweepingSource:
    """A source that is nothing but its sweeps. ``close`` closes the connections they go over."""

    def __init__(self, sweeps: Sweeps, close: Callable[[], None]) -> None:
        self._sweeps, self._close = sweeps, close

    def poll(self) -> Iterator[Arrival]:
        """See ``Sweeps.poll``."""
        return self._sweeps.poll()

    def quiet(self) -> bool:
        """See ``Sweeps.quiet``."""
        return self._sweeps.quiet()

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """See ``Sweeps.settle``."""
        self._sweeps.settle(arrival, verdict)

    def close(self) -> None:
        """Close the connections."""
        self._close()


def _short(arrival: Arrival) -> bytes:
    return hashlib.sha256(arrival.identity.encode("utf-8", "surrogateescape")).digest()[:16]
