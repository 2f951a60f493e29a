from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.amqp_connector.conftest import Broker, parcel

from crossdock.connector import Done, Effect
from crossdock.errors import Doubt, Reject, Retry
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.amqp import CONNECTOR, SinkOptions


def test_a_parcel_arrives_with_documented_properties_and_headers(broker: Broker) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    broker.channel.exchange_declare("events", "topic", durable=True)
    broker.channel.queue_bind("orders", "events", "order.#")
    sink = broker.sink(exchange="events", key="order.{status}", type="order-{number}", priority=4, expires="1h")
    assert sink.send([parcel(trace=trace)]) == [Done("events/order.new k1")]
    key, properties, body = broker.get()
    assert (key, body) == ("order.new", b'{"number": "4711"}')
    assert (properties.message_id, properties.correlation_id) == ("k1", "c1")
    assert (properties.content_type, properties.app_id, properties.type) == (
        "application/json",
        "crossdock",
        "order-4711",
    )
    assert (properties.delivery_mode, properties.priority, properties.expiration) == (2, 4, "3600000")
    assert properties.timestamp == 1_795_177_800
    assert properties.headers == {
        "crossdock-message": parcel().message,
        "crossdock-route": "orders-out",
        "traceparent": trace,
    }


def test_a_batch_is_confirmed_one_by_one_and_says_how_many_it_holds(broker: Broker) -> None:
    sink = broker.sink()
    outcomes = sink.send([parcel(f"k{number}", b"%d" % number, count=3) for number in range(500)])
    assert all(isinstance(one, Done) for one in outcomes)
    assert broker.depth() == 500
    assert broker.get()[1].headers["crossdock-count"] == 3


def test_what_no_queue_takes_is_an_error_and_harms_no_neighbour(broker: Broker) -> None:
    sink = broker.sink(exchange="events", key="order.{status}", kind="topic")
    broker.channel.queue_declare("new", durable=True)
    sink.send([])
    first = sink.send([parcel()])
    assert [one.code for one in first if isinstance(one, Retry)] == ["K511"]
    broker.channel.queue_bind("new", "events", "order.new")
    lost, kept = sink.send([parcel("k2", document={"status": "old"}), parcel("k3")])
    assert isinstance(lost, Retry)
    assert kept == Done("events/order.new k3")


def test_a_parcel_without_a_value_for_its_key_is_rejected_and_harms_no_neighbour(broker: Broker) -> None:
    sink = broker.sink(exchange="events", key="order.{status}", kind="fanout")
    broker.channel.exchange_declare("events", "fanout", durable=True)
    broker.channel.queue_bind("orders", "events")
    outcomes = sink.send([parcel("k1", document={}), parcel("k2"), parcel("k3", document={"status": "x" * 300})])
    assert [type(one) for one in outcomes] == [Reject, Done, Reject]


def test_a_parcel_that_amqp_cannot_carry_is_rejected_and_harms_no_neighbour(broker: Broker) -> None:
    outcomes = broker.sink().send([parcel("k1"), parcel("k" * 300), parcel("k3")])
    assert [type(one) for one in outcomes] == [Done, Reject, Done]
    assert broker.depth() == 2


def test_a_queue_that_is_full_is_tried_again_later(broker: Broker) -> None:
    arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
    broker.channel.queue_declare("small", durable=True, arguments=arguments)
    outcomes = [broker.sink(key="small").send([parcel(f"k{number}")])[0] for number in range(3)]
    assert [one.code for one in outcomes if isinstance(one, Retry)] == ["K512"] * (3 - outcomes.count(outcomes[0]))
    assert any(isinstance(one, Retry) for one in outcomes)


def test_a_connection_lost_before_the_confirmation_leaves_a_doubt(
    broker: Broker, proxied: Callable[[int], TcpProxy]
) -> None:
    proxy = proxied(broker.port)
    sink = broker.sink(url=broker.by_way_of(proxy))
    assert isinstance(sink.send([parcel("k1")])[0], Done)
    proxy.lose_reply_to(b"the one that is lost")
    (outcome,) = sink.send([parcel("k2", b"the one that is lost")])
    assert isinstance(outcome, Doubt)
    assert broker.depth() == 2


def test_a_connection_that_is_lost_is_made_anew(broker: Broker, proxied: Callable[[int], TcpProxy]) -> None:
    proxy = proxied(broker.port)
    sink = broker.sink(url=broker.by_way_of(proxy))
    assert isinstance(sink.send([parcel("k1")])[0], Done)
    proxy.reset()
    assert not isinstance(sink.send([parcel("k2")])[0], Done)
    assert isinstance(sink.send([parcel("k2")])[0], Done)


def test_a_connection_that_was_not_used_for_long_is_not_trusted(broker: Broker) -> None:
    seconds = [0.0]
    sink = broker.sink(seconds)
    sink.send([parcel("k1")])
    before = sink._publisher
    seconds.append(3600.0)
    assert isinstance(sink.send([parcel("k2")])[0], Done)
    assert sink._publisher is not before


@pytest.mark.parametrize(("repeatable", "effect"), [(True, Effect.KEYED), (False, Effect.OPAQUE)])
def test_the_effect_class_follows_what_receivers_do(repeatable: bool, effect: Effect) -> None:  # noqa: FBT001 - pytest's
    options = SinkOptions.model_validate({"url": "amqp://broker", "key": "orders", "repeatable": repeatable})
    assert CONNECTOR.sink is not None
    assert CONNECTOR.sink.effect(options) is effect
