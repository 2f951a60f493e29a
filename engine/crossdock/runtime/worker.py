"""A worker process: claims work, runs routes, delivers, commits. One thread does all of it.

SQLite's wrapper gives up the interpreter lock at every step of a statement; a second busy thread would make each
statement wait for it (measured: 0.8 µs a row alone, 393 µs beside a busy thread). So everything that computes or
commits is done by this one thread, and only calls into sinks, which may block, run in a pool. Long files are
generators that are advanced in turn, so neither a long file nor a slow destination holds up anything else.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass

from crossdock.bus.contract import Bus, Hint
from crossdock.errors import CrossdockError, Retry
from crossdock.journal.contract import Journal, Outcome, Result, Work
from crossdock.runtime.delivery import Action, Advance, Answer, Blocking, Commit, Courier, SinkOutcome, Steps
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.fates import Halted
from crossdock.runtime.pulse import Slot

LOG = logging.getLogger("crossdock.worker")

LEASE = 60.0  # seconds; renewed while work is in hand, so it only runs out when a worker is stuck or gone
RENEW_EVERY = LEASE / 4
MAX_STREAMS = 4  # long files advanced in turn by one worker
MAX_CALLS = 16  # sinks called at the same time by one worker
IDLE_WAIT = 0.5  # seconds between looks at due times when nothing else happens
JOURNAL_PAUSE = 1.0  # seconds to wait when the journal itself refuses (disk full): it recovers by itself
ROUTE_BATCH = 100  # messages claimed at once (architecture.md, the way a document goes)


#: Runs a call elsewhere: ``ThreadPoolExecutor.submit``, or at once in tests.
Submit = Callable[[Callable[[], Sequence[SinkOutcome]]], "Future[Sequence[SinkOutcome]]"]


@dataclass(slots=True)
class Delivery:
    """One claimed batch of a destination on its way: its steps, and the call it waits for."""

    queue: str
    works: Sequence[Work]
    steps: Steps
    call: Future[Sequence[SinkOutcome]] | None = None


@dataclass(slots=True)
class Stream:
    """A message that is being split: its results so far to come."""

    work: Work
    results: Iterator[Result]


class Worker:
    """``couriers`` is asked for the courier of a destination's queue, once. Raises nothing on bad documents."""

    def __init__(
        self,
        *,
        owner: str,
        journal: Journal,
        bus: Bus,
        dispatcher: Dispatcher,
        courier: Callable[[str], Courier | None],
        slot: Slot,
        submit: Submit,
    ) -> None:
        self._owner = owner
        self._journal = journal
        self._bus = bus
        self._dispatcher = dispatcher
        self._courier_of = courier
        self._couriers: dict[str, Courier | None] = {}
        self._slot = slot
        self._submit = submit
        self._streams: list[Stream] = []
        self._deliveries: dict[str, Delivery] = {}
        self._renewed = time.monotonic()
        self._turn = 0

    def run(self, stopping: Callable[[], bool]) -> None:
        """Work until ``stopping``, then finish or give back what is in hand."""
        while not stopping():
            try:
                worked = self.step()
            except Retry as error:  # the journal refuses: nothing was committed, nothing is lost
                LOG.error("journal unavailable: %s", error)
                self._abandon()
                continue
            if not worked:
                self._slot.idle()
                self._bus.wait(IDLE_WAIT, lambda: stopping() or self._answered())
        self._leave()

    def step(self) -> bool:
        """One round over everything in hand and everything ready. Whether there was anything to do."""
        self._slot.busy()
        self._renew()
        worked = self._advance_deliveries()
        worked |= self._advance_streams()
        worked |= self._claim()
        return worked

    def _answered(self) -> bool:
        return any(delivery.call and delivery.call.done() for delivery in self._deliveries.values())

    # Claiming

    def _claim(self) -> bool:
        claimed = False
        ready = self._journal.ready()
        self._turn += 1
        for index in range(len(ready)):
            queue = ready[(index + self._turn) % len(ready)]
            if queue in self._dispatcher.routes:
                claimed |= self._claim_route(queue)
            else:
                claimed |= self._claim_delivery(queue)
        return claimed

    def _claim_route(self, queue: str) -> bool:
        splits = self._dispatcher.routes[queue].splits
        room = MAX_STREAMS - len(self._streams)
        if splits and room <= 0:
            return False
        works = self._journal.claim(queue, owner=self._owner, limit=room if splits else ROUTE_BATCH, lease=LEASE)
        if splits:
            self._streams += [Stream(work, self._dispatcher.results(work)) for work in works]
        elif works:
            self._process(queue, works)
        return bool(works)

    def _process(self, queue: str, works: Sequence[Work]) -> None:
        """A batch of messages that are not split: one transaction for all of them."""
        results: list[Result] = []
        for work in works:
            self._slot.busy()
            try:
                results.append(self._next(self._dispatcher.results(work), work))
            except Halted as halted:
                self._halt(queue, halted, works, results)
                return
        self._commit(results)

    def _next(self, results: Iterator[Result], work: Work) -> Result:
        """The next result; a defect of a step or codec costs this message an attempt, never the worker."""
        try:
            return next(results)
        except (Halted, Retry):
            raise
        except Exception as error:
            LOG.exception("message %s in queue %s", work.message.id, work.queue)
            return self._dispatcher.broken(work, error)

    def _halt(self, queue: str, halted: Halted, works: Sequence[Work], results: list[Result]) -> None:
        """Stop the queue, and put back what was claimed from it and is not done."""
        LOG.error("queue %s stopped: %s", queue, halted.error)
        done = {result.work.row for result in results}
        back = [Result(work=work, outcome=Outcome(fate=halted.fate)) for work in works if work.row not in done]
        self._commit([*results, *back])
        self._journal.stop_queue(queue, str(halted.error))

    # Streams

    def _advance_streams(self) -> bool:
        for stream in tuple(self._streams):
            self._slot.busy()
            try:
                result = self._next(stream.results, stream.work)
            except Halted as halted:
                self._streams.remove(stream)
                self._halt(stream.work.queue, halted, [stream.work], [])
                continue
            held = self._commit([result])
            if result.outcome or not held[0]:
                self._streams.remove(stream)
        return bool(self._streams)

    def _commit(self, results: Sequence[Result]) -> list[bool]:
        if not results:
            return []
        held = self._journal.commit(results)
        hints = [hint for result, kept in zip(results, held, strict=True) if kept for hint in _hints(result)]
        if hints:
            self._bus.publish(hints)
        return held

    # Deliveries

    def _claim_delivery(self, queue: str) -> bool:
        if queue in self._deliveries or len(self._deliveries) >= MAX_CALLS:
            return False
        courier = self._courier(queue)
        if courier is None:
            self._journal.stop_queue(queue, "no route of the project has this destination any more")
            return False
        limit = courier.room(lambda most: self._journal.backlog(queue, most))
        works = self._journal.claim(queue, owner=self._owner, limit=limit, lease=LEASE) if limit else []
        if works:
            delivery = Delivery(queue, works, courier.steps(works))
            self._deliveries[queue] = delivery
            self._go_on(delivery, None)
        return bool(works)

    def _courier(self, queue: str) -> Courier | None:
        if queue not in self._couriers:
            self._couriers[queue] = self._courier_of(queue)
        return self._couriers[queue]

    def _advance_deliveries(self) -> bool:
        worked = False
        for delivery in tuple(self._deliveries.values()):
            if delivery.call and delivery.call.done():
                self._go_on(delivery, delivery.call.result())
                worked = True
        return worked

    def _go_on(self, delivery: Delivery, answer: Answer) -> None:
        """Step a delivery until it waits for a call, or is done."""
        try:
            action = delivery.steps.send(answer) if answer is not None else next(delivery.steps)
            while not isinstance(action, Blocking):
                action = self._act(delivery, action)
            delivery.call = self._submit(action.call)
        except StopIteration:
            del self._deliveries[delivery.queue]
        except Halted as halted:
            del self._deliveries[delivery.queue]
            self._halt(delivery.queue, halted, delivery.works, [])

    def _act(self, delivery: Delivery, action: Action) -> Action:
        match action:
            case Advance(works=works, phase=phase, proofs=proofs):
                return delivery.steps.send(self._journal.advance(works, phase, proofs))
            case Commit(results=results):
                self._commit(results)
                return next(delivery.steps)
            case Blocking():
                raise TypeError("a call is not the worker's to make")

    # Leases and leaving

    def _renew(self) -> None:
        if time.monotonic() - self._renewed < RENEW_EVERY:
            return
        self._renewed = time.monotonic()
        works = [stream.work for stream in self._streams]
        works += [work for delivery in self._deliveries.values() for work in delivery.works]
        if works:
            self._journal.renew(works, LEASE)

    def _leave(self) -> None:
        """Graceful stop: settle what sinks have in hand, give everything else back uncounted."""
        end = time.monotonic() + LEASE / 2
        while self._deliveries and time.monotonic() < end:
            if not self._advance_deliveries():
                time.sleep(0.005)
        self._streams.clear()
        self._deliveries.clear()
        self._journal.give_back(owner=self._owner, crashed=False)

    def _abandon(self) -> None:
        """Forget what is in hand and begin again from the journal, once it can be written.

        Calls under way are waited for first: the same parcel must never be in two hands of one process.
        """
        self._slot.idle()
        calls = [delivery.call for delivery in self._deliveries.values() if delivery.call]
        wait(calls, timeout=LEASE / 2)
        self._streams.clear()
        self._deliveries.clear()
        time.sleep(JOURNAL_PAUSE)
        with suppress(Retry):
            self._journal.give_back(owner=self._owner, crashed=False)


def _hints(result: Result) -> Iterator[Hint]:
    outcomes: list[tuple[str, Outcome]] = [(child.message.id, child.outcome) for child in result.children]
    if result.outcome:
        outcomes.append((result.work.message.id, result.outcome))
    for id, outcome in outcomes:
        yield from (Hint(id, post.queue) for post in outcome.posts)
        yield from (Hint(sent.message.id, post.queue) for sent in outcome.also for post in sent.posts)
