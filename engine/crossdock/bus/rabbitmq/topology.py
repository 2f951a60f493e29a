"""What crossdock has on a broker: one topic exchange, a queue for each of its queues, one for dead letters.

    crossdock.<project>            topic exchange; the routing key is the name of the queue
    crossdock.<project>.q.<queue>  quorum queue: replicated, on disk; refuses hints when 10,000 messages wait
    crossdock.<project>.dead       fanout exchange and quorum queue: what cannot be a hint, or was delivered too often

Source for arguments and versions: *Quorum Queues*, *Queue Length Limit*, *Dead Letter Exchanges*, RabbitMQ
documentation 3.10 to 4.1.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Field
from crossdock.amqp.topology import Binding, Exchange, Queue, bind, declare_exchange, declare_queue, delete
from crossdock.errors import Halt, Retry

LOG = logging.getLogger("crossdock.bus")

QUORUM_SINCE = (3, 10)  # the first with all of limit, dead-letter strategy and length for quorum queues
#: Deliveries of one message. A hint is passed on once by a worker that is busy; the rest is crashes while reading it.
DELIVERY_LIMIT = 10
#: A dead letter stays until the journal took it, however often that fails. (4.0 made 20 the default for every queue.)
DEAD_DELIVERY_LIMIT = 10_000
LONGEST = 10_000  # messages in a queue: hints beyond those tell nobody anything new


class Names:
    """What things of a project are called on the broker."""

    def __init__(self, project: str) -> None:
        self.exchange = f"crossdock.{project}"
        self.dead = f"crossdock.{project}.dead"
        self._queues = f"crossdock.{project}.q."

    def queue(self, queue: str) -> str:
        """The broker's name of a queue of ours."""
        return f"{self._queues}{queue}"

    def ours(self, name: str) -> str:
        """Our name of a queue of the broker."""
        return name.removeprefix(self._queues)


def queue_arguments(link: Link, dead: str) -> Mapping[str, Field]:
    """The arguments of a queue of hints, as far as this broker knows them."""
    limits: dict[str, Field] = {
        "x-dead-letter-exchange": dead,
        "x-max-length": LONGEST,
        "x-overflow": "reject-publish",
    }
    return limits | ({"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT} if has_quorum(link) else {})


def dead_arguments(link: Link) -> Mapping[str, Field]:
    """The arguments of the queue of dead letters: the oldest go when too many come."""
    limits: dict[str, Field] = {"x-max-length": LONGEST, "x-overflow": "drop-head"}
    return limits | ({"x-queue-type": "quorum", "x-delivery-limit": DEAD_DELIVERY_LIMIT} if has_quorum(link) else {})


def has_quorum(link: Link) -> bool:
    """Whether the broker has quorum queues with everything used here; others get durable classic ones."""
    return link.product == "RabbitMQ" and link.version >= QUORUM_SINCE


class _AsItIs(Exception):
    """Something is there with other properties, or may not be declared. The channel is gone with the refusal."""


class Topology:
    """What a project needs, declared as often as somebody connects. Shared by the threads of a bus."""

    def __init__(self, address: Address, project: str, queues: Sequence[str]) -> None:
        self.names = Names(project)
        self.queues = list(queues)
        self._address = address
        self._as_is: set[str] = set()
        self._may_declare = True

    @property
    def as_is(self) -> tuple[str, ...]:
        """What was found with other properties, and is used as it is."""
        return tuple(sorted(self._as_is))

    def open(self, name: str) -> Link:
        """A link to a broker that has everything. Raises ``Retry`` or ``Halt``."""
        while True:
            link = Link(self._address, name)
            try:
                self.declare(link)
            except _AsItIs:
                link.abandon()
            except BaseException:
                link.abandon()
                raise
            else:
                return link

    def declare(self, link: Link) -> None:
        """Make sure of everything."""
        for exchange in (Exchange(self.names.exchange), Exchange(self.names.dead, "fanout")):
            self._exchange(link, exchange)
        self._queue(link, Queue(self.names.dead, dead_arguments(link)), Binding(self.names.dead, self.names.dead, ""))
        for queue in self.queues:
            self.declare_queue(link, queue)

    def declare_queue(self, link: Link, queue: str) -> None:
        """Make sure of one queue of hints."""
        name = self.names.queue(queue)
        arguments = queue_arguments(link, self.names.dead)
        self._queue(link, Queue(name, arguments), Binding(self.names.exchange, name, queue))

    def renew(self, queue: str, name: str) -> None:
        """Delete a queue that answers nobody; whoever connects next makes it anew. Failing is for the log only."""
        name_there = self.names.queue(queue)
        LOG.warning("%s: queue %s confirms nothing and is made anew; only hints are lost", "B204", name_there)
        try:
            link = Link(self._address, f"{name} mending")
            try:
                delete(link, self.names.queue(queue))
            finally:
                link.abandon()
        except (Halt, Retry) as error:
            LOG.warning("queue %s cannot be deleted: %s", self.names.queue(queue), error)

    def _exchange(self, link: Link, exchange: Exchange) -> None:
        key = f"exchange {exchange.name}"
        try:
            declare_exchange(link, exchange, passive=self._passive(key))
        except (Halt, Retry) as error:
            self._learn(key, error)

    def _queue(self, link: Link, queue: Queue, binding: Binding) -> None:
        key = f"queue {queue.name}"
        try:
            declare_queue(link, queue, passive=self._passive(key))
            if self._may_declare:
                bind(link, binding)
        except (Halt, Retry) as error:
            self._learn(key, error)

    def _passive(self, key: str) -> bool:
        return key in self._as_is or not self._may_declare

    def _learn(self, key: str, error: Halt | Retry) -> None:
        """What a refusal means for the next attempt. Raises ``_AsItIs``, or the error where nothing can be learned."""
        match error.code:
            case "B126" if key not in self._as_is:
                self._as_is.add(key)
                LOG.warning(
                    "%s: %s is on the broker with other properties, and is used as it is: %s; "
                    "when it is empty, delete it and it is made anew, or see 'crossdock bus policy'",
                    "B201",
                    key,
                    error.message,
                )
            case "B112" if self._may_declare:
                self._may_declare = False
                LOG.warning("%s: the user of the bus may declare nothing, so all must be there: %s", "B202", error)
            case "B124" if key in self._as_is:
                self._as_is.remove(key)  # it was deleted meanwhile
            case _:
                raise error
        raise _AsItIs from error
