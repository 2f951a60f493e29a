"""Whether a broker lets us in and has what a route names, by asking alone: for ``crossdock check --connect``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.topology import Exchange, declare_exchange, depth
from crossdock.connector import Surroundings
from crossdock.errors import Finding
from crossdock_connectors.amqp.options import Broker, SinkOptions, SourceOptions


def probe_source(options: SourceOptions, around: Surroundings) -> Iterator[Finding]:
    """Whether we are let in, and the queue is there, unless the route makes it."""
    with _asked(options, around) as link:
        if options.bind is None and depth(link, options.queue) is None:
            hint = "make it, or let the route make it with bind"
            yield Finding(code="K516", message=f"the broker has no queue '{options.queue}'", hint=hint)
        elif options.bind is not None and options.bind.kind is None:
            declare_exchange(link, Exchange(options.bind.exchange), passive=True)


def probe_sink(options: SinkOptions, around: Surroundings) -> Iterator[Finding]:
    """Whether we are let in, and the exchange is there, unless the route makes it."""
    with _asked(options, around) as link:
        if options.exchange and options.kind is None:
            declare_exchange(link, Exchange(options.exchange), passive=True)
    yield from ()


@contextmanager
def _asked(options: Broker, around: Surroundings) -> Iterator[Link]:
    address = Address.parse(options.url.get_secret_value(), around.root)
    link = Link(replace(address, heartbeat=0), f"crossdock {around.name} probe")
    try:
        yield link
    finally:
        link.close()
