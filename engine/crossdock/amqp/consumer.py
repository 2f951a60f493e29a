"""Consuming from several queues over one link. Whoever owns the link's thread looks; deliveries pile up in between.

The broker sends at most ``prefetch`` unsettled messages per queue, so nothing here grows. Each queue has a channel of
its own, and is not waited for: a broker that was killed can come back with a quorum queue that has no leader and answers
nobody (measured with 3.10.8), and that must not keep the others waiting. A queue that is deleted cancels its consumer,
which ends the link like every other error: the next one declares what is missing.

A consumer can also be forgotten by a broker that looks healthy. ``Watchdog`` asks now and then whether messages wait
while none come.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from functools import partial

from kombu.transport.pyamqp import Channel

from crossdock.amqp.link import Link
from crossdock.amqp.message import Incoming
from crossdock.amqp.reading import Content, incoming
from crossdock.amqp.topology import Queue, declare_queue
from crossdock.amqp.translation import translated
from crossdock.errors import Retry

WATCH_EVERY = 15.0  # seconds


class Consumer:
    """Consumes ``queues`` over ``link``, which is its own from then on. Raises ``Retry`` or ``Halt``."""

    def __init__(self, link: Link, queues: Sequence[str], prefetch: int) -> None:
        self.link = link
        self._arrived: deque[Incoming] = deque()
        self._cancelled: str | None = None
        self._unsettled = 0
        self._watchdog = Watchdog(queues)
        self._channels: dict[str, Channel] = {}
        for queue in queues:
            channel = self._channels[queue] = link.another_channel()
            with link.asking():
                channel.basic_qos(prefetch_size=0, prefetch_count=prefetch, a_global=False)
                channel.basic_consume(
                    queue,
                    consumer_tag=queue,
                    nowait=True,
                    callback=partial(self._on_delivery, queue),
                    on_cancel=self._on_cancel,
                )

    def look(self, timeout: float) -> list[Incoming]:
        """Wait up to ``timeout`` seconds; what arrived."""
        if not self._arrived:
            self.link.look(timeout)
        if self._cancelled is not None:
            raise Retry("B125", f"the broker cancelled the consumer {self._cancelled}: its queue is gone")
        arrived = list(self._arrived)
        self._arrived.clear()
        self._unsettled += len(arrived)
        self._watchdog.look(self.link, busy=bool(arrived or self._unsettled))
        return arrived

    def ack(self, message: Incoming) -> None:
        """The message is done: the broker forgets it."""
        with translated():
            self._unsettled -= 1
            self._channels[message.queue].basic_ack(message.tag, multiple=False)

    def reject(self, message: Incoming, *, requeue: bool) -> None:
        """Give the message back to its queue, or (not ``requeue``) to the queue's dead-letter exchange.

        The way back counts towards the delivery limit of a quorum queue.
        """
        with translated():
            self._unsettled -= 1
            self._channels[message.queue].basic_reject(message.tag, requeue=requeue)

    # py-amqp calls these in the middle of reading: they only append

    def _on_delivery(self, queue: str, content: Content) -> None:
        self._arrived.append(incoming(content, queue))

    def _on_cancel(self, tag: str) -> None:
        self._cancelled = tag


class Watchdog:
    """Messages that wait twice in a row, while none came in between: this consumer is a zombie."""

    def __init__(self, queues: Sequence[str], every: float = WATCH_EVERY) -> None:
        self._queues = queues
        self._every = every
        self._due = time.monotonic() + every
        self._suspects: set[str] = set()

    def look(self, link: Link, *, busy: bool) -> None:
        """Ask, if it is time. Raises ``Retry`` for a zombie, and where a queue is gone."""
        if busy:
            self._suspects.clear()
            self._due = time.monotonic() + self._every
        elif time.monotonic() >= self._due:
            self._due = time.monotonic() + self._every
            waiting = {queue for queue in self._queues if declare_queue(link, Queue(queue), passive=True).messages}
            zombies = self._suspects & waiting
            self._suspects = waiting
            if zombies:
                raise Retry("B131", f"messages wait in {', '.join(sorted(zombies))}, and the broker delivers none")
