"""A worker process: claims work, runs routes, delivers, commits. One thread does all of it.

SQLite's wrapper gives up the interpreter lock at every step of a statement; a second busy thread would make each
statement wait for it (measured: 0.8 µs a row alone, 393 µs beside a busy thread). So everything that computes or
commits is done by this one thread, and only calls into sinks, which may block, run in a pool. Long files are
generators and batches are done in slices, both advanced in turn, so nothing long or slow holds up anything else.

When the journal refuses (its disk is full), what was to be committed is kept and committed later: nothing is done
twice, and what a sink has done is not forgotten.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from crossdock.bus.contract import Bus
from crossdock.delivery.breaker import Failure
from crossdock.delivery.states import Event
from crossdock.errors import CrossdockError, Retry
from crossdock.journal.contract import Fate, Journal, Outcome, Result, Work
from crossdock.message import Message
from crossdock.partner.preflight.rule import Recall as Recalls
from crossdock.runtime.actions import Blocking
from crossdock.runtime.answers import Answers
from crossdock.runtime.circuits import Circuits
from crossdock.runtime.couriers import Couriers
from crossdock.runtime.delivery import Courier
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.fates import Halted
from crossdock.runtime.hands import Ahead, Batch, Delivery, Hand, Stop, Stream, Submit
from crossdock.runtime.paces import Paces
from crossdock.runtime.pulse import Slot
from crossdock.runtime.recalling import Memory
from crossdock.runtime.recording import Recorder
from crossdock.runtime.replies import Replies
from crossdock.runtime.reserve import Reserve
from crossdock.runtime.turnstile import Turnstile

LOG = logging.getLogger("crossdock.worker")

MAX_STREAMS = 4  # long files advanced in turn by one worker; beyond that, one of every route that has none
MAX_CALLS = 32  # sinks called at the same time by one worker …
MAX_CALLS_OF_ROUTE = 8  # … and so many of one route at most: slow destinations of one hold up no other's
IDLE_WAIT = 0.5  # seconds between looks at due times when nothing else happens
JOURNAL_PAUSE = 1.0  # seconds to wait when the journal itself refuses (disk full): it recovers by itself
SLICE_SECONDS = 0.1  # of a batch at a time: one flush then costs a small part of the work
LEAVE_SECONDS = 30.0  # for sinks to finish what they have in hand when the worker is told to stop
_BACK = Fate(event=Event.RETURN, spent=False)


class StuckSink(CrossdockError):
    """A call into a sink does not return. Only the end of the process ends it."""


class Worker:
    """``courier`` is asked for the courier of a destination's queue, once. Raises nothing on bad documents.

    ``may_be_elsewhere`` says whether another version of the project runs, which may have queues this one has not.

    ``lease`` (seconds) is renewed while work is in hand, so it only runs out when a worker is stuck or gone. ``ahead``
    commits a part of a long file elsewhere while the next is made. ``recall`` finds earlier documents and ``answers``
    keeps those of other systems; left out, the journal does.
    """

    def __init__(  # noqa: PLR0913 - the composition root names each of them
        self,
        *,
        owner: str,
        journal: Journal,
        bus: Bus,
        dispatcher: Dispatcher,
        courier: Callable[[str], Courier | None],
        may_be_elsewhere: Callable[[], bool] = lambda: False,
        reserve: Reserve | None = None,
        slot: Slot,
        submit: Submit,
        ahead: Ahead | None = None,
        recall: Callable[[Message], Recalls] | None = None,
        answers: Answers | None = None,
        lease: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._owner = owner
        self._journal = journal
        self._bus = bus
        paces = Paces(journal, monotonic)
        known = recall or (lambda message: Memory(journal, message).recall)
        known_answers = answers or Answers(journal, dispatcher.now)
        self._dispatcher = (
            dispatcher.paced(paces.turn).reading(journal.awaited).recalling(known).knowing(known_answers.known)
        )
        self._couriers = Couriers(courier, journal, monotonic, may_be_elsewhere)
        self._turnstile = Turnstile(journal, Circuits(journal, owner, monotonic, random), paces)
        self._recorder = Recorder(journal, bus, slot)
        self._reserve = reserve
        self._slot = slot
        self._replies = self._replies_with(known_answers)
        self._submit = submit
        self._ahead = ahead
        self._lease = lease
        self._monotonic = monotonic
        self._sleep = sleep
        self._batches: dict[str, Batch] = {}
        self._streams: list[Stream] = []
        self._deliveries: list[Delivery] = []
        self._stops: list[Stop] = []
        self._refusal: Retry | None = None
        self._renewed = self._monotonic()
        self._alone: str | None = None  # the queue of a suspect that waits until nothing else is in hand
        self._turn = 0
        self._leaving = False
        self._retiring = False

    def _replies_with(self, answers: Answers) -> Replies:
        return Replies(
            journal=self._journal,
            recorder=self._recorder,
            turnstile=self._turnstile,
            answers=answers,
            dispatcher=self._dispatcher,
            slot=self._slot,
            renew=self._renew,
            leaving=lambda: self._leaving,
        )

    def run(self, stopping: Callable[[], bool], retiring: Callable[[], bool] = lambda: False) -> None:
        """Work until ``stopping``, then finish or give back what is in hand. Raises ``StuckSink``.

        When ``retiring``, nothing more is claimed, and it ends once all it has in hand is done, however long that takes.
        """
        while not stopping() and not (self._retiring and not self._in_hands()):
            self._retiring = retiring()
            worked = self.step()
            if self._refusal is not None:
                LOG.error("journal unavailable: %s", self._refusal)
                self._slot.idle()
                if self._reserve is None or not self._reserve.spend(self._refusal):
                    self._sleep(JOURNAL_PAUSE)
            elif not worked:
                self._slot.idle()
                self._slot.free(yes=True)
                self._wait(lambda: stopping() or retiring() is not self._retiring or self._answered())
                self._slot.free(yes=False)
        self._leave()

    def _wait(self, interrupt: Callable[[], bool]) -> None:
        """Until there may be work. A bus that cannot even be waited for must not make us ask the journal all the time."""
        try:
            self._bus.wait(IDLE_WAIT, interrupt)
        except Retry as error:
            LOG.warning("bus unavailable: %s", error)
            self._sleep(IDLE_WAIT)

    def step(self) -> bool:
        """One round over everything in hand and everything ready. Whether there was anything to do."""
        self._refusal = None
        self._look_at_calls()
        worked = self._advance_all()
        with self._refusable():
            worked |= self._claim()
        return worked

    @contextmanager
    def _refusable(self) -> Iterator[None]:
        """The journal may refuse inside: what was to be recorded is still in hand, and comes again next round."""
        try:
            yield
        except Retry as error:
            self._refusal = error

    def _answered(self) -> bool:
        return any(delivery.call and delivery.call.done() for delivery in self._deliveries)

    # Claiming

    def _claim(self) -> bool:
        if self._retiring:
            return False
        if self._alone is not None:
            return not self._in_hands() and self._claim_suspect(self._alone)
        if self._streams and self._slot.spare():
            return False  # the file is the long pole: let those who wait do what comes of it
        claimed = False
        ready = self._journal.ready() if self._suspect() is None else []
        self._turn += 1
        for index in range(len(ready)):
            self._renew()
            claimed |= self._claim_from(ready[(index + self._turn) % len(ready)])
            if self._wants_to_be_alone():
                break
        return claimed

    def _wants_to_be_alone(self) -> bool:
        return self._alone is not None or self._suspect() is not None

    def _claim_suspect(self, queue: str) -> bool:
        self._alone = None
        return self._claim_from(queue)

    def _claim_from(self, queue: str) -> bool:
        if queue in self._dispatcher.routes:
            return not self._is_draining() and self._claim_route(queue)
        return self._claim_delivery(queue)

    def _claim_route(self, queue: str) -> bool:
        splits = self._dispatcher.routes[queue].splits
        room = self._room_for_streams(queue) if splits else self._dispatcher.chunk_parts
        if room <= 0 or queue in self._batches:
            return False
        works = self._leased(queue, room)
        if splits:
            self._streams += [Stream(work, self._dispatcher.results(work), work.crashes > 0) for work in works]
        elif works:
            self._batches[queue] = Batch.of(queue, works)
            self._advance_batch(self._batches[queue])
        return bool(works)

    def _room_for_streams(self, queue: str) -> int:
        """Long files of one route do not keep those of another waiting: each may have one in hand."""
        own = sum(stream.work.queue == queue for stream in self._streams)
        return max(MAX_STREAMS - len(self._streams), 1 - own)

    def _claim_delivery(self, queue: str) -> bool:
        courier = self._free_courier(queue)
        limit = self._turnstile.room(queue, courier) if courier is not None else 0
        if courier is None or not limit:
            return False
        works = self._leased(queue, limit)
        if works:
            delivery = Delivery(queue, courier, works, courier.steps(works))
            self._deliveries.append(delivery)
            self._advance_delivery(delivery)
        self._turnstile.claimed(queue, courier, len(works))
        return bool(works)

    def _free_courier(self, queue: str) -> Courier | None:
        """A courier with nothing in hand, if one more call is to be made for that queue and its route."""
        route = queue.partition("/")[0]
        of_route = sum(delivery.queue.partition("/")[0] == route for delivery in self._deliveries)
        if len(self._deliveries) >= MAX_CALLS or of_route >= MAX_CALLS_OF_ROUTE:
            return None
        return self._couriers.free(queue, [one.courier for one in self._deliveries if one.queue == queue])

    def _leased(self, queue: str, limit: int) -> list[Work]:
        """Work from a queue. A suspect is put back until nothing else is in hand: waiting must not count against it."""
        works = self._journal.claim(queue, owner=self._owner, limit=limit, lease=self._lease)
        if any(work.crashes for work in works) and self._in_hands():
            self._put_back(works)
            self._alone = queue
            return []
        return works

    # Going on with what is in hand

    def _advance_all(self) -> bool:
        worked = False
        for stop in tuple(self._stops):
            with self._refusable():
                self._stop(stop)
        with self._refusable():
            self._make_room()
        for delivery in tuple(self._deliveries):
            with self._refusable():
                worked |= self._advance_delivery(delivery)
        for batch in tuple(self._batches.values()):
            worked = True
            with self._refusable():
                self._advance_batch(batch)
        for stream in () if self._is_draining() else tuple(self._streams):
            worked = True
            with self._refusable():
                self._advance_stream(stream)
        return worked

    def _is_draining(self) -> bool:
        """Whether the room that is left is for what was done: nothing new is made of what waits."""
        return self._reserve is not None and self._reserve.spent()

    def _in_hands(self) -> list[Hand]:
        return [*self._batches.values(), *self._streams, *self._deliveries]

    def _suspect(self) -> Hand | None:
        return next((one for one in self._in_hands() if one.suspect), None)

    def _make_room(self) -> None:
        """Put back what would only be counted for a suspect; deliveries under way come to their end first."""
        if self._alone is None:
            return
        self._put_back([work for batch in self._batches.values() for work in batch.works])
        for batch in self._batches.values():
            batch.works.clear()  # what came of the others is still to be committed
        self._put_back([stream.work for stream in self._streams])
        self._streams.clear()

    def _put_back(self, works: Sequence[Work]) -> None:
        self._recorder.commit([Result(work=work, outcome=Outcome(fate=_BACK)) for work in works])

    def _advance_batch(self, batch: Batch) -> None:
        """A slice of messages that are not split: one transaction for all of them."""
        self._renew()
        halted: Halted | None = None
        end = self._monotonic() + SLICE_SECONDS
        while batch.works and halted is None and self._monotonic() < end:
            try:
                batch.results.append(self._next(self._dispatcher.results(batch.works[0]), batch.works[0]))
                batch.works.popleft()
            except Halted as error:
                halted = error
        if halted is not None:
            del self._batches[batch.queue]
            self._halt(batch.queue, halted, batch.works, batch.results)
            return
        self._recorder.commit(batch.results)
        batch.results.clear()
        if not batch.works:
            del self._batches[batch.queue]

    def _advance_stream(self, stream: Stream) -> None:
        """One transaction's worth of a message that is split; the next is made while a server commits this one."""
        self._renew()
        room = 1 if self._ahead is None or stream.suspect else 2
        try:
            if len(stream.made) < room and not stream.complete:
                stream.made.append(self._next(stream.results, stream.work))
        except Halted as halted:
            self._streams.remove(stream)
            self._halt(stream.work.queue, halted, [stream.work], [])
            return
        if stream.under_way is not None and (len(stream.made) == room or stream.complete):
            self._arrived(stream)
        elif stream.under_way is None and self._ahead is not None:
            stream.under_way = self._ahead([stream.made[0]])
        elif stream.under_way is None:
            self._committed(stream, self._recorder.commit([stream.made[0]]))

    def _arrived(self, stream: Stream) -> None:
        """Wait for the commit under way. One that failed is begun again with the next round."""
        under_way, stream.under_way = stream.under_way, None
        if under_way is not None:
            held = self._recorder.recorded(under_way.result)
            self._recorder.tell([stream.made[0]], held)
            self._committed(stream, held)
        if stream.made and self._ahead is not None and stream in self._streams:
            stream.under_way = self._ahead([stream.made[0]])

    def _committed(self, stream: Stream, held: Sequence[bool]) -> None:
        if stream.committed().outcome or not all(held):
            self._streams.remove(stream)

    def _next(self, results: Iterator[Result], work: Work) -> Result:
        """The next result; a defect of a step or codec costs this message an attempt, never the worker."""
        self._slot.busy()
        try:
            return next(results)
        except Halted:
            raise
        except Exception as error:
            LOG.exception("message %s in queue %s", work.message.id, work.queue)
            return self._dispatcher.broken(work, error)

    def _advance_delivery(self, delivery: Delivery) -> bool:
        """Step a delivery until it waits for a call, or is done. Whether it got anywhere."""
        moved = False
        self._renew()
        try:
            while delivery.call is None or delivery.call.done():
                answer, moved = self._replies.to(delivery), True
                delivery.call = None
                self._slot.busy()
                delivery.action = delivery.steps.send(answer)
                if isinstance(delivery.action, Blocking):
                    delivery.deadline = self._monotonic() + delivery.action.patience
                    delivery.call = self._submit(delivery.action.call)
        except StopIteration:
            self._deliveries.remove(delivery)
            self._turnstile.leave(delivery.queue)
        except Halted as halted:
            self._deliveries.remove(delivery)
            self._halt(delivery.queue, halted, delivery.works, [])
            self._turnstile.leave(delivery.queue)
        return moved

    # Stopping a queue

    def _halt(self, queue: str, halted: Halted, works: Sequence[Work], results: Sequence[Result]) -> None:
        """Stop the queue, and put back what was claimed from it and is not done."""
        LOG.error("queue %s stopped: %s", queue, halted.error)
        back = [Result(work=work, outcome=Outcome(fate=halted.fate)) for work in works]
        stop = Stop(queue, str(halted.error), [*results, *back])
        self._stops.append(stop)
        self._stop(stop)

    def _stop(self, stop: Stop) -> None:
        self._journal.stop_queue(stop.queue, stop.reason)
        self._recorder.commit(stop.results)
        self._stops.remove(stop)

    # Leases, stuck calls, leaving

    def _in_hand(self) -> Iterator[Work]:
        yield from (work for batch in self._batches.values() for work in batch.held())
        yield from (stream.work for stream in self._streams)
        yield from (work for delivery in self._deliveries for work in delivery.works)
        yield from (result.work for stop in self._stops for result in stop.results)

    def _renew(self) -> None:
        if self._monotonic() - self._renewed < self._lease / 4:
            return
        works = list(self._in_hand())
        if works:
            self._journal.renew(works, self._lease)
        self._renewed = self._monotonic()

    def _look_at_calls(self) -> None:
        """A call that does not return ends with the process; whatever else is in hand is not counted for it."""
        now = self._monotonic()
        stuck = next((one for one in self._deliveries if one.call and now > one.deadline), None)
        if stuck is None or stuck.call is None or stuck.call.done():
            return
        self._deliveries.remove(stuck)
        end = StuckSink("E507", f"a call into the sink of {stuck.queue} does not return")
        with suppress(Retry):
            self._put_back(list(self._in_hand()))
            self._turnstile.judge(stuck.queue, stuck.courier, [Failure(end.code, end.message)])
        raise end

    def _leave(self) -> None:
        """Graceful stop: settle what sinks have in hand, give everything else back uncounted."""
        self._leaving = True
        self._batches.clear()
        self._streams.clear()
        end = self._monotonic() + LEAVE_SECONDS
        while (self._deliveries or self._stops) and self._monotonic() < end:
            if not self._advance_all():
                self._sleep(0.005)
            self._slot.idle()
        try:
            self._journal.give_back(owner=self._owner, crashed=False)
        except Retry as error:
            LOG.error("what is in hand cannot be given back now: %s", error)
        self._couriers.close([delivery.courier for delivery in self._deliveries])
