"""The bus over a real RabbitMQ passes the suite of every bus, and keeps its own promises."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Outgoing, Properties
from crossdock.amqp.publisher import Publisher
from crossdock.amqp.topology import Queue, declare_queue
from crossdock.bus.contract import Hint
from crossdock.bus.rabbitmq.bus import RabbitBus
from crossdock.bus.rabbitmq.dead_letters import DeadLetter, drain
from crossdock.bus.rabbitmq.standing import declare, purge_all, standing
from crossdock.testing.bus_suite import BusBench, BusSuite
from crossdock.testing.servers.rabbitmq import RabbitAddress

QUEUES = ["orders", "orders-to-erp/file"]


@pytest.fixture
def address(rabbitmq: RabbitAddress) -> Address:
    return Address.parse(rabbitmq.fresh())


@pytest.fixture
def bus(address: Address) -> Iterator[Callable[..., RabbitBus]]:
    made: list[RabbitBus] = []

    def make(*, consume: bool = True, project: str = "shop") -> RabbitBus:
        made.append(RabbitBus(address, project, QUEUES, consume=consume, name="test"))
        return made[-1]

    yield make
    for one in made:
        one.close()


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def never() -> bool:
    return False


def connected(*buses: RabbitBus) -> bool:
    return eventually(lambda: all(one.state().publishing and one.state().consuming for one in buses))


def collected(bus: RabbitBus, count: int, seconds: float = 20.0) -> list[Hint]:
    hints: list[Hint] = []
    end = time.monotonic() + seconds
    while len(hints) < count and time.monotonic() < end:
        hints += bus.wait(0.5, never)
    return hints


class TestRabbitBus(BusSuite):
    @pytest.fixture
    def bench(self, bus: Callable[..., RabbitBus]) -> BusBench:
        here, there = bus(), bus(consume=False)
        assert eventually(lambda: here.state().consuming and there.state().publishing)
        started = time.monotonic()
        return BusBench(here, there, there.publish, lambda: round(time.monotonic() - started, 1))


def test_a_hint_reaches_one_of_several_workers(bus: Callable[..., RabbitBus]) -> None:
    one, other = bus(), bus()
    assert connected(one, other)
    one.publish([Hint("m", "orders")])
    assert len([*collected(one, 1, 1.0), *collected(other, 1, 1.0)]) == 1


def test_a_hint_that_reaches_a_busy_worker_is_passed_on_to_an_idle_one(bus: Callable[..., RabbitBus]) -> None:
    busy, idle = bus(), bus()
    assert connected(busy, idle)
    hints = [Hint(f"m{number}", "orders") for number in range(10)]
    for hint in hints:
        busy.publish([hint])
        assert collected(idle, 1, 5.0) == [hint]


def test_hints_nobody_waits_for_do_not_pile_up(bus: Callable[..., RabbitBus], address: Address) -> None:
    busy = bus()
    assert connected(busy)
    for number in range(300):
        busy.publish([Hint(f"m{number}", QUEUES[number % 2])])
    assert eventually(lambda: busy.state().received >= 300)
    assert eventually(lambda: not any(depth(address, f"crossdock.shop.q.{queue}") for queue in QUEUES))


def test_projects_on_one_virtual_host_do_not_hear_each_other(bus: Callable[..., RabbitBus]) -> None:
    one, other = bus(), bus(project="other")
    assert connected(one, other)
    one.publish([Hint("m", "orders")])
    assert collected(one, 1) == [Hint("m", "orders")]
    assert collected(other, 1, 0.3) == []


def test_a_trace_context_travels_with_its_hint(bus: Callable[..., RabbitBus]) -> None:
    one = bus()
    hint = Hint("m", "orders", 3, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    one.publish([hint])
    assert collected(one, 1) == [hint]


@pytest.mark.parametrize(
    ("body", "properties", "complaint"),
    [
        (b"\x80\x04\x95", Properties(content_type="application/x-python-serialize"), "content type"),
        (b"{", Properties(content_type="application/json"), "no hint"),
        (b"[1]", Properties(content_type="application/json"), "no hint"),
        (b'{"queue":"orders","hints":[["m","1",null]]}', Properties(content_type="application/json"), "no hint"),
        (b"[" * 100_000, Properties(content_type="application/json"), "no hint"),
        (b"", Properties(), "content type"),
        (b"x" * 1_000_001, Properties(content_type="application/json"), "1000001 bytes"),
    ],
)
def test_what_is_no_hint_ends_among_the_dead_letters_and_is_noted_once(
    bus: Callable[..., RabbitBus], address: Address, body: bytes, properties: Properties, complaint: str
) -> None:
    one = bus()
    assert connected(one)
    published(address, Outgoing("crossdock.shop", "orders", body, properties))
    assert eventually(lambda: one.state().garbage == 1)
    noted = drained(address)
    assert [letter.queue for letter in noted] == ["orders"]
    assert complaint in noted[0].findings[0].message
    assert drained(address, 0) == []
    one.publish([Hint("m", "orders")])
    assert collected(one, 1) == [Hint("m", "orders")]


def test_properties_that_are_no_text_do_not_break_the_connection(
    bus: Callable[..., RabbitBus], address: Address
) -> None:
    one = bus()
    assert connected(one)
    link = Link(address, "hostile")
    hostile = b"\x80\x00\x04\xff\xfe\xff\xfe"  # only content_type, four bytes that are no UTF-8
    publish_raw(link, b"\x0ecrossdock.shop" + b"\x06orders", hostile)
    assert eventually(lambda: one.state().garbage == 1)
    link.close()
    assert "properties cannot be read" in drained(address)[0].findings[0].message
    assert one.state().consuming


def test_a_dead_letter_with_a_key_that_is_no_text_does_not_stay_for_ever(
    bus: Callable[..., RabbitBus], address: Address
) -> None:
    assert connected(bus())
    link = Link(address, "hostile")
    publish_raw(link, b"\x13crossdock.shop.dead" + b"\x02\xff\xfe", b"\x00\x00")
    link.close()
    assert len(drained(address)) == 1
    assert drained(address, 0) == []


def test_a_bus_is_shown_with_what_is_missing_and_can_be_made_and_emptied(address: Address) -> None:
    assert {one.depth for one in standing(address, "shop", QUEUES).queues} == {None}
    assert purge_all(address, "shop", QUEUES) == 0
    assert declare(address, "shop", QUEUES) == ()
    published(address, Outgoing("crossdock.shop", "orders", b"{}"))
    found = standing(address, "shop", [*QUEUES, "another"])
    assert [one.depth and one.depth.messages for one in found.queues] == [1, 0, None, 0]
    assert purge_all(address, "shop", [*QUEUES, "another"]) == 1


def publish_raw(link: Link, where: bytes, properties: bytes) -> None:
    """A publish of ``{}`` by hand: ``where`` is exchange and key, each with its length before it."""
    method = b"\x00\x3c\x00\x28\x00\x00" + where + b"\x00"
    header = b"\x00\x3c\x00\x00" + (2).to_bytes(8, "big") + properties
    for kind, payload in ((1, method), (2, header), (3, b"{}")):
        link.write(bytes((kind,)) + (1).to_bytes(2, "big") + len(payload).to_bytes(4, "big") + payload + b"\xce")


def published(address: Address, *messages: Outgoing) -> None:
    link = Link(address, "outsider")
    assert {one.outcome for one in Publisher(link).publish(messages, 10.0)} == {"confirmed"}
    link.close()


def drained(address: Address, count: int = 1) -> list[DeadLetter]:
    letters: list[DeadLetter] = []
    eventually(lambda: drain(address, "shop", letters.append) + len(letters) >= count, 5.0)
    return letters


def depth(address: Address, queue: str) -> int:
    link = Link(address, "depth")
    messages = declare_queue(link, Queue(queue), passive=True).messages
    link.close()
    return messages
