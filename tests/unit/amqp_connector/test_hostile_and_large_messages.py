"""What others publish may be anything: it arrives or is refused, and what comes behind it arrives in any case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.amqp_connector.conftest import Broker, parcel, poll

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Field, Outgoing, Properties
from crossdock.amqp.publisher import Outcome, Publisher
from crossdock.connector import Done, Verdict
from crossdock.errors import Finding, Reject
from crossdock.message import read_all
from crossdock.testing.servers.rabbitmq import RabbitAddress

TOO_LARGE = Finding(code="E404", message="too large")
LARGE = 10 * 1024 * 1024


def test_a_body_is_bytes_whatever_encoding_its_sender_names(broker: Broker) -> None:
    """Most Python publishers say utf-8."""
    broker.publish("Grüße".encode(), content_encoding="utf-8")
    broker.publish(b"\xff\xfe", content_encoding="utf-8")
    assert [read_all(one.payload) for one in poll(broker.source(), 2)] == ["Grüße".encode(), b"\xff\xfe"]


@pytest.mark.parametrize("text", [b"\xff", b"\xed\xa0\x80", b"\x00\x01"], ids=["no UTF-8", "surrogate", "control"])
@pytest.mark.parametrize("place", ["message_id", "type", "header"])
def test_text_that_is_none_arrives_and_can_be_kept(broker: Broker, text: bytes, place: str) -> None:
    broker.publish(b"odd", **({"headers": {"x": text}} if place == "header" else {place: text}))
    broker.publish(b"behind", message_id="m-2")
    odd, behind = poll(broker.source(), 2)
    assert (read_all(odd.payload), read_all(behind.payload)) == (b"odd", b"behind")
    assert "".join([odd.identity, *odd.headers, *odd.headers.values()]).encode()


def test_headers_of_which_the_name_is_no_text_arrive(broker: Broker) -> None:
    publish_with(broker, {"\ud800": "\ud800", "list": ["\ud800"]})
    (arrival,) = poll(broker.source())
    assert arrival.headers["amqp.header.\\xed\\xa0\\x80"] == "\\xed\\xa0\\x80"


def test_a_routing_key_that_is_no_text_arrives(broker: Broker) -> None:
    broker.channel.exchange_declare("shop", "topic", durable=True)
    broker.channel.queue_bind("orders", "shop", "#")
    broker.publish(b"odd", b"order.\xff", "shop")  # type: ignore[arg-type]  # pika sends bytes as they are
    broker.publish(b"behind")
    odd, behind = poll(broker.source(), 2)
    assert (odd.headers["amqp.key"], read_all(behind.payload)) == ("order.\\xff", b"behind")


def test_headers_that_are_nested_deeply_arrive_without_and_are_marked(broker: Broker) -> None:
    table: dict[str, Field] = {}
    for _ in range(100):
        table = {"": table}
    publish_with(broker, table)
    (arrival,) = poll(broker.source())
    assert "amqp.malformed" in arrival.headers


def test_an_empty_body_arrives(broker: Broker) -> None:
    broker.publish(b"", message_id="m-1")
    (arrival,) = poll(broker.source())
    assert read_all(arrival.payload) == b""


def test_ten_megabytes_go_out_and_come_in(broker: Broker) -> None:
    body = bytes(range(256)) * (LARGE // 256)
    assert [type(one) for one in broker.sink().send([parcel("k1", body), parcel("k2", b"")])] == [Done, Done]
    large, empty = poll(broker.source(), 2)
    assert (read_all(large.payload) == body, read_all(empty.payload)) == (True, b"")


def test_a_message_the_broker_finds_too_large_is_rejected_and_harms_no_neighbour(
    broker: Broker, rabbitmq: RabbitAddress
) -> None:
    rabbitmq.evaluate("application:set_env(rabbit, max_message_size, 2000000).")
    try:
        outcomes = broker.sink().send([parcel("k1"), parcel("k2", bytes(3_000_000)), parcel("k3")])
    finally:
        rabbitmq.evaluate("application:unset_env(rabbit, max_message_size).")
    assert [getattr(one, "code", "done") for one in outcomes] == ["done", "K515", "done"]
    assert isinstance(outcomes[1], Reject)
    assert broker.depth() == 2


def test_what_is_refused_goes_into_a_queue_that_others_declared(broker: Broker) -> None:
    broker.channel.queue_declare("refused", durable=True, arguments={"x-queue-type": "quorum"})
    broker.publish(b"too large", message_id="m-1")
    source = broker.source(refused="refused")
    (arrival,) = poll(source)
    source.settle(replace(arrival, findings=(TOO_LARGE,)), Verdict.REFUSED)
    assert broker.get("refused")[2] == b"too large"


def test_what_is_refused_with_headers_that_fill_a_frame_is_put_aside_without_them(broker: Broker) -> None:
    publish_with(broker, {"x": "y" * 130_500})
    source = broker.source(refused="refused")
    (arrival,) = poll(source)
    source.settle(replace(arrival, findings=(replace(TOO_LARGE, message="x" * 900),)), Verdict.REFUSED)
    _, properties, body = broker.get("refused")
    assert (body, list(properties.headers)) == (b"odd", ["crossdock-refused"])


def test_a_refused_message_whose_queue_is_full_stays_and_holds_up_nobody(broker: Broker) -> None:
    broker.channel.queue_declare("refused", durable=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    broker.publish(b"full", "refused")
    broker.publish(b"too large", message_id="m-1")
    broker.publish(b"good", message_id="m-2")
    source = broker.source(refused="refused")
    large, good = poll(source, 2)
    source.settle(replace(large, findings=(TOO_LARGE,)), Verdict.REFUSED)
    source.settle(good, Verdict.ACCEPTED)
    assert list(source.poll()) == []
    source.close()
    assert [one.identity for one in poll(broker.source())] == [large.identity]


def test_large_messages_wait_at_the_broker_until_those_before_are_handed_over(broker: Broker) -> None:
    for number in range(20):
        broker.publish(bytes(2_000_000), message_id=str(number))
    source = broker.source()
    most, seen = 0, set[str]()
    for _ in range(200):
        for arrival in source.poll():
            most = max(most, sum(one.payload.size for one in source._open.values()))
            seen.add(arrival.identity)
            source.settle(arrival, Verdict.ACCEPTED)
        if source.quiet():
            break
    assert len(seen) == 20
    assert most < 15_000_000


def publish_with(broker: Broker, headers: dict[str, Field]) -> None:
    """With headers that other clients refuse to make."""
    link = Link(Address.parse(broker.url), "outsider")
    (settled,) = Publisher(link).publish([Outgoing("", "orders", b"odd", Properties(headers=headers))], 5.0)
    link.close()
    assert settled.outcome is Outcome.CONFIRMED
