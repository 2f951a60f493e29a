"""Intake: sources hand over payloads, the journal makes them durable, only then is a receipt settled.

Each source is polled at its own pace by a small pool, so one that hangs holds up nobody but itself. Arrivals are
accepted in batches: one flushed transaction for many small files. A crash before the commit brings the payload again;
a crash after it makes the second arrival a no-op, because its identity is known.
"""

from __future__ import annotations

import enum
import hashlib
import logging
import math
import queue
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice

from crossdock.bus.contract import Bus, Hint
from crossdock.connector import Arrival, Source, Verdict
from crossdock.errors import CrossdockError, Finding, Halt, Retry, errors_in
from crossdock.journal.contract import Entry, Journal, Post
from crossdock.message import Message
from crossdock.route.compiled import CompiledRoute
from crossdock.runtime.pulse import Slot

LOG = logging.getLogger("crossdock.intake")

RESERVED = "crossdock."  # headers with this prefix are the engine's own: a source must not set them
BATCH_ARRIVALS = 100
BATCH_BYTES = 8 * 1024 * 1024  # of payloads held at once for one transaction
POLLERS = 64  # sources polled at the same time, at most
FAILED_PAUSE = 10.0  # seconds until a source that failed is asked again
TICK = 0.05
LEAVE_SECONDS = 30.0  # for polls under way to come to an end


class Polled(enum.Enum):
    """What a poll came to."""

    NOTHING = enum.auto()  # nothing there, and nothing that a later poll may bring
    SOMETHING = enum.auto()  # it brought something, or watches something that is not ready yet
    FAILED = enum.auto()
    HALTED = enum.auto()  # its configuration is wrong: it is not asked again


@dataclass(slots=True)
class Watch:
    """One source being watched: when it is due, and when its last poll began if that brought nothing (else 0)."""

    route: CompiledRoute
    open: Callable[[], Source]
    every: float
    source: Source | None = None
    due: float = 0.0
    quiet: float = 0.0
    begun: float = 0.0
    poll: Future[Polled] | None = None


