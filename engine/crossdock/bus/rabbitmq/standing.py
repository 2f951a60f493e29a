"""The bus as people look at it: what is on the broker, make it so, empty it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.topology import Depth, depth, purge
from crossdock.bus.rabbitmq.topology import Names, Topology
from crossdock.errors import Halt, Retry

QUICK = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Stand:
    """A queue of ours (None: the dead letters) and how it is on the broker; ``depth`` None: it is not there."""

    queue: str | None
    name: str
    depth: Depth | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A whole bus. ``url`` has no password in it."""

    url: str
    product: str
    version: str
    exchange: str
    queues: tuple[Stand, ...]


def away(address: Address) -> str | None:
    """Why the broker does not answer quickly; None where it does."""
    try:
        with _link(replace(address, connect_timeout=QUICK, io_timeout=QUICK)):
            return None
    except (Retry, Halt) as error:
        return str(error)


def standing(address: Address, project: str, queues: Sequence[str]) -> Standing:
    """How the bus is. Changes nothing. Raises ``Retry`` or ``Halt`` where the broker cannot be asked."""
    names = Names(project)
    wanted = [*((queue, names.queue(queue)) for queue in queues), (None, names.dead)]
    with _link(address) as link:
        version = ".".join(str(part) for part in link.version)
        stands = tuple(Stand(queue, name, depth(link, name)) for queue, name in wanted)
        return Standing(str(address), link.product, version, names.exchange, stands)


def declare(address: Address, project: str, queues: Sequence[str]) -> tuple[str, ...]:
    """Make everything that is missing; what is there with other properties and was left as it is."""
    topology = Topology(address, project, queues)
    topology.open("crossdock bus").close()
    return topology.as_is


def purge_all(address: Address, project: str, queues: Sequence[str]) -> int:
    """Throw away every hint; how many messages that was. Dead letters stay: nobody has noted them yet."""
    names = Names(project)
    with _link(address) as link:
        return sum(purge(link, name) for name in map(names.queue, queues) if depth(link, name) is not None)


@contextmanager
def _link(address: Address) -> Iterator[Link]:
    """A connection for some questions."""
    link = Link(address, "crossdock bus")
    try:
        yield link
        link.close()
    finally:
        link.abandon()
