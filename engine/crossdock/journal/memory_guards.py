"""The keys and versions that guards of the journal in memory know."""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.journal.guards import GuardBook
from crossdock.route.plan import Guard, Latest, Once


class MemoryGuards:
    """What ``once`` has seen and when that expires, and what is the newest of what ``latest`` guards."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[str, float]] = {}
        self._newest: dict[tuple[str, str], tuple[str, str, float]] = {}

    def book(self, guards: Iterable[Guard], now: float) -> GuardBook:
        """What is known of some guards, for one transaction."""
        book = GuardBook(now)
        for guard in guards:
            place = (guard.scope, guard.key)
            id, expires = self._seen.get(place, ("", 0.0))
            if isinstance(guard, Latest) and place in self._newest:
                book.newest[place] = self._newest[place][:2]
            elif isinstance(guard, Once) and id and expires >= book.now:
                book.seen[place] = id
        return book

    def keep(self, book: GuardBook) -> None:
        """What a transaction came to."""
        self._seen.update((place, (book.seen[place], expires)) for place, expires in book.taken.items())
        self._newest.update((place, (*book.newest[place], book.now)) for place in book.renewed)

    def forget(self, now: float, unused_since: float, limit: int) -> int:
        """Forget what has expired, and versions not renewed since then; the most of one kind."""
        expired = sorted((expires, place) for place, (_, expires) in self._seen.items() if expires < now)[:limit]
        for _, place in expired:
            del self._seen[place]
        unused = sorted((at, place) for place, (_, _, at) in self._newest.items() if at < unused_since)[:limit]
        for _, place in unused:
            del self._newest[place]
        return max(len(expired), len(unused))
