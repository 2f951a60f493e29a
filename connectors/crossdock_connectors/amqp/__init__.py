"""``amqp``: queues and exchanges of other systems, on RabbitMQ or any broker that speaks AMQP 0-9-1.

```yaml
from:
  amqp: {url: "${secret:shop_broker}", queue: crossdock.orders, bind: {exchange: shop, keys: ["order.*"]}}
to:
  - amqp: {url: "${secret:shop_broker}", exchange: crossdock, key: "order.{status}"}
```

A message taken carries its properties as headers: ``amqp.exchange``, ``amqp.key``, ``amqp.queue``,
``amqp.redelivered`` and, where the sender set them, ``amqp.message_id``, ``amqp.correlation_id``, ``amqp.type``,
``amqp.app_id``, ``amqp.timestamp``, ``amqp.reply_to``, ``amqp.content_encoding`` and ``amqp.header.NAME``. Its
``traceparent`` header (W3C Trace Context) is kept as the trace of the message.

A message published is persistent and has, as properties, ``message_id`` (the idempotency key of the delivery, the
same for every attempt), ``correlation_id``, ``content_type``, ``app_id`` (``crossdock``), ``timestamp`` and ``type``;
and as headers ``crossdock-message``, ``crossdock-route`` and ``traceparent``.
"""

from __future__ import annotations

from crossdock.connector import Connector, Effect, Parcel, SinkKind, SourceKind
from crossdock_connectors.amqp.options import SinkOptions, SourceOptions
from crossdock_connectors.amqp.probing import probe_sink, probe_source
from crossdock_connectors.amqp.sink import AmqpSink
from crossdock_connectors.amqp.source import AmqpSource

__all__ = ["CONNECTOR", "AmqpSink", "AmqpSource", "SinkOptions", "SourceOptions"]


def _effect(options: SinkOptions) -> Effect:
    return Effect.KEYED if options.repeatable else Effect.OPAQUE


def _target(options: SinkOptions, parcel: Parcel) -> str:
    """Where a parcel would go, ``exchange/key``. Raises ``Reject``."""
    return f"{options.exchange}/{options.routing_key(parcel)}"


CONNECTOR = Connector(
    name="amqp",
    about="Queues and exchanges of other systems over AMQP 0-9-1: takes messages, or publishes them with confirms.",
    source=SourceKind(options=SourceOptions, open=AmqpSource, shared=True, probe=probe_source),
    sink=SinkKind(options=SinkOptions, open=AmqpSink, effect=_effect, target=_target, probe=probe_sink),
)
