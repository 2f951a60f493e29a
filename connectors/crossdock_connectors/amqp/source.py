"""The source: a queue that is consumed. A message is acknowledged once it is durable, and not before.

Whatever goes wrong with the connection, what was not acknowledged is delivered again, on a new one, and known by its
identity. The broker does not deliver again what it has delivered on a connection that lives: so what a poll brought and
could not be made durable is kept here, and brought again by the next. At most ``prefetch`` messages are in memory, and
no more is read before what was read has been handed over, so large ones wait at the broker.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from crossdock.amqp.address import Address
from crossdock.amqp.consumer import Consumer
from crossdock.amqp.link import Link
from crossdock.amqp.message import Field, Incoming, Outgoing, Properties
from crossdock.amqp.publisher import Outcome, Publisher
from crossdock.amqp.topology import Binding, Exchange, Queue, bind, declare_exchange, declare_queue, depth
from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.errors import CrossdockError, Reject
from crossdock.message import Inline
from crossdock_connectors.amqp.options import Bind, SourceOptions

LOG = logging.getLogger("crossdock.amqp")

PATIENCE = 0.25  # seconds a poll waits for a message: it is there at once, and an idle queue costs next to nothing
CALM = 2  # empty polls in a row of an empty queue: what it had comes a moment after consuming begins
REFUSE_PATIENCE = 10.0  # seconds for the broker to confirm what is put aside

LONGEST_REASON = 1000  # characters

#: W3C Trace Context, 3.2.2: version 00.
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z")
_PLAIN = ("message_id", "correlation_id", "type", "app_id", "reply_to", "content_encoding")


@dataclass(frozen=True, slots=True)
class _Receipt:
    """Settles a message, on the connection it came by."""

    message: Incoming
    consumer: Consumer


class AmqpSource:
    """Consumes one queue. ``clock`` gives monotonic seconds."""

    def __init__(
        self, options: SourceOptions, surroundings: Surroundings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._name = f"crossdock {surroundings.name}"
        self._address = Address.parse(options.url.get_secret_value(), surroundings.root)
        self._consumer: Consumer | None = None
        self._open: dict[int, Arrival] = {}  # delivered and not settled, by delivery tag, in order
        self._calm = 0
        self._clock = clock
        self._looked = 0.0

    def poll(self) -> Iterator[Arrival]:
        """What is there now. Raises ``Retry`` where the broker is away, ``Halt`` where it refuses us."""
        if self._clock() - self._looked > self._address.heartbeat:
            self.close()  # nobody kept its heartbeats up, as when nothing was let in: the broker has given up on it
        try:
            consumer = self._consumer = self._consumer or self._begin()
            patience = 0.0 if self._open else PATIENCE
            yield from tuple(self._open.values())
            while arrived := self._look(consumer, patience):
                fresh = {message.tag: self._arrival(message, consumer) for message in arrived}
                self._open |= fresh
                self._calm = 0
                yield from fresh.values()
                patience = 0.0
        except CrossdockError:
            self._abandon()
            raise

    def _look(self, consumer: Consumer, patience: float) -> list[Incoming]:
        arrived = consumer.look(patience)
        self._looked = self._clock()
        return arrived

    def quiet(self) -> bool:
        """Whether nothing is in the queue, nor on its way. Asked after a poll that brought nothing."""
        if self._consumer is None or self._open or self._consumer.link.midway:
            return False
        if self._calm < CALM:
            self._calm = 0 if self._waiting(self._consumer) else self._calm + 1
        return self._calm >= CALM

    def _waiting(self, consumer: Consumer) -> int:
        try:
            return declare_queue(consumer.link, Queue(self._options.queue), passive=True).messages
        except CrossdockError:
            self._abandon()
            raise

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """Acknowledge it; what is refused is put aside. On a connection that is gone nothing can be settled."""
        receipt = arrival.receipt
        if not isinstance(receipt, _Receipt):
            raise TypeError("not an arrival of this source")
        if receipt.consumer is not self._consumer or receipt.message.tag not in self._open:
            return  # the broker delivers it again, or it is settled
        try:
            if verdict is not Verdict.REFUSED:
                receipt.consumer.ack(receipt.message)
            elif self._options.refused is None:
                receipt.consumer.reject(receipt.message, requeue=False)
            elif self._put_aside(receipt.message, self._options.refused, arrival):
                receipt.consumer.ack(receipt.message)
            del self._open[receipt.message.tag]
        except CrossdockError:
            self._abandon()
            raise

    def close(self) -> None:
        """Say goodbye: the broker gives what is not acknowledged to others at once."""
        if self._consumer is not None:
            self._consumer.link.close()
            self._forget()

    def _abandon(self) -> None:
        if self._consumer is not None:
            self._consumer.link.abandon()
            self._forget()

    def _forget(self) -> None:
        self._consumer, self._calm = None, 0
        self._open.clear()

    def _begin(self) -> Consumer:
        link = Link(self._address, self._name)
        try:
            if self._options.bind is not None:
                self._declare(link, self._options.bind)
            return Consumer(link, [self._options.queue], self._options.prefetch)
        except BaseException:
            link.abandon()
            raise

    def _declare(self, link: Link, wanted: Bind) -> None:
        if wanted.kind is not None:
            declare_exchange(link, Exchange(wanted.exchange, wanted.kind))
        if depth(link, self._options.queue) is None:  # one that is there is used as it is: quorum, limited …
            declare_queue(link, Queue(self._options.queue))
        for key in wanted.keys:
            bind(link, Binding(wanted.exchange, self._options.queue, key))

    def _put_aside(self, message: Incoming, queue: str, arrival: Arrival) -> bool:
        """Publish what is refused to its queue, with the reason; whether that queue has it.

        Where it does not (it is full), the message stays with the broker, which delivers it again by the next connection:
        it must not hold up those behind it.
        """
        reasons = "; ".join(f"{one.code}: {one.message}" for one in arrival.findings)
        why: dict[str, Field] = {"crossdock-refused": reasons[:LONGEST_REASON]}
        full = Properties(
            content_type=message.properties.content_type,
            message_id=message.properties.message_id,
            headers={**message.properties.headers, **why},
        )
        link = Link(self._address, f"{self._name} refused")
        try:
            if depth(link, queue) is None:
                declare_queue(link, Queue(queue))
            publisher = Publisher(link)
            try:
                (settled,) = publisher.publish([Outgoing("", queue, message.body, full)], REFUSE_PATIENCE)
            except Reject:  # what came cannot be sent on with that one more header
                bare = Outgoing("", queue, message.body, Properties(headers=why))
                (settled,) = publisher.publish([bare], REFUSE_PATIENCE)
            if settled.outcome is not Outcome.CONFIRMED:
                told = settled.outcome
                LOG.error("%s: a refused message cannot be put into '%s', so it stays: %s", "K501", queue, told)
            return settled.outcome is Outcome.CONFIRMED
        finally:
            link.close()

    def _arrival(self, message: Incoming, consumer: Consumer) -> Arrival:
        trace = message.properties.headers.get("traceparent")
        return Arrival(
            identity=self._identity(message),
            payload=Inline(message.body),
            content_type=message.properties.content_type or "application/octet-stream",
            headers=_headers(message),
            trace=trace if isinstance(trace, str) and _TRACEPARENT.match(trace) else None,
            receipt=_Receipt(message, consumer),
        )

    def _identity(self, message: Incoming) -> str:
        id = message.properties.message_id
        if self._options.identity == "message_id" and id:
            return f"{self._options.queue}|id|{id}"
        if self._options.identity == "body":
            return f"{self._options.queue}|body|{message.key}|{hashlib.sha256(message.body).hexdigest()}"
        return f"{self._options.queue}|delivery|{uuid.uuid4()}"


def _headers(message: Incoming) -> Mapping[str, str]:
    properties = message.properties
    found: dict[str, str] = {
        "amqp.queue": message.queue,
        "amqp.exchange": message.exchange,
        "amqp.key": message.key,
        "amqp.redelivered": "true" if message.redelivered else "false",
    }
    found |= {f"amqp.{name}": text for name in _PLAIN if (text := getattr(properties, name)) is not None}
    if properties.timestamp is not None:
        found["amqp.timestamp"] = _moment(properties.timestamp)
    for name, value in properties.headers.items():
        text = _text(value)
        if text is not None:
            found[f"amqp.header.{name}"] = text
    if message.malformed is not None:
        found["amqp.malformed"] = message.malformed
    return found


def _text(value: Field) -> str | None:
    """A header's scalar as text; None for tables, lists and bytes that are no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        with suppress(UnicodeDecodeError):
            return value.decode()
        return None
    return str(value) if isinstance(value, str | int | float | Decimal) else None


def _moment(timestamp: object) -> str:
    """A timestamp property (Unix seconds, AMQP 0-9-1, 4.2.5.4) as ISO 8601 in UTC; as it is, beyond the calendar."""
    if isinstance(timestamp, datetime):
        return timestamp.astimezone(UTC).isoformat()
    try:
        return datetime.fromtimestamp(float(str(timestamp)), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return str(timestamp)
