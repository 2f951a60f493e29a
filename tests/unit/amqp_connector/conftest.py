"""A broker with a virtual host of its own, a client that knows nothing of crossdock, and the connector beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from crossdock.connector import Arrival, Parcel, Surroundings
from crossdock.message import Inline
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.rabbitmq import RabbitAddress
from crossdock_connectors.amqp import AmqpSink, AmqpSource, SinkOptions, SourceOptions

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"


class Broker:
    """A virtual host: what outsiders do there by ``channel``, and connectors of ours."""

    def __init__(self, url: str, root: Path) -> None:
        self.url = url
        self.around = Surroundings(root=root, name="orders-in/amqp", now=lambda: NOW)
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel: BlockingChannel = self.connection.channel()
        self.channel.confirm_delivery()
        self._opened: list[AmqpSource | AmqpSink] = []

    def source(self, seconds: list[float] | None = None, **options: object) -> AmqpSource:
        given = SourceOptions.model_validate({"url": self.url, "queue": "orders", **options})
        source = AmqpSource(given, self.around, (lambda: seconds[-1]) if seconds else time.monotonic)
        self._opened.append(source)
        return source

    def sink(self, seconds: list[float] | None = None, **options: object) -> AmqpSink:
        given = SinkOptions.model_validate({"url": self.url, "key": "orders", **options})
        clock = (lambda: seconds[-1]) if seconds else time.monotonic
        sink = AmqpSink(given, self.around, clock)
        self._opened.append(sink)
        return sink

    def publish(self, body: bytes, key: str = "orders", exchange: str = "", **properties: object) -> None:
        self.channel.basic_publish(exchange, key, body, pika.BasicProperties(**properties), mandatory=True)

    def get(self, queue: str = "orders") -> tuple[str, pika.BasicProperties, bytes]:
        """The next message of a queue, taken."""
        method, properties, body = self.channel.basic_get(queue, auto_ack=True)
        assert method is not None
        return method.routing_key, properties, body

    def depth(self, queue: str = "orders") -> int:
        return int(self.channel.queue_declare(queue, passive=True).method.message_count)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].partition("/")[0])

    def by_way_of(self, proxy: TcpProxy) -> str:
        """The URL of this virtual host through a proxy."""
        return self.url.replace(f":{self.port}/", f":{proxy.port}/")

    def close(self) -> None:
        for one in self._opened:
            one.close()
        self.connection.close()


@pytest.fixture
def broker(rabbitmq: RabbitAddress, tmp_path: Path) -> Iterator[Broker]:
    made = Broker(rabbitmq.fresh(), tmp_path)
    made.channel.queue_declare("orders", durable=True)
    yield made
    made.close()


def poll(source: AmqpSource, wanted: int = 1) -> list[Arrival]:
    """Arrivals, as soon as so many are there; what came, if they are not there in time."""
    arrived: list[Arrival] = []
    end = time.monotonic() + 5
    while len(arrived) < wanted and time.monotonic() < end:
        arrived += source.poll()
    return arrived


def parcel(key: str = "k1", payload: bytes = b'{"number": "4711"}', **fields: object) -> Parcel:
    given: dict[str, object] = {
        "message": MESSAGE,
        "document": {"number": "4711", "status": "new"},
        "content_type": "application/json",
        "correlation": "c1",
        "route": "orders-out",
        **fields,
    }
    return Parcel(key=key, payload=Inline(payload), **given)  # type: ignore[arg-type]  # a test names any field
