from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.unit.amqp_connector.conftest import Broker, poll

from crossdock.connector import Verdict
from crossdock.errors import CrossdockError, Finding, Halt, Retry
from crossdock.message import read_all
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.amqp import AmqpSource, SourceOptions


def test_a_message_arrives_with_its_body_properties_and_trace(broker: Broker) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    broker.publish(
        b'{"number": "1"}',
        message_id="m-1",
        correlation_id="c-1",
        content_type="application/json",
        type="order",
        app_id="shop",
        timestamp=1_763_640_000,
        headers={"tenant": "north", "retries": 3, "urgent": True, "nested": {"a": 1}, "traceparent": trace},
    )
    (arrival,) = poll(broker.source())
    assert read_all(arrival.payload) == b'{"number": "1"}'
    assert (arrival.content_type, arrival.trace) == ("application/json", trace)
    assert dict(arrival.headers) == {
        "amqp.queue": "orders",
        "amqp.exchange": "",
        "amqp.key": "orders",
        "amqp.redelivered": "false",
        "amqp.message_id": "m-1",
        "amqp.correlation_id": "c-1",
        "amqp.type": "order",
        "amqp.app_id": "shop",
        "amqp.timestamp": "2025-11-20T12:00:00+00:00",
        "amqp.header.tenant": "north",
        "amqp.header.retries": "3",
        "amqp.header.urgent": "true",
        "amqp.header.traceparent": trace,
    }


def test_what_is_settled_is_gone_and_what_is_not_comes_again_as_the_same_arrival(broker: Broker) -> None:
    broker.publish(b"one", message_id="m-1")
    broker.publish(b"two", message_id="m-2")
    source = broker.source()
    first, second = poll(source, 2)
    source.settle(first, Verdict.ACCEPTED)
    source.close()
    (again,) = poll(broker.source())
    assert again.identity == second.identity != first.identity
    assert again.headers["amqp.redelivered"] == "true"


def test_what_a_poll_brought_and_was_not_settled_is_brought_again_by_the_next(broker: Broker) -> None:
    """The journal was full, or the gate closed in the middle: the broker itself would keep it back."""
    for number in range(5):
        broker.publish(b"%d" % number)
    source = broker.source()
    first = next(iter(source.poll()))
    again = poll(source, 5)
    assert [read_all(one.payload) for one in again] == [b"0", b"1", b"2", b"3", b"4"]
    assert again[0].identity == first.identity
    for arrival in again:
        source.settle(arrival, Verdict.ACCEPTED)
    assert list(source.poll()) == []


def test_settling_twice_does_nothing(broker: Broker) -> None:
    broker.publish(b"one", message_id="m-1")
    source = broker.source()
    (arrival,) = poll(source)
    source.settle(arrival, Verdict.ACCEPTED)
    source.settle(arrival, Verdict.DUPLICATE)
    assert list(source.poll()) == []


def test_a_source_is_quiet_only_when_its_queue_has_been_empty_for_a_while(broker: Broker) -> None:
    broker.publish(b"one", message_id="m-1")
    source = broker.source()
    (arrival,) = poll(source)
    assert not source.quiet()
    source.settle(arrival, Verdict.ACCEPTED)
    told = [(list(source.poll()), source.quiet()) for _ in range(2)]
    assert told == [([], False), ([], True)]


def test_a_source_that_was_not_polled_for_long_begins_anew_and_says_nothing(broker: Broker) -> None:
    broker.publish(b"one", message_id="m-1")
    seconds = [0.0]
    source = broker.source(seconds)
    (before,) = poll(source)
    seconds.append(3600.0)  # the broker has closed the connection meanwhile: nobody kept its heartbeats up
    (after,) = poll(source)
    source.settle(before, Verdict.ACCEPTED)
    assert (after.identity, after.headers["amqp.redelivered"]) == (before.identity, "true")


def test_bind_uses_a_queue_that_is_there_as_it_is(broker: Broker) -> None:
    broker.channel.exchange_declare("shop", "topic", durable=True)
    broker.channel.queue_declare("ours", durable=True, arguments={"x-queue-type": "quorum"})
    source = broker.source(queue="ours", bind={"exchange": "shop"})
    broker.channel.queue_bind("ours", "shop", "#")
    broker.publish(b"o", "order.new", "shop")
    assert len(poll(source)) == 1


def test_settling_on_a_connection_that_is_gone_does_nothing(broker: Broker) -> None:
    broker.publish(b"one", message_id="m-1")
    source = broker.source()
    (arrival,) = poll(source)
    source.close()
    source.settle(arrival, Verdict.ACCEPTED)
    assert len(poll(source)) == 1


def test_two_senders_of_one_message_id_send_the_same_message(broker: Broker) -> None:
    broker.publish(b"one", message_id="m-1")
    broker.publish(b"one", message_id="m-1")
    one, other = poll(broker.source(), 2)
    assert one.identity == other.identity


def test_messages_without_an_id_are_each_one_of_their_own(broker: Broker) -> None:
    broker.publish(b"same")
    broker.publish(b"same")
    one, other = poll(broker.source(), 2)
    assert one.identity != other.identity


