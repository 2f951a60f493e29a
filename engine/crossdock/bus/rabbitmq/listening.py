"""The consuming thread: holds hints for its worker, and does not let them lie.

A worker that waits gets what is held at once, and it is acknowledged. A worker that is busy will look in the journal
anyway before it waits, so hints are no use to it: after a moment each is given back to the queue, once, for a worker
that is idle; one that comes a second time finds everybody busy and is dropped. So nothing is ever unacknowledged for
long, and losing a worker in between costs somebody half a second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crossdock.amqp.consumer import Consumer
from crossdock.amqp.message import Incoming
from crossdock.bus.contract import Hint
from crossdock.bus.rabbitmq import hints as wire
from crossdock.bus.rabbitmq.line import Line
from crossdock.bus.rabbitmq.outbox import Wake
from crossdock.bus.rabbitmq.pause import Pause
from crossdock.bus.rabbitmq.topology import Topology
from crossdock.errors import CrossdockError, Reject

LOG = logging.getLogger("crossdock.bus")

PREFETCH = 10  # messages of a queue that one worker holds at most
HOLD = 0.05  # seconds a busy worker keeps hints from the others
LOOK = 1.0  # seconds of waiting at a time when nothing happens
SHORTEST, LONGEST = 0.001, 0.02  # seconds between looks at what may interrupt a wait
STEADY = 5.0  # seconds after which a connection counts as one that works


@dataclass(frozen=True, slots=True)
class _Held:
    message: Incoming
    hints: list[Hint]
    until: float


class Listener:
    """Consumes every queue of ``topology``, until ``close``."""

    def __init__(self, topology: Topology, name: str, prefetch: int = PREFETCH) -> None:
        self.line = Line("consuming")
        self.received = self.garbage = 0  # hints, messages
        self._topology = topology
        self._name = name
        self._prefetch = prefetch
        self._closing = threading.Event()
        self._news = threading.Condition()
        self._held: deque[_Held] = deque()
        self._done: deque[Incoming] = deque()
        self._stirred = False
        self._wake = Wake()
        self._thread = threading.Thread(target=self._run, name="bus-consumer", daemon=True)
        self._thread.start()

    def wait(self, timeout: float, interrupt: Callable[[], bool]) -> Sequence[Hint]:
        """See ``Bus``."""
        end, pause = time.monotonic() + timeout, SHORTEST
        with self._news:
            while not (self._held or self._stirred):
                left = end - time.monotonic()
                if left <= 0 or interrupt():
                    return ()
                self._news.wait(min(pause, left))
                pause = min(LONGEST, pause * 1.5)
            return self._hand_out()

    def close(self) -> None:
        """End; what is held goes back to the queues with the connection."""
        self._closing.set()
        self._wake.call()
        self._thread.join(LOOK + 2.0)
        self._forget()
        if not self._thread.is_alive():
            self._wake.close()

    def _hand_out(self) -> Sequence[Hint]:
        hints = [hint for held in self._held for hint in held.hints]
        self._done.extend(held.message for held in self._held)
        self._held.clear()
        self._stirred = False
        self._wake.call()
        return hints

    # The thread

    def _run(self) -> None:
        pause = Pause()
        while not self._closing.is_set():
            started = time.monotonic()
            try:
                self._session()
            except CrossdockError as error:
                self.line.away(error)
                if time.monotonic() - started > STEADY:
                    pause.over()
                self._forget()
                self._closing.wait(pause.seconds())

    def _session(self) -> None:
        link = self._topology.open(f"{self._name} consuming")
        link.wake_on(self._wake.descriptor)
        names = [self._topology.names.queue(queue) for queue in self._topology.queues]
        try:
            consumer = Consumer(link, names, self._prefetch)
            self.line.back()
            while not self._closing.is_set():
                arrived = consumer.look(self._until())
                self._wake.heard()
                self._take_in(consumer, arrived)
                self._pass_on(consumer)
            link.close()
        finally:
            link.abandon()

    def _until(self) -> float:
        """Seconds to wait for the broker."""
        with self._news:
            if self._done:
                return 0.0
            return max(0.0, self._held[0].until - time.monotonic()) if self._held else LOOK

    def _take_in(self, consumer: Consumer, arrived: Sequence[Incoming]) -> None:
        until = time.monotonic() + HOLD
        for message in arrived:
            try:
                hints = wire.read(message)
            except Reject as error:
                self._refuse(consumer, message, error)
                continue
            self.received += len(hints)
            with self._news:
                self._held.append(_Held(message, hints, until))
                self._news.notify()

    def _refuse(self, consumer: Consumer, message: Incoming, error: Reject) -> None:
        """To the dead letters with it, from where the journal gets to know of it."""
        self.garbage += 1
        LOG.error("bus: a message in queue %s is no hint: %s", message.queue, error)
        consumer.reject(message, requeue=False)

    def _pass_on(self, consumer: Consumer) -> None:
        late: list[_Held] = []
        with self._news:
            now = time.monotonic()
            while self._held and self._held[0].until <= now:
                late.append(self._held.popleft())
            done, self._done = self._done, deque()
            self._stirred |= any(held.message.redelivered for held in late)
        for message in done:
            consumer.ack(message)
        for held in late:
            if held.message.redelivered:
                consumer.ack(held.message)
            else:
                consumer.reject(held.message, requeue=True)

    def _forget(self) -> None:
        """The connection is gone, and the broker gives what was held to others, or again."""
        with self._news:
            self._held.clear()
            self._done.clear()
