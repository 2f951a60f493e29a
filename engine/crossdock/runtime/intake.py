"""Intake: sources hand over payloads, the journal makes them durable, only then is a receipt settled.

Each source is polled at its own pace in a thread, so one that hangs holds up nobody but itself (``watches``). Arrivals are
accepted in batches: one flushed transaction for many small files. A crash before the commit brings the payload again;
a crash after it makes the second arrival a no-op, because its identity is known.
"""

from __future__ import annotations

import hashlib
import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from crossdock.bus.contract import Bus, Hint
from crossdock.connector import Arrival, Source, Verdict
from crossdock.errors import CrossdockError, Finding, Halt, Retry, errors_in
from crossdock.journal.contract import Entry, Journal, Post
from crossdock.journal.notebook import writable
from crossdock.message import EMPTY, Message
from crossdock.route.compiled import CompiledRoute
from crossdock.runtime.admission import SLOWER, Door, Gate, OpenDoor
from crossdock.runtime.custody import Custody, Everything
from crossdock.runtime.expected import news
from crossdock.runtime.fates import unforeseen
from crossdock.runtime.pulse import Slot
from crossdock.runtime.troubles import Troubles
from crossdock.runtime.watches import FAILED_PAUSE, PATIENCE, SILENT, THREADS, Places, Polled, Watch

LOG = logging.getLogger("crossdock.intake")

ARRIVALS = ""  # the lane of what a source brings to a route that keeps an order: no key is empty
RESERVED = "crossdock."  # headers with this prefix are the engine's own: a source must not set them
BATCH_ARRIVALS = 100
BATCH_BYTES = 8 * 1024 * 1024  # of payloads held at once for one transaction
FAILED_REST = 60.0  # seconds for which one that failed here is left to other hosts, where there are any
TICK = 0.05
LEAVE_SECONDS = 30.0  # for polls under way to come to an end …
CLOSE_SECONDS = 5.0  # … and then for sources to be closed