def test_messages_can_be_known_by_their_body(broker: Broker) -> None:
    for body, id in ((b"same", "m-1"), (b"same", "m-2"), (b"other", "m-1")):
        broker.publish(body, message_id=id)
    one, same, other = poll(broker.source(identity="body"), 3)
    assert one.identity == same.identity != other.identity


def test_bind_makes_the_queue_and_binds_it(broker: Broker) -> None:
    broker.channel.exchange_declare("shop", "topic", durable=True)
    source = broker.source(queue="ours", bind={"exchange": "shop", "keys": ["order.*", "return.#"]})
    assert list(source.poll()) == []
    broker.publish(b"o", "order.new", "shop")
    broker.publish(b"r", "return.late.new", "shop")
    assert [one.headers["amqp.key"] for one in poll(source, 2)] == ["order.new", "return.late.new"]


def test_kind_makes_the_exchange_as_well(broker: Broker) -> None:
    source = broker.source(queue="ours", bind={"exchange": "events", "kind": "fanout"})
    assert list(source.poll()) == []
    broker.publish(b"x", "any", "events")
    assert broker.depth("ours") == 0  # it was delivered to the consumer at once
    assert len(list(source.poll())) == 1


def test_an_exchange_of_another_kind_is_told_and_stays_as_it_is(broker: Broker) -> None:
    broker.channel.exchange_declare("events", "topic", durable=True)
    with pytest.raises(Halt, match="B126"):
        list(broker.source(queue="ours", bind={"exchange": "events", "kind": "fanout"}).poll())


def test_a_queue_that_is_not_there_is_asked_for_again_later(broker: Broker) -> None:
    source = broker.source(queue="later")
    with pytest.raises(Retry, match="later"):
        list(source.poll())
    broker.channel.queue_declare("later", durable=True)
    broker.publish(b"x", "later")
    assert len(poll(source)) == 1


def test_a_queue_that_is_deleted_while_it_is_consumed_is_told(broker: Broker) -> None:
    source = broker.source()
    assert list(source.poll()) == []
    broker.channel.queue_delete("orders")
    with pytest.raises(Retry):
        poll(source)


def test_no_more_than_prefetch_is_taken_at_a_time(broker: Broker) -> None:
    for number in range(5):
        broker.publish(b"%d" % number, message_id=str(number))
    source = broker.source(prefetch=2)
    first = list(source.poll())
    assert len(first) == 2
    for arrival in first:
        source.settle(arrival, Verdict.ACCEPTED)
    assert len(poll(source, 2)) == 2


def test_what_is_refused_goes_to_the_dead_letter_exchange_of_its_queue(broker: Broker) -> None:
    broker.channel.queue_declare("dead", durable=True)
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    broker.channel.queue_declare("strict", durable=True, arguments=arguments)
    broker.publish(b"too large", "strict")
    source = broker.source(queue="strict")
    (arrival,) = poll(source)
    source.settle(arrival, Verdict.REFUSED)
    source.close()
    assert broker.get("dead")[2] == b"too large"


def test_what_is_refused_goes_with_its_reason_to_the_queue_named_for_it(broker: Broker) -> None:
    broker.publish(b"too large", message_id="m-1", headers={"tenant": "north"})
    source = broker.source(refused="orders.refused")
    (arrival,) = poll(source)
    finding = Finding(code="E404", message="9 bytes are more than a payload may have (8)")
    source.settle(replace(arrival, findings=(finding,)), Verdict.REFUSED)
    _, properties, body = broker.get("orders.refused")
    assert (body, properties.message_id, properties.headers["tenant"]) == (b"too large", "m-1", "north")
    assert properties.headers["crossdock-refused"] == "E404: 9 bytes are more than a payload may have (8)"
    source.close()
    assert broker.depth() == 0


def test_a_broker_that_is_away_is_asked_again_later(broker: Broker) -> None:
    nobody = SourceOptions.model_validate({"url": "amqp://localhost:1/", "queue": "orders"})
    with pytest.raises(Retry, match="B120"):
        list(AmqpSource(nobody, broker.around).poll())


def test_a_wrong_password_stops_the_source_and_is_told_without_it(broker: Broker) -> None:
    wrong = broker.url.replace(broker.url.split(":")[2].split("@")[0], "hunter2")
    options = SourceOptions.model_validate({"url": wrong, "queue": "orders"})
    with pytest.raises(Halt, match="B110") as error:
        list(AmqpSource(options, broker.around).poll())
    assert "hunter2" not in str(error.value)
    assert "hunter2" not in repr(options)


def test_a_connection_that_is_lost_is_made_anew(broker: Broker, proxied: Callable[[int], TcpProxy]) -> None:
    broker.publish(b"one", message_id="m-1")
    proxy = proxied(broker.port)
    source = broker.source(url=broker.by_way_of(proxy))
    (before,) = poll(source)
    proxy.reset()
    with pytest.raises(CrossdockError):
        poll(source)
    (after,) = poll(source)
    assert after.identity == before.identity
