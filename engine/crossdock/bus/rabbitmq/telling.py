"""The publishing thread: takes hints from the outbox, publishes them with confirms, and lives through everything.

It alone touches its connection. A broker that blocks publishers (memory or disk alarm) is waited for; one that does not
confirm is left; what was under way goes back to the outbox and is told again, which at worst wakes somebody twice.

A queue that confirms nothing on two connections in a row is sick and gets deleted and made anew. RabbitMQ needs that: a
broker killed within minutes of declaring a quorum queue may come back with one that never elects a leader (measured with
3.10.8: one in three). Only hints are lost with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from crossdock.amqp.publisher import Outcome, Publisher, Settled
from crossdock.bus.contract import Hint
from crossdock.bus.rabbitmq import hints as wire
from crossdock.bus.rabbitmq.line import Line
from crossdock.bus.rabbitmq.outbox import Outbox
from crossdock.bus.rabbitmq.pause import Pause
from crossdock.bus.rabbitmq.topology import Topology
from crossdock.errors import CrossdockError, Retry

LOOK = 1.0  # seconds of waiting at a time when nothing happens
PATIENCE = 5.0  # seconds without a confirm before the connection is given up
REDECLARE_EVERY = 5.0  # seconds between declarations of a queue that hints come back from
FLUSH = 2.0  # seconds for the last hints when the bus is closed


class Teller:
    """Publishes what is put into its ``outbox``, until ``close``."""

    def __init__(self, topology: Topology, name: str) -> None:
        self.outbox = Outbox()
        self.line = Line("publishing")
        self.published = self.returned = self.refused = 0  # hints
        self._topology = topology
        self._name = name
        self._closing = threading.Event()
        self._redeclared: dict[str, float] = {}
        self._suspects: set[str] = set()
        self._blocked = 0.0
        self._thread = threading.Thread(target=self._run, name="bus-publisher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Tell what is left, for a moment, and end."""
        self._closing.set()
        self.outbox.wake.call()
        self._thread.join(FLUSH + 2.0)
        if not self._thread.is_alive():
            self.outbox.wake.close()

    def _run(self) -> None:
        pause = Pause()
        while not self._closing.is_set():
            try:
                self._session(pause)
            except CrossdockError as error:
                self.line.away(error)
                self._closing.wait(pause.seconds())

    def _session(self, pause: Pause) -> None:
        """One connection, from its first moment to its end."""
        link = self._topology.open(f"{self._name} publishing")
        link.wake_on(self.outbox.wake.descriptor)
        publisher: Publisher | None = None
        try:
            publisher = Publisher(link)
            self.line.back()
            self._work(publisher, pause)
            link.close()
        finally:
            if publisher is not None:
                self.outbox.put_back(hint for one in publisher.lost() for hint in wire.told(one.message))
            link.abandon()

    def _work(self, publisher: Publisher, pause: Pause) -> None:
        end = 0.0
        while not self._finished(publisher, end):
            if self._closing.is_set() and not end:
                end = time.monotonic() + FLUSH
            if publisher.room > 0 and self.outbox:
                self._send(publisher, self.outbox.take(publisher.room * wire.MOST))
            publisher.link.look(FLUSH / 40 if end else LOOK)
            self.outbox.wake.heard()
            settled = publisher.settled()
            self._settle(publisher, settled)
            if settled:
                pause.over()
            self._give_up_waiting(publisher)

    def _give_up_waiting(self, publisher: Publisher) -> None:
        now = time.monotonic()
        if publisher.link.blocked:
            self._blocked = now
        overdue = {wire.told(message)[0].queue for message in publisher.overdue(PATIENCE)}
        if overdue and now - self._blocked > PATIENCE:
            sick = overdue & self._suspects
            self._suspects = overdue
            for queue in sick:
                self._topology.renew(queue, self._name)
            raise Retry("B203", f"the broker has not confirmed for {PATIENCE:g} s: {', '.join(sorted(overdue))}")

    def _finished(self, publisher: Publisher, end: float) -> bool:
        if not end:
            return False
        return time.monotonic() > end or not (self.outbox or publisher.under_way)

    def _send(self, publisher: Publisher, hints: Sequence[Hint]) -> None:
        exchange = self._topology.names.exchange
        publisher.send([wire.outgoing(group, exchange) for group in wire.grouped(hints)])

    def _settle(self, publisher: Publisher, settled: Sequence[Settled]) -> None:
        for one in settled:
            hints = wire.told(one.message)
            self._suspects.discard(hints[0].queue)
            match one.outcome:
                case Outcome.CONFIRMED:
                    self.published += len(hints)
                case Outcome.RETURNED:
                    self._redeclare(publisher, hints)
                case _:  # refused: so many wait in the queue already that everybody is awake
                    self.refused += len(hints)

    def _redeclare(self, publisher: Publisher, hints: list[Hint]) -> None:
        """The queue is gone: make it again and tell again, but not for ever."""
        queue, now = hints[0].queue, time.monotonic()
        self.returned += len(hints)
        if now - self._redeclared.get(queue, -REDECLARE_EVERY) < REDECLARE_EVERY:
            return
        self._redeclared[queue] = now
        self._topology.declare_queue(publisher.link, queue)
        self._send(publisher, hints)
