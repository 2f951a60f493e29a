"""What the RabbitMQ bus is made of, without a broker."""

from __future__ import annotations

import os
import re
import select

from crossdock.amqp.message import Incoming, Outgoing
from crossdock.bus.contract import Hint
from crossdock.bus.rabbitmq.hints import MOST, grouped, outgoing, read
from crossdock.bus.rabbitmq.outbox import Outbox
from crossdock.bus.rabbitmq.pause import LONGEST, Pause
from crossdock.bus.rabbitmq.policy import definitions
from crossdock.bus.rabbitmq.topology import Names


def hints(count: int, queue: str = "orders") -> list[Hint]:
    return [Hint(f"m{number}", queue) for number in range(count)]


def arrived(message: Outgoing) -> Incoming:
    return Incoming(
        tag=1, queue="q", exchange="e", key="k", redelivered=False, body=message.body, properties=message.properties
    )


def test_hints_come_back_from_their_message_as_they_were() -> None:
    told = [Hint("m1", "orders", 2, "00-aa-bb-01"), Hint("m2", "orders"), Hint("ü", "orders", 3)]
    message = outgoing(told, "crossdock.shop")
    assert read(arrived(message)) == told
    assert (message.exchange, message.key) == ("crossdock.shop", "orders")
    assert message.properties.message_id == "m1"
    assert dict(message.properties.headers) == {"hints": 3, "traceparent": "00-aa-bb-01"}


def test_hints_are_grouped_by_queue_in_order_and_not_too_many_together() -> None:
    mixed = [hint for pair in zip(hints(120), hints(120, "other"), strict=True) for hint in pair]
    groups = list(grouped(mixed))
    assert [len(group) for group in groups] == [MOST, MOST, 20, MOST, MOST, 20]
    assert [hint for group in groups[:3] for hint in group] == hints(120)


def test_a_full_outbox_drops_the_oldest() -> None:
    outbox = Outbox(room=10)
    outbox.put(hints(8))
    outbox.put(hints(25)[8:])
    assert outbox.dropped == 15
    assert outbox.take(100) == hints(25)[15:]


def test_what_did_not_get_through_goes_first() -> None:
    outbox = Outbox(room=10)
    outbox.put(hints(10)[4:])
    outbox.put_back(hints(4))
    assert outbox.take(3) == hints(3)
    assert outbox.take(100) == hints(10)[3:]


def test_what_did_not_get_through_is_dropped_where_newer_hints_need_the_room() -> None:
    outbox = Outbox(room=10)
    outbox.put(hints(14)[6:])
    outbox.put_back(hints(6))
    assert outbox.dropped == 4
    assert outbox.take(100) == hints(14)[4:]


def test_an_outbox_calls_once_until_it_is_heard() -> None:
    outbox = Outbox()
    for _ in range(100_000):
        outbox.put(hints(1))
    assert select.select([outbox.wake.descriptor], [], [], 0)[0]
    outbox.wake.heard()
    assert not select.select([outbox.wake.descriptor], [], [], 0)[0]
    outbox.put(hints(1))
    assert os.read(outbox.wake.descriptor, 64) == b"!"


def test_pauses_grow_and_stay_short_and_differ() -> None:
    pauses = [Pause() for _ in range(20)]
    rows = [[pause.seconds() for _ in range(12)] for pause in pauses]
    assert all(row[0] <= 0.2 for row in rows)
    assert all(LONGEST / 2 <= row[-1] <= LONGEST for row in rows)
    assert len({row[-1] for row in rows}) > 10
    pauses[0].over()
    assert pauses[0].seconds() <= 0.2


def test_a_name_on_the_broker_is_unmistakable() -> None:
    names = Names("shop")
    assert names.ours(names.queue("dead")) == "dead"
    assert names.queue("dead") != names.dead


def test_the_least_a_user_needs_is_the_projects_own_and_no_others() -> None:
    (permission,) = definitions("shop.eu", ["orders"], "/", "worker")["permissions"]
    mine = re.compile(str(permission["write"]))
    for name in ("crossdock.shop.eu", "crossdock.shop.eu.q.orders", "crossdock.shop.eu.dead"):
        assert mine.match(name)
    for name in ("crossdock.shopXeu", "crossdock.shop.euro", "amq.default", "", "crossdock.shop"):
        assert not mine.match(name)
