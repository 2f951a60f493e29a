"""What a broker can do to the bus, done by a real one: hints may be late or lost, nothing stops, all mends itself.

Lost hints are allowed (the journal has the work), so each fault ends with the same question: does a new hint arrive?
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Outgoing, Properties
from crossdock.amqp.publisher import Outcome, Publisher
from crossdock.amqp.topology import Queue, declare_queue
from crossdock.bus.contract import Hint
from crossdock.bus.rabbitmq.bus import RabbitBus
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.rabbitmq import RabbitMQ

QUEUES = ["orders", "orders-to-erp/file"]
REBUILT = 30.0  # seconds until it works again by itself, as promised

numbers = iter(range(1_000_000))


@pytest.fixture(scope="module")
def server() -> Iterator[RabbitMQ]:
    with RabbitMQ() as server:
        yield server


@pytest.fixture
def url(server: RabbitMQ) -> str:
    return server.address.fresh()


@pytest.fixture
def bus() -> Iterator[Callable[..., RabbitBus]]:
    made: list[RabbitBus] = []

    def make(url: str, *, consume: bool = True) -> RabbitBus:
        made.append(RabbitBus(Address.parse(url), "shop", QUEUES, consume=consume, name="test"))
        assert eventually(lambda: made[-1].state().publishing and made[-1].state().consuming is consume)
        return made[-1]

    yield make
    for one in made:
        one.close()


def eventually(condition: Callable[[], bool], seconds: float = REBUILT) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def arrives(bus: RabbitBus, seconds: float = REBUILT) -> bool:
    """Whether a hint told now, or soon, comes back: every one second another is told."""
    told: set[str] = set()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        hint = Hint(f"m{next(numbers)}", QUEUES[next(numbers) % 2])
        told.add(hint.message)
        bus.publish([hint])
        if told & {one.message for one in bus.wait(1.0, lambda: False)}:
            return True
    return False


def test_a_broker_that_is_killed_and_comes_back_is_used_again(
    own_rabbitmq: RabbitMQ, bus: Callable[..., RabbitBus]
) -> None:
    one = bus(own_rabbitmq.url)
    for _ in range(3):
        one.publish([Hint(f"m{number}", "orders") for number in range(500)])
        own_rabbitmq.kill()
        assert eventually(lambda: not (one.state().publishing or one.state().consuming))
        one.publish([Hint("while it is away", "orders")])
        assert list(one.wait(0.1, lambda: True)) in ([], [Hint("while it is away", "orders")])
        own_rabbitmq.start()
        assert arrives(one, 60.0)  # 30 s, and a quorum queue without a leader may have to be made anew


def test_a_broker_that_is_away_costs_no_processor_time_and_no_memory(
    own_rabbitmq: RabbitMQ, bus: Callable[..., RabbitBus], caplog: pytest.LogCaptureFixture
) -> None:
    one = bus(own_rabbitmq.url)
    own_rabbitmq.kill()
    assert eventually(lambda: not (one.state().publishing or one.state().consuming))
    caplog.clear()
    one.publish([Hint(f"m{number}", "orders") for number in range(100_000)])
    before, started = time.process_time(), time.monotonic()
    while time.monotonic() < started + 5.0:
        one.wait(0.5, lambda: False)
    assert time.process_time() - before < 1.0
    assert one.state().dropped >= 80_000
    assert len(caplog.records) <= 2


def test_connections_closed_by_an_operator_are_made_again(
    server: RabbitMQ, url: str, bus: Callable[..., RabbitBus]
) -> None:
    one = bus(url)
    server.address.control("close_all_connections", "maintenance")
    assert arrives(one)


def test_queues_deleted_while_running_are_declared_again(
    server: RabbitMQ, url: str, bus: Callable[..., RabbitBus]
) -> None:
    teller, worker = bus(url, consume=False), bus(url)
    delete_all(url)
    assert arrives(worker)
    delete_all(url)
    teller.publish([Hint("m", "orders")])  # finds no queue unless the worker was faster
    assert eventually(lambda: "m" in {hint.message for hint in worker.wait(1.0, lambda: False)})


def test_a_publisher_alone_declares_the_queue_its_hints_come_back_from(url: str, bus: Callable[..., RabbitBus]) -> None:
    teller = bus(url, consume=False)
    delete_all(url)
    teller.publish([Hint("m", "orders")])
    assert eventually(lambda: depth(url, "crossdock.shop.q.orders") == 1)
    assert teller.state().returned == 1


def test_the_exchange_deleted_while_running_is_declared_again(url: str, bus: Callable[..., RabbitBus]) -> None:
    one = bus(url)
    link = Link(Address.parse(url), "operator")
    link.channel.exchange_delete("crossdock.shop")
    link.close()
    assert arrives(one)


def test_publishers_blocked_by_a_memory_alarm_go_on_after_it(
    own_rabbitmq: RabbitMQ, bus: Callable[..., RabbitBus]
) -> None:
    one = bus(own_rabbitmq.url)
    own_rabbitmq.address.control("set_vm_memory_high_watermark", "0.0000001")
    one.publish([Hint("while blocked", "orders")])
    started = time.monotonic()
    for _ in range(100):
        one.publish([Hint("more", "orders")] * 100)
    assert time.monotonic() - started < 1.0
    assert list(one.wait(8.0, lambda: False)) == []  # longer than it waits for a confirm otherwise
    assert one.state().published == 0
    own_rabbitmq.address.control("set_vm_memory_high_watermark", "0.9")
    assert eventually(lambda: one.state().published == 10_001)
    assert arrives(one)


def test_a_message_the_broker_refuses_while_an_alarm_blocks_it_ends_in_time(own_rabbitmq: RabbitMQ) -> None:
    link = Link(Address.parse(own_rabbitmq.url), "publisher")
    publisher = Publisher(link)
    publisher.send([Outgoing("there is none of this name", "k", b"x")])
    own_rabbitmq.address.control("set_vm_memory_high_watermark", "0.0000001")
    started = time.monotonic()
    (settled,) = publisher.publish([Outgoing("", "k", b"y")], patience=3.0)
    assert settled.outcome in (Outcome.UNKNOWN, Outcome.UNSENT)
    assert time.monotonic() - started < 10.0
    link.abandon()


def test_a_frozen_broker_is_left_and_found_again(own_rabbitmq: RabbitMQ, bus: Callable[..., RabbitBus]) -> None:
    one = bus(f"{own_rabbitmq.url}?heartbeat=2&connection_timeout=2000")
    own_rabbitmq.freeze()
    started = time.monotonic()
    one.publish([Hint("frozen", "orders")])
    assert eventually(lambda: not (one.state().publishing or one.state().consuming))
    assert time.monotonic() - started > 3.0
    own_rabbitmq.thaw()
    assert arrives(one)


def test_revoked_credentials_are_told_and_new_ones_used(
    server: RabbitMQ, url: str, bus: Callable[..., RabbitBus], caplog: pytest.LogCaptureFixture
) -> None:
    vhost, user = url.rsplit("/", 1)[1], f"worker{next(numbers)}"
    server.address.control("add_user", user, "secret-of-before")
    server.address.control("set_permissions", "-p", vhost, user, ".*", ".*", ".*")
    one = bus(f"amqp://{user}:secret-of-before@127.0.0.1:{server.port}/{vhost}")
    server.address.control("change_password", user, "other")
    server.address.control("close_all_connections", "--vhost", vhost, "revoked")
    assert eventually(lambda: getattr(one.state().error, "code", "") == "B110")
    assert "secret-of-before" not in caplog.text
    assert any(record.levelno == logging.ERROR and "B110" in record.message for record in caplog.records)
    server.address.control("change_password", user, "secret-of-before")
    assert arrives(one)


def test_a_worker_that_computes_for_long_keeps_its_connection(url: str) -> None:
    """Heartbeats are the threads' business, not the worker's: here another process computes and never waits."""
    script = (
        "import time, sys\n"
        "from crossdock.amqp.address import Address\n"
        "from crossdock.bus.rabbitmq.bus import RabbitBus\n"
        f"bus = RabbitBus(Address.parse({f'{url}?heartbeat=1'!r}), 'shop', {QUEUES!r}, consume=True, name='busy')\n"
        "bus.wait(10.0, lambda: bus.state().consuming)\n"
        "end = time.monotonic() + 6.0\n"
        "while time.monotonic() < end: sum(range(1000))\n"
        "state = bus.state()\n"
        "print(state.publishing and state.consuming, state.error)\n"
        "bus.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", "None"], done.stderr


def test_a_lost_acknowledgement_is_unknown_and_never_taken_for_another(
    url: str, proxied: Callable[[int], TcpProxy]
) -> None:
    port = Address.parse(url).hosts[0][1]
    way = proxied(port)
    address = Address.parse(url.replace(f":{port}/", f":{way.port}/"))
    link = Link(address, "test")
    declare_queue(link, Queue("mine"))
    publisher = Publisher(link)
    first = publisher.publish([Outgoing("", "mine", b"1")], 10.0)
    way.drop_replies()
    second = publisher.publish([Outgoing("", "mine", b"2"), Outgoing("", "nowhere", b"3")], 1.0)
    assert [one.outcome for one in first] == [Outcome.CONFIRMED]
    assert [one.outcome for one in second] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert depth(url, "mine") == 2
    link.abandon()


def test_hints_whose_acknowledgement_is_lost_are_told_again(
    url: str, bus: Callable[..., RabbitBus], proxied: Callable[[int], TcpProxy]
) -> None:
    port = Address.parse(url).hosts[0][1]
    way = proxied(port)
    teller, worker = bus(url.replace(f":{port}/", f":{way.port}/"), consume=False), bus(url)
    way.drop_replies()
    for id in ("before", "m"):  # the first reply may be on its way already
        teller.publish([Hint(id, "orders")])
        assert [hint.message for hint in worker.wait(10.0, lambda: False)] == [id]
    way.heal()
    assert eventually(lambda: "m" in {hint.message for hint in worker.wait(1.0, lambda: False)})


def test_unroutable_messages_are_returned_and_their_neighbours_confirmed(url: str) -> None:
    link = Link(Address.parse(url), "test")
    declare_queue(link, Queue("mine"))
    keys = ["mine", "nowhere", "mine", "nowhere", "elsewhere", "mine"] * 50
    settled = Publisher(link).publish(
        [Outgoing("", key, b"x", Properties(message_id=str(number))) for number, key in enumerate(keys)], 10.0
    )
    assert [one.outcome for one in settled] == [
        Outcome.CONFIRMED if key == "mine" else Outcome.RETURNED for key in keys
    ]
    assert "NO_ROUTE" in str(settled[1].reason)
    link.close()


def test_a_full_queue_refuses_and_says_which(url: str) -> None:
    link = Link(Address.parse(url), "test")
    declare_queue(link, Queue("small", {"x-max-length": 3, "x-overflow": "reject-publish"}))
    settled = Publisher(link).publish([Outgoing("", "small", b"x")] * 10, 10.0)
    assert [one.outcome for one in settled] == [Outcome.CONFIRMED] * 3 + [Outcome.NACKED] * 7
    link.close()


def test_a_queue_with_other_properties_is_told_and_used_as_it_is(
    url: str, bus: Callable[..., RabbitBus], caplog: pytest.LogCaptureFixture
) -> None:
    link = Link(Address.parse(url), "operator")
    declare_queue(link, Queue("crossdock.shop.q.orders", {"x-max-priority": 5}))
    link.close()
    one = bus(url)
    told = [record.message for record in caplog.records if "B201" in record.message]
    assert len(told) == 1
    assert "crossdock.shop.q.orders" in told[0]
    assert "inequivalent arg" in told[0]
    assert arrives(one)


def test_a_user_who_may_declare_nothing_uses_what_an_administrator_made(
    server: RabbitMQ, url: str, bus: Callable[..., RabbitBus], caplog: pytest.LogCaptureFixture
) -> None:
    administrator = bus(url)
    administrator.close()
    vhost, user = url.rsplit("/", 1)[1], f"worker{next(numbers)}"
    server.address.control("add_user", user, "secret")
    server.address.control(
        "set_permissions", "-p", vhost, user, "^$", r"^crossdock\.shop(\..*)?$", r"^crossdock\.shop(\..*)?$"
    )
    one = bus(f"amqp://{user}:secret@127.0.0.1:{server.port}/{vhost}")
    assert any("B202" in record.message for record in caplog.records)
    assert arrives(one)


def test_a_process_that_is_frozen_for_longer_than_its_heartbeat_comes_back(url: str) -> None:
    script = (
        "from crossdock.amqp.address import Address\n"
        "from crossdock.bus.rabbitmq.bus import RabbitBus\n"
        f"bus = RabbitBus(Address.parse({f'{url}?heartbeat=1'!r}), 'shop', {QUEUES!r}, consume=True, name='frozen')\n"
        "while True:\n"
        "    for hint in bus.wait(1.0, lambda: False): print(hint.message, flush=True)\n"
        "    print('.', flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == ".\n"
        process.send_signal(signal.SIGSTOP)
        time.sleep(5.0)
        process.send_signal(signal.SIGCONT)
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True)
        reader.start()
        teller = RabbitBus(Address.parse(url), "shop", QUEUES, consume=False, name="teller")

        def heard() -> bool:
            teller.publish([Hint("m", "orders")])
            time.sleep(0.5)
            return "m\n" in lines

        assert eventually(heard)
        teller.close()
        process.kill()
        reader.join(5.0)


def delete_all(url: str) -> None:
    link = Link(Address.parse(url), "operator")
    for queue in (*(f"crossdock.shop.q.{queue}" for queue in QUEUES), "crossdock.shop.dead"):
        link.channel.queue_delete(queue)
    link.close()


def depth(url: str, queue: str) -> int:
    link = Link(Address.parse(url), "operator")
    messages = declare_queue(link, Queue(queue), passive=True).messages
    link.close()
    return messages
