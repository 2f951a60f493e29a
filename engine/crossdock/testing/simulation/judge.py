"""The verdict: what the promises say about a run that has ended, and everything in it is healed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from crossdock.delivery.states import FINAL, Event, State
from crossdock.journal.contract import Item, Query
from crossdock.message import read_all
from crossdock.testing.simulation.cluster import Cluster
from crossdock.testing.simulation.people import number_of
from crossdock.testing.simulation.project import DESTINATIONS
from crossdock.testing.simulation.world import Violation


def finished(cluster: Cluster) -> bool:
    """Whether every file is taken and all work has come to an end."""
    if any(place.waiting() for place in cluster.places.values()):
        return False
    return all(item.state in FINAL for item in _items(cluster))


def unfinished(cluster: Cluster) -> str:
    """What is left, for people."""
    files = [file.name for place in cluster.places.values() for file in place.waiting()]
    items = [
        f"row {item.row} in {item.queue} is {item.state} (attempt {item.attempts}, {item.code} {item.reason})"
        for item in _items(cluster)
        if item.state not in FINAL
    ]
    return "; ".join([*(f"{name} was never taken" for name in files), *items])


def judge(cluster: Cluster) -> None:
    """Raises ``Violation`` for the first promise that was not kept."""
    for rule, what in (*_accounts(cluster), *_effects(cluster), *_sequence(cluster)):
        raise Violation(rule, what)


def _accounts(cluster: Cluster) -> Iterator[tuple[str, str]]:
    audit = cluster.disk.journal.audit()
    if not audit.balanced:
        yield "audit", f"not balanced: {audit}"
    files = len(cluster.plan.orders) + len(cluster.plan.events)
    if audit.accepted != files:
        yield "accepted", f"{files} files came, {audit.accepted} were accepted"


def _effects(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """What took effect where, against what came; and against what the journal says of it."""
    for route, files in (("orders", cluster.plan.orders), ("events", cluster.plan.events)):
        lines = [json.loads(line) for file in files for line in file.lines]
        good = {line["number"] for line in lines if not line.get("bad") and not line.get("kills")}
        for name in DESTINATIONS[route]:
            ledger = cluster.systems[name].ledger
            wanted = {number for number in good if (name, number) not in cluster.plan.poison}
            lost = sorted(wanted - set(ledger.effects))
            if lost:
                yield "lost", f"{', '.join(lost)} never took effect at {name}"
            foreign = sorted(set(ledger.effects) - wanted)
            if foreign:
                yield "foreign", f"{', '.join(foreign)} took effect at {name} and should not have"
    for item in _items(cluster):
        if "/" in item.queue and item.state is State.DELIVERED:
            name = item.queue.partition("/")[2]
            if not cluster.systems[name].ledger.counts[number_of(item)]:
                yield "lost", f"{item.queue} says that {number_of(item)} is delivered, and it is not"


def _sequence(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Events of one customer took effect in the order they came; what was dead in between may come later."""
    excused = _late_by_decision(cluster)
    came: dict[str, list[str]] = defaultdict(list)
    customers: dict[str, str] = {}
    for file in sorted(cluster.plan.events, key=lambda file: file.at):
        for line in file.lines:
            document = json.loads(line)
            customers[document["number"]] = document["customer"]
            if document["number"] not in excused:
                came[document["customer"]].append(document["number"])
    took: dict[str, list[str]] = defaultdict(list)
    for number in cluster.systems["ordered"].ledger.effects:
        if number not in excused:
            took[customers[number]].append(number)
    for customer, numbers in came.items():
        wanted = [number for number in numbers if ("ordered", number) not in cluster.plan.poison]
        if took[customer] != wanted:
            yield "sequence", f"events of {customer} came as {wanted} and took effect as {took[customer]}"


def _late_by_decision(cluster: Cluster) -> set[str]:
    rows = {row for row, event in cluster.decided if event is Event.RELEASE}
    found: set[str] = set()
    for item in _items(cluster):
        if item.row in rows and item.queue.startswith("events"):
            found |= {str(json.loads(line)["number"]) for line in read_all(item.message.body).splitlines()}
    return found


def _items(cluster: Cluster) -> list[Item]:
    return list(cluster.disk.journal.items(Query(limit=10_000)))
