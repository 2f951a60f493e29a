"""The last net: what RabbitMQ gave up on is taken from the queue of dead letters and told to whoever keeps records.

Garbage that others published into our queues comes here, refused by a worker; hints that could not be delivered often
enough; hints of queues that were full on a broker too old to refuse them. The work itself is in the journal in any case.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Field, Incoming
from crossdock.amqp.topology import get
from crossdock.bus.rabbitmq import hints as wire
from crossdock.bus.rabbitmq.topology import Names, Topology
from crossdock.errors import Finding, Halt, Reject, Retry, Severity

LOG = logging.getLogger("crossdock.bus")

AT_ONCE = 1000  # dead letters in one go

#: RabbitMQ's words (*Dead Letter Exchanges*, RabbitMQ documentation 4.1).
_REASONS: Mapping[str, str] = {
    "rejected": "a worker refused it",
    "expired": "it lay too long",
    "maxlen": "the queue was full",
    "delivery_limit": "it was delivered too often: whoever read it crashed",
}


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What was in the queue of dead letters: from which queue of ours, its message id, and why it is there."""

    queue: str
    id: str
    findings: tuple[Finding, ...]


def drain(address: Address, project: str, note: Callable[[DeadLetter], None], limit: int = AT_ONCE) -> int:
    """Hand each dead letter to ``note``, which makes it durable, and remove it; how many there were.

    What ``note`` raises ends it and loses nothing. Raises ``Retry`` or ``Halt`` where the broker is away.
    """
    topology = Topology(address, project, ())
    return _drained(topology.open("crossdock dead letters"), topology.names, note, limit)


def drain_if_there(address: Address, project: str, note: Callable[[DeadLetter], None]) -> bool:
    """``drain``, as a duty: whether it is done for now. A broker that is away has been told of by the bus already."""
    topology = Topology(address, project, ())
    try:
        link = topology.open("crossdock dead letters")
    except (Retry, Halt) as error:
        LOG.debug("dead letters are not looked at now: %s", error)
        return True
    return _drained(link, topology.names, note, AT_ONCE) < AT_ONCE


def _drained(link: Link, names: Names, note: Callable[[DeadLetter], None], limit: int) -> int:
    count = 0
    try:
        while count < limit and (message := get(link, names.dead)) is not None:
            note(_letter(message, names))
            with link.asking() as channel:
                channel.basic_ack(message.tag, multiple=False)
            count += 1
        link.close()
    finally:
        link.abandon()
    return count


def _letter(message: Incoming, names: Names) -> DeadLetter:
    queue, reason = _death(message.properties.headers)
    return DeadLetter(names.ours(queue), message.properties.message_id or "", (_finding(message, reason),))


def _finding(message: Incoming, reason: str) -> Finding:
    why = _REASONS.get(reason, reason or "unknown")
    try:
        count = len(wire.read(message))
    except Reject as error:
        return Finding(code="B210", message=f"a message on the bus is no hint: {error.message}", value=_shown(message))
    told = f"{count} hints were given up by the broker ({why}); the work itself is in the journal"
    return Finding(code="B211", message=told, severity=Severity.NOTE)


def _death(headers: Mapping[str, Field]) -> tuple[str, str]:
    """The queue it died in first, and why."""
    deaths = headers.get("x-death")
    last = deaths[-1] if isinstance(deaths, Sequence) and deaths and not isinstance(deaths, str | bytes) else None
    if not isinstance(last, Mapping):
        return "", ""
    return str(last.get("queue", "")), str(last.get("reason", ""))


def _shown(message: Incoming) -> str:
    """The beginning of the body, for a person to recognise it."""
    return message.body[:80].decode("utf-8", "replace")