class Intake:
    """Polls sources and accepts what they bring. ``journal`` opens a connection for one poller."""

    def __init__(  # noqa: PLR0913 - the composition root names each of them
        self,
        *,
        watches: Iterable[Watch],
        open_journal: Callable[[], Journal],
        bus: Bus,
        new_id: Callable[[], str],
        keep: float,
        largest: int,
        reach: Callable[[str], None],
        slot: Slot,
    ) -> None:
        self._watches = tuple(watches)
        self._open_journal = open_journal
        self._journals: queue.SimpleQueue[Journal] = queue.SimpleQueue()
        self._bus = bus
        self._new_id = new_id
        self._keep = keep
        self._largest = largest
        self._reach = reach
        self._slot = slot

    def run(self, stopping: Callable[[], bool]) -> None:
        """Poll until ``stopping``; a poll under way ends with the batch it has in hand."""
        pool = ThreadPoolExecutor(max_workers=max(1, min(POLLERS, len(self._watches))), thread_name_prefix="poll")
        while not stopping():
            for watch in self._watches:
                self._attend(watch, pool, stopping)
            quiet = [watch.quiet for watch in self._watches]
            self._slot.quiet(min(quiet, default=time.monotonic()))
            self._slot.idle()
            time.sleep(TICK)
        wait([watch.poll for watch in self._watches if watch.poll is not None], timeout=LEAVE_SECONDS)
        pool.shutdown(wait=False, cancel_futures=True)
        for watch in self._watches:
            if watch.source is not None and (watch.poll is None or watch.poll.done()):
                _close(watch.source, watch.route.name)

    def _attend(self, watch: Watch, pool: ThreadPoolExecutor, stopping: Callable[[], bool]) -> None:
        now = time.monotonic()
        if watch.poll is None and now >= watch.due:
            watch.begun = now
            watch.poll = pool.submit(self.poll, watch, stopping)
        elif watch.poll is not None and watch.poll.done():
            polled, watch.poll = watch.poll.result(), None
            watch.due = now + _PAUSES.get(polled, watch.every)
            watch.quiet = _QUIET.get(polled, watch.begun)

    def poll(self, watch: Watch, stopping: Callable[[], bool] = lambda: False) -> Polled:
        """One poll of one source. The plug-in boundary: whatever a source raises is told, and it is asked again."""
        try:
            watch.source = source = watch.source or watch.open()
            brought = self._take_all(watch.route, source, stopping)
            return Polled.SOMETHING if brought or not _is_quiet(source) else Polled.NOTHING
        except Halt as error:
            LOG.error("source of route %s is not asked again: %s", watch.route.name, error)
            return Polled.HALTED
        except CrossdockError as error:
            LOG.error("source of route %s: %s", watch.route.name, error)
        except Exception:
            LOG.exception("source of route %s failed unexpectedly", watch.route.name)
        return Polled.FAILED

    def _take_all(self, route: CompiledRoute, source: Source, stopping: Callable[[], bool]) -> bool:
        """Take what is ready, batch by batch; whether there was anything."""
        journal = self._journal()
        brought = False
        try:
            for batch in _batches(source.poll()):
                brought = True
                self._take(route, source, journal, batch)
                self._slot.brought()
                if stopping():
                    break
        finally:
            self._journals.put(journal)
        return brought

    def _journal(self) -> Journal:
        try:
            return self._journals.get_nowait()
        except queue.Empty:
            return self._open_journal()

    def _take(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        good: list[Arrival] = []
        for arrival in batch:
            findings = self._wrong_with(arrival)
            if not findings:
                good.append(arrival)
                continue
            LOG.warning("route %s refused %s: %s", route.name, arrival.identity, findings[0])
            journal.refuse(route.name, arrival.identity, findings)
            source.settle(replace(arrival, findings=findings), Verdict.REFUSED)
        if good:
            self._accept_all(route, source, journal, good)

    def _wrong_with(self, arrival: Arrival) -> tuple[Finding, ...]:
        """What keeps an arrival out: the source's own findings, or its size."""
        if errors_in(arrival.findings):
            return arrival.findings
        if arrival.payload.size <= self._largest:
            return ()
        message = f"{arrival.payload.size} bytes are more than a payload may have ({self._largest})"
        return (Finding(code="E404", message=message, hint="limits: {payload: …} in crossdock.yaml"),)

    def _accept_all(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        """Accept a batch; when it fails, one by one, so that one bad arrival fails no neighbour."""
        try:
            self._accept(route, source, journal, batch)
        except Retry:
            if len(batch) == 1:
                raise
            for arrival in batch:
                try:
                    self._accept(route, source, journal, [arrival])
                except Retry as error:
                    LOG.error("route %s, %s: %s", route.name, arrival.identity, error)

    def _accept(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        entries = [entry(route, arrival, self._new_id(), self._keep) for arrival in batch]
        self._reach("intake.before_accept")
        known = journal.accept(entries)
        self._hint(entries)
        self._reach("intake.before_settle")
        for arrival, one, id in zip(batch, entries, known, strict=True):
            verdict = Verdict.ACCEPTED if id == one.message.id else Verdict.DUPLICATE
            LOG.info("route %s: %s %s as %s", route.name, arrival.headers.get("file.name", ""), verdict, id)
            source.settle(arrival, verdict)
        self._reach("intake.after_settle")

    def _hint(self, entries: list[Entry]) -> None:
        """Tell the bus. It is a hint: what it does not hear is found in the journal."""
        try:
            self._bus.publish([Hint(one.message.id, post.queue) for one in entries for post in one.posts])
        except Retry as error:
            LOG.warning("bus unavailable: %s", error)


#: Seconds until the next poll, where it is not the source's own pace …
_PAUSES = {Polled.FAILED: FAILED_PAUSE, Polled.HALTED: math.inf}
#: … and since when a source is quiet, where it is not since that poll began.
_QUIET = {Polled.SOMETHING: 0.0, Polled.FAILED: 0.0, Polled.HALTED: math.inf}


def entry(route: CompiledRoute, arrival: Arrival, id: str, keep: float) -> Entry:
    """An arrival as a journal entry for the queue of its route."""
    message = Message(
        id=id,
        correlation=id,
        route=route.name,
        content_type=arrival.content_type,
        headers={name: value for name, value in arrival.headers.items() if not name.startswith(RESERVED)},
        body=arrival.payload,
    )
    identity = hashlib.sha256(arrival.identity.encode("utf-8", "surrogateescape")).hexdigest()
    # A route that keeps an order takes its arrivals one by one: what they hold is not known before they are read.
    post = Post(queue=route.name, lane="source" if route.ordered else None, priority=route.priority)
    return Entry(message=message, scope=f"source:{route.name}", identity=identity, posts=(post,), keep=keep)


def _batches(arrivals: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    """Arrivals in batches bounded by number and bytes, without asking for more than a batch ahead."""
    iterator = iter(arrivals)
    while batch := list(islice(iterator, 1)):
        size = batch[0].payload.size
        while size < BATCH_BYTES and len(batch) < BATCH_ARRIVALS:
            another = next(iterator, None)
            if another is None:
                break
            batch.append(another)
            size += another.payload.size
        yield batch


def _close(source: Source, route: str) -> None:
    """The plug-in boundary: what a source raises when it is closed is told and changes nothing."""
    try:
        source.close()
    except Exception:
        LOG.exception("source of route %s failed at close", route)


def _is_quiet(source: Source) -> bool:
    """Whether the source watches nothing that a later poll may bring; one that cannot tell is taken as quiet."""
    quiet = getattr(source, "quiet", None)
    return bool(quiet()) if quiet is not None else True
