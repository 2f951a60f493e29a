"""The bus over RabbitMQ: two connections, each with a thread of its own; the worker's thread never touches either.

Nothing here can stop a worker. With the broker away, hints wait in a bounded outbox, waiting is sleeping, and both
threads come back by themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crossdock.amqp.address import Address
from crossdock.bus.contract import Hint
from crossdock.bus.rabbitmq.listening import LONGEST, Listener
from crossdock.bus.rabbitmq.telling import Teller
from crossdock.bus.rabbitmq.topology import Topology
from crossdock.errors import CrossdockError


@dataclass(frozen=True, slots=True)
class BusState:
    """How one process's end of the bus is. ``error`` is why it is not connected; counts are hints since its start.

    ``returned`` came back because their queue was gone, ``refused`` because it was full, ``dropped`` had no room while
    the broker was away: latency, all of them. ``garbage`` are messages of others that are no hints.
    """

    publishing: bool
    consuming: bool
    error: CrossdockError | None
    published: int
    received: int
    returned: int
    refused: int
    dropped: int
    garbage: int


class RabbitBus:
    """``queues`` are the project's: all are declared, and consumed where ``consume``. Used by one thread.

    ``name`` is how the broker's tools show it. Nothing is raised for a broker that is away.
    """

    def __init__(self, address: Address, project: str, queues: Sequence[str], *, consume: bool, name: str) -> None:
        topology = Topology(address, project, queues)
        self._teller = Teller(topology, name)
        self._listener = Listener(topology, name) if consume and queues else None
        self._closed = False

    def publish(self, hints: Sequence[Hint]) -> None:
        """See ``Bus``. Costs microseconds: the publishing thread does the rest."""
        if hints and not self._closed:
            self._teller.outbox.put(hints)

    def wait(self, timeout: float, interrupt: Callable[[], bool]) -> Sequence[Hint]:
        """See ``Bus``."""
        if self._listener is not None:
            return self._listener.wait(timeout, interrupt)
        end = time.monotonic() + timeout
        while time.monotonic() < end and not interrupt():
            time.sleep(LONGEST)
        return ()

    def close(self) -> None:
        """See ``Bus``. What was put in last is told, for a moment."""
        if not self._closed:
            self._closed = True
            self._teller.close()
            if self._listener is not None:
                self._listener.close()

    def state(self) -> BusState:
        """How it is now."""
        teller, listener = self._teller, self._listener
        return BusState(
            publishing=teller.line.connected,
            consuming=listener is not None and listener.line.connected,
            error=teller.line.error or (listener.line.error if listener else None),
            published=teller.published,
            received=listener.received if listener else 0,
            returned=teller.returned,
            refused=teller.refused,
            dropped=teller.outbox.dropped,
            garbage=listener.garbage if listener else 0,
        )
