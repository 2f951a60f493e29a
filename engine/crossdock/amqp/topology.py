"""What has to be on a broker, as values, and making it so as often as one likes.

Declaring what is there already changes nothing. What is there with other properties is refused by the broker (406),
and stays as it is: a queue with messages in it is nobody's to delete.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from crossdock.amqp.link import Link
from crossdock.amqp.message import NO_HEADERS, Field, Incoming
from crossdock.amqp.reading import Content, incoming
from crossdock.errors import Halt, Retry

MISSING = "B124"  # the code of what is not on the broker


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange; ``kind`` is topic, fanout, direct or headers."""

    name: str
    kind: str = "topic"


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue; ``arguments`` are the broker's optional ones (``x-queue-type`` …)."""

    name: str
    arguments: Mapping[str, Field] = field(default_factory=lambda: NO_HEADERS)


@dataclass(frozen=True, slots=True)
class Binding:
    """What ``exchange`` gets with ``key`` goes to ``queue``."""

    exchange: str
    queue: str
    key: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How a queue is: messages ready for delivery, and consumers."""

    messages: int
    consumers: int


def declare_exchange(link: Link, exchange: Exchange, *, passive: bool = False) -> None:
    """Make sure it is there; ``passive`` only asks. Raises ``Halt`` B126 where it is there but different."""
    with link.asking() as channel:
        channel.exchange_declare(exchange.name, exchange.kind, passive=passive, durable=True, auto_delete=False)


def declare_queue(link: Link, queue: Queue, *, passive: bool = False) -> Depth:
    """Make sure it is there; ``passive`` only asks. Raises ``Halt`` B126 where it is there but different."""
    with link.asking() as channel:
        declared = channel.queue_declare(
            queue.name, passive=passive, durable=True, auto_delete=False, arguments=dict(queue.arguments)
        )
        return Depth(int(declared.message_count), int(declared.consumer_count))


def depth(link: Link, queue: str) -> Depth | None:
    """How a queue is; None where it is not there. Asked on a channel of its own: a refusal costs no more than that."""
    channel = link.another_channel()
    try:
        with link.asking():
            declared = channel.queue_declare(queue, passive=True)
            return Depth(int(declared.message_count), int(declared.consumer_count))
    except Retry as error:
        if error.code != MISSING:
            raise
        return None
    finally:
        with suppress(Retry, Halt), link.asking():
            channel.close()


def bind(link: Link, binding: Binding) -> None:
    """Make sure the binding is there."""
    with link.asking() as channel:
        channel.queue_bind(binding.queue, binding.exchange, binding.key)


def purge(link: Link, queue: str) -> int:
    """Throw away what is ready in a queue, which must be there; how many messages that was."""
    with link.asking() as channel:
        return int(channel.queue_purge(queue))


def delete(link: Link, queue: str) -> None:
    """Remove a queue with everything in it."""
    with link.asking() as channel:
        channel.queue_delete(queue)


def get(link: Link, queue: str) -> Incoming | None:
    """One message of a queue, or None; it is settled by its tag. For queues that are looked at now and then."""
    with link.asking() as channel:
        content: Content | None = channel.basic_get(queue)
        return None if content is None else incoming(content, queue)