class _Untaken(Retry):
    """The journal did not take an arrival. Never leaves this file."""


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
        custody: Custody | None = None,
        door: Door | None = None,
        troubles: Troubles | None = None,
        chance: Callable[[], float] = lambda: 0.0,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        executor: Callable[[int], Executor] = lambda size: ThreadPoolExecutor(size, "poll"),
    ) -> None:
        self._watches = tuple(watches)
        self._open_journal = open_journal
        self._publishing = threading.Lock()  # a bus has one user at a time
        self._journals: queue.SimpleQueue[Journal] = queue.SimpleQueue()
        self._bus = bus
        self._new_id = new_id
        self._keep = keep
        self._largest = largest
        self._reach = reach
        self._slot = slot
        self._custody = custody or Everything()
        self._door = door or OpenDoor()
        self._troubles = troubles
        self._chance = chance
        self._now = now
        self._monotonic = monotonic
        self._sleep = sleep
        self._executor = executor
        self._pool: Executor | None = None

    def run(self, stopping: Callable[[], bool]) -> None:
        """Poll until ``stopping``; a poll under way ends with the batch it has in hand."""
        self._pool = pool = self._executor(max(1, min(THREADS, len(self._watches))))
        while not stopping():
            self._custody.look()
            self._door.look()
            places = Places(self._watches, self._monotonic())
            for watch in sorted(self._watches, key=lambda watch: watch.due):  # who waits longest comes first
                self._attend(watch, places, pool, stopping)
            if self._troubles is not None:
                self._troubles.look(one for one in self._watches if self._custody.wants(one.route.name))
            self._slot.quiet(min(map(self._quiet, self._watches), default=self._monotonic()))
            self._slot.idle()
            self._sleep(TICK)
        self._leave(pool)

    def _leave(self, pool: Executor) -> None:
        """Let go of every source as soon as its poll has ended, so that other hosts go on with it.

        One that does not answer is not waited for: what it still brings is not accepted any more.
        """
        self._custody.leave()
        end = self._monotonic() + LEAVE_SECONDS
        left = [watch for watch in self._watches if not watch.hangs(self._monotonic(), SILENT)]
        for watch in self._watches:
            if watch not in left:
                self._custody.give_up(watch.route.name)
        while left and self._monotonic() < end:
            self._custody.look()
            polls = [watch.poll for watch in left if watch.poll is not None and not watch.poll.done()]
            if polls:
                wait(polls, timeout=TICK, return_when=FIRST_COMPLETED)
            else:
                end = min(end, self._monotonic() + CLOSE_SECONDS)
                wait([watch.closing for watch in left if watch.closing is not None], timeout=TICK)
            left = [watch for watch in left if not self._has_left(watch)]
            self._slot.idle()
        for watch in left:
            if watch.closing is not None:
                self._custody.give_up(watch.route.name)
        pool.shutdown(wait=False, cancel_futures=True)

    def _has_left(self, watch: Watch) -> bool:
        """Whether its poll has ended and its source is closed; it is let go of as soon as that may be."""
        if watch.poll is not None and not watch.poll.done():
            return False
        if watch.closing is None:
            self._let_go(watch)
        else:
            self._look_at_closing(watch, watch.closing)
        return watch.closing is None

    def _attend(self, watch: Watch, places: Places, pool: Executor, stopping: Callable[[], bool]) -> None:
        now = self._monotonic()
        if watch.closing is not None:
            self._look_at_closing(watch, watch.closing)
        elif watch.poll is not None:
            self._look_at(watch, watch.poll)
        elif not self._custody.wants(watch.route.name):
            if watch.source is not None or self._custody.holds(watch.route.name):
                self._let_go(watch)
        elif now >= watch.due and (admission := self._door.of(watch.route.name)).gate is Gate.CLOSED:
            watch.due, watch.quiet = now + admission.come_again, 0.0
        elif now >= watch.due and places.take(watch):
            watch.begun = watch.stirred = now
            watch.poll = pool.submit(self.poll, watch, stopping)

    def _look_at(self, watch: Watch, poll: Future[Polled]) -> None:
        if not poll.done():
            return
        polled, watch.poll = poll.result(), None
        watch.slow = self._monotonic() - watch.stirred >= PATIENCE
        watch.failures = watch.failures + 1 if polled in _BAD else 0
        watch.due = self._monotonic() + self._pause(watch, polled)
        watch.quiet = _QUIET.get(polled, watch.begun)
        if polled is Polled.HALTED:
            self._let_go(watch, math.inf)
        elif polled is Polled.FAILED and self._custody.could_be_elsewhere(watch.route.name):
            self._let_go(watch, FAILED_REST)

    def _pause(self, watch: Watch, polled: Polled) -> float:
        """Seconds until its next poll."""
        slower = SLOWER if self._door.of(watch.route.name).gate is Gate.SLOW else 1.0
        own = watch.pause(self._chance()) if polled is Polled.FAILED else watch.every * slower
        return _PAUSES.get(polled, own)

    def _let_go(self, watch: Watch, seconds: float = 0.0) -> None:
        """Another host may poll it as soon as its source is closed here. Closing may hang, too: nobody waits for it."""
        source, watch.source = watch.source, None
        watch.quiet, watch.rest = 0.0 if watch.quiet < math.inf else math.inf, seconds
        if source is None or self._pool is None:
            self._custody.give_up(watch.route.name, seconds)
            return
        watch.closing = self._pool.submit(_close, source, watch.route.name)
        self._look_at_closing(watch, watch.closing)

    def _look_at_closing(self, watch: Watch, closing: Future[None]) -> None:
        if closing.done():
            watch.closing = None
            self._custody.give_up(watch.route.name, watch.rest)

    def _quiet(self, watch: Watch) -> float:
        """Since when it has brought nothing; what another host polls is for that one to tell."""
        if watch.quiet == math.inf or not self._custody.elsewhere(watch.route.name):
            return watch.quiet
        return self._monotonic()

    def poll(self, watch: Watch, stopping: Callable[[], bool] = lambda: False) -> Polled:
        """One poll of one source. The plug-in boundary: whatever a source raises is told, and it is asked again."""
        try:
            watch.source = source = watch.source or watch.open()
            brought = self._take_all(watch, source, stopping)
            return Polled.SOMETHING if brought or not _is_quiet(source) else Polled.NOTHING
        except Halt as error:
            LOG.error("source of route %s is not asked again: %s", watch.route.name, error)
            watch.why = str(error)
            return Polled.HALTED
        except _Untaken as error:
            LOG.error("source of route %s: %s", watch.route.name, error)
            return Polled.UNTAKEN
        except CrossdockError as error:
            LOG.error("source of route %s: %s", watch.route.name, error)
            watch.why = str(error)
        except Exception as error:
            LOG.exception("source of route %s failed unexpectedly", watch.route.name)
            watch.why = str(unforeseen(error))
        return Polled.FAILED

    def _take_all(self, watch: Watch, source: Source, stopping: Callable[[], bool]) -> bool:
        """Take what is ready, batch by batch; whether there was anything."""
        route, brought = watch.route, False
        for batch in _batches(source.poll()):
            brought = True
            with self._journal() as journal:
                self._take(route, source, journal, batch)
            self._slot.brought()
            watch.stirred = self._monotonic()
            if stopping() or not self._custody.wants(route.name) or self._is_closed(route):
                break
        return brought

    def _is_closed(self, route: CompiledRoute) -> bool:
        """Whether what else the source has must stay there for now."""
        return self._door.of(route.name).gate is Gate.CLOSED

    @contextmanager
    def _journal(self) -> Iterator[Journal]:
        """A connection for one batch: a source that has nothing, or hangs, needs none."""
        try:
            journal = self._journals.get_nowait()
        except queue.Empty:
            with _untaken():
                journal = self._open_journal()
        try:
            yield journal
        finally:
            self._journals.put(journal)

    def _take(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        good: list[Arrival] = []
        for arrival in batch:
            findings = self._wrong_with(arrival)
            if not findings:
                good.append(arrival)
                continue
            if not self._custody.holds(route.name):
                return
            LOG.warning("route %s refused %s: %s", route.name, arrival.identity, findings[0])
            with _untaken():
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
        """Accept a batch; when it fails, one by one, so that one bad arrival fails no neighbour that need not wait."""
        try:
            self._accept(route, source, journal, batch)
        except Retry:
            if len(batch) == 1:
                raise
            for arrival in batch:
                try:
                    self._accept(route, source, journal, [arrival])
                except Retry as error:
                    if route.ordered:  # what is behind it must not overtake it
                        raise
                    LOG.error("route %s, %s: %s", route.name, arrival.identity, error)

    def _accept(self, route: CompiledRoute, source: Source, journal: Journal, batch: list[Arrival]) -> None:
        fresh = news(route, self._now())
        entries = [entry(route, arrival, self._new_id(), self._keep, fresh) for arrival in batch]
        self._reach("intake.before_accept")
        if not self._custody.holds(route.name):
            LOG.warning("route %s: another host polls its source now, which brings what was found here", route.name)
            return
        with _untaken(self._door.refused):
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
            with self._publishing:
                self._bus.publish(
                    [Hint(one.message.id, post.queue, trace=one.message.trace) for one in entries for post in one.posts]
                )
        except Retry as error:
            LOG.warning("bus unavailable: %s", error)


#: Seconds until the next poll, where it is not the source's own pace …
_PAUSES = {Polled.UNTAKEN: FAILED_PAUSE, Polled.HALTED: math.inf}
#: … and since when a source is quiet, where it is not since that poll began.
_QUIET = {Polled.SOMETHING: 0.0, Polled.FAILED: 0.0, Polled.UNTAKEN: 0.0, Polled.HALTED: math.inf}
#: What a source is to blame for.
_BAD = frozenset({Polled.FAILED, Polled.HALTED})


@contextmanager
def _untaken(tell: Callable[[Retry], None] = lambda error: None) -> Iterator[None]:
    """Tells a journal that is away from a source that is."""
    try:
        yield
    except Retry as error:
        tell(error)
        raise _Untaken(error.code, error.message, after=error.after, hint=error.hint) from error


def entry(route: CompiledRoute, arrival: Arrival, id: str, keep: float, news: Mapping[str, str] = EMPTY) -> Entry:
    """An arrival as a journal entry for the queue of its route; ``news`` is noted where it is new."""
    message = Message(
        id=id,
        correlation=id,
        route=route.name,
        content_type=arrival.content_type,
        headers={name: value for name, value in arrival.headers.items() if not name.startswith(RESERVED)},
        body=arrival.payload,
        trace=arrival.trace,
    )
    identity = hashlib.sha256(arrival.identity.encode("utf-8", "surrogateescape")).hexdigest()
    # A route that keeps an order takes its arrivals one by one: what they hold is not known before they are read.
    post = Post(queue=route.name, lane=ARRIVALS if route.ordered else None, priority=route.priority)
    notes = {writable(key): writable(text) for key, text in arrival.notes.items()}
    scope = f"source:{route.name}"
    return Entry(message=message, scope=scope, identity=identity, posts=(post,), keep=keep, notes=notes, news=news)


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
