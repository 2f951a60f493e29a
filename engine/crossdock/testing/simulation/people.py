"""What people decide: the dead are released, doubts are settled by looking into the other side's books."""

from __future__ import annotations

import json
from collections.abc import Callable

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Item, Query
from crossdock.message import read_all
from crossdock.testing.simulation.cluster import Cluster
from crossdock.testing.simulation.journal import Line
from crossdock.testing.simulation.process import Process


def release_the_dead(cluster: Cluster, process: Process) -> None:
    """Everything that is dead goes on, except what nobody could ever take."""
    _decide(cluster, process, State.DEAD, lambda item: Event.DISCARD if hopeless(cluster, item) else Event.RELEASE)


def settle_doubts(cluster: Cluster, process: Process) -> None:
    """What took effect is confirmed, what did not goes on."""

    def look(item: Item) -> Event:
        system = cluster.systems[item.queue.partition("/")[2]]
        return Event.CONFIRM if system.ledger.counts[number_of(item)] else Event.RELEASE

    _decide(cluster, process, State.DOUBT, look)


def mend_everything(cluster: Cluster, process: Process) -> None:
    """After all faults: queues that were stopped go on, the dead are released, doubts are settled."""
    line = Line(cluster.disk, process)
    if line.stopped():
        line.start_queues()
    release_the_dead(cluster, process)
    settle_doubts(cluster, process)


def hopeless(cluster: Cluster, item: Item) -> bool:
    """Whether the document of ``item`` can never pass where it is."""
    lines = [json.loads(line) for line in read_all(item.message.body).splitlines()]
    system = item.queue.partition("/")[2]
    if all(line.get("bad") or line.get("kills") for line in lines):
        return True
    return any((system, line["number"]) in cluster.plan.poison for line in lines)


def number_of(item: Item) -> str:
    """The number of the one document an item carries."""
    return str(json.loads(read_all(item.message.body))["number"])


def _decide(cluster: Cluster, process: Process, state: State, event_of: Callable[[Item], Event]) -> None:
    line = Line(cluster.disk, process)
    for item in sorted(line.items(Query(states=(state,), limit=10_000)), key=lambda item: item.row):
        event = event_of(item)
        if line.decide(item.row, event, "a person looked into it"):
            process.tell(f"decides row {item.row}: {event}")
            cluster.decided.append((item.row, event))
