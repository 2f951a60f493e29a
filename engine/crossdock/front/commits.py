"""Group commit: whatever arrives while one transaction is flushed goes into the next, all of it.

One thread has the journal. A request costs a share of a flush, so many callers at once cost little more than one, and a
single caller waits for nothing but its own flush. What is answered is on disk; what is not answered may be, and then
the key of its request says so.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crossdock.errors import CrossdockError, Retry
from crossdock.front.idempotency import Again, compare
from crossdock.journal.contract import Entry, Journal
from crossdock.message import Message

LOG = logging.getLogger("crossdock.front")

MOST_ENTRIES = 500  # in one transaction
MOST_BYTES = 8 * 1024 * 1024  # of payloads in one transaction
MOST_WAITING = 10_000  # offers
IDLE = 0.2  # seconds between duties where nothing arrives


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that is durable, under the id it is known by; ``again`` where an earlier request brought it."""

    id: str
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class _Offer:
    """What one request brings, and who waits for it."""

    entries: Sequence[Entry]
    size: int
    kept: asyncio.Future[list[Kept]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the committing thread has, each of it opened there and used by it alone.

    ``tell`` is the bus; ``refused`` hears that the journal took nothing; ``duties`` are done between commits.
    """

    journal: Journal
    tell: Callable[[Sequence[Entry]], None]
    refused: Callable[[Retry], None]
    duties: Callable[[], None]
    close: Callable[[], None]


class Commits:
    """Takes offers from the loop and commits them in groups. ``lay`` opens the ground, in the committing thread."""

    def __init__(self, lay: Callable[[], Ground], loop: asyncio.AbstractEventLoop) -> None:
        self._lay = lay
        self._loop = loop
        self._offers: queue.SimpleQueue[_Offer | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="commits", daemon=True)
        self.failed: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Commit what is offered, and end."""
        self._offers.put(None)
        self._thread.join()

    @property
    def full(self) -> bool:
        """Whether as much waits as may."""
        return self._offers.qsize() >= MOST_WAITING

    async def keep(self, entries: Sequence[Entry]) -> list[Kept]:
        """Make them durable, all in one transaction. Raises ``CrossdockError`` where they are not, or may not be."""
        kept: asyncio.Future[list[Kept]] = self._loop.create_future()
        self._offers.put(_Offer(entries, sum(entry.message.body.size for entry in entries), kept))
        return await kept

    def _run(self) -> None:
        try:
            ground = self._lay()
            try:
                while self._round(ground):
                    ground.duties()
            finally:
                ground.close()
        except BaseException as error:  # the end of the thread: its process ends with it
            self.failed = error
            LOG.critical("nothing can be committed any more", exc_info=True)

    def _round(self, ground: Ground) -> bool:
        """One group; False at the end."""
        try:
            first = self._offers.get(timeout=IDLE)
        except queue.Empty:
            return True
        if first is None:
            return False
        group, going = self._group(first)
        self._commit(ground, group)
        return going

    def _group(self, first: _Offer) -> tuple[list[_Offer], bool]:
        """What there is now, as much as a transaction should have."""
        group, entries, size = [first], len(first.entries), first.size
        while entries < MOST_ENTRIES and size < MOST_BYTES:
            try:
                more = self._offers.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return group, False
            group.append(more)
            entries, size = entries + len(more.entries), size + more.size
        return group, True

    def _commit(self, ground: Ground, group: Sequence[_Offer]) -> None:
        entries = [entry for offer in group for entry in offer.entries]
        try:
            kept = _compared(ground.journal, entries, ground.journal.accept(entries))
        except CrossdockError as error:
            LOG.error("%d requests were not taken in: %s", len(group), error)
            if isinstance(error, Retry):
                ground.refused(error)
            self._loop.call_soon_threadsafe(_fail, group, error)
            return
        self._loop.call_soon_threadsafe(_resolve, group, kept)
        ground.tell(entries)


def _compared(journal: Journal, entries: Sequence[Entry], ids: Sequence[str]) -> list[Kept]:
    """What each is known by. Those that are not new are compared with what came first."""
    earlier: dict[str, Message | None] = {}
    kept = []
    for entry, id in zip(entries, ids, strict=True):
        if id == entry.message.id:
            kept.append(Kept(id))
            continue
        if id not in earlier:
            earlier[id] = journal.message(id)
        first = earlier[id]
        kept.append(Kept(id, compare(entry.message.body, None if first is None else first.body)))
    return kept


def _resolve(group: Sequence[_Offer], kept: Sequence[Kept]) -> None:
    at = 0
    for offer in group:
        mine = list(kept[at : at + len(offer.entries)])
        at += len(offer.entries)
        if not offer.kept.done():  # whoever waited may be gone
            offer.kept.set_result(mine)


def _fail(group: Sequence[_Offer], error: CrossdockError) -> None:
    for offer in group:
        if not offer.kept.done():
            offer.kept.set_exception(error)
