"""How fast publishing with confirms is: ours, many messages under way, and kombu's own, one connection each.

Both publish persistent messages of 200 bytes to the same durable queue of a broker of its own, and count only what the
broker has confirmed. Prints JSON; the medians of interleaved rounds. Also: hints a second through the whole bus, with
50 hints in a message and with one. Run from the project's folder: ``python benchmarks/publisher.py [AMQP-URL]``.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import kombu

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Outgoing, Properties
from crossdock.amqp.publisher import Outcome, Publisher
from crossdock.amqp.topology import Queue, declare_queue, delete, purge
from crossdock.bus.contract import Hint
from crossdock.bus.rabbitmq import hints
from crossdock.testing.servers.rabbitmq import RabbitMQ

ROUNDS = 5
BODY = b"x" * 200
KINDS: dict[str, dict[str, str]] = {"quorum": {"x-queue-type": "quorum"}, "classic": {}}
OURS, THEIRS = 5000, 500  # messages of one round
HINTS = 20_000


def main() -> None:
    """Measure and print."""
    with _broker() as url:
        report: dict[str, object] = {kind: _compared(url, kind) for kind in KINDS}
        report["hints a second"] = {"50 in a message": _hints(url, 50), "one in a message": _hints(url, 1)}
    print(json.dumps(report, indent=2))  # noqa: T201 - the report


@contextmanager
def _broker() -> Iterator[str]:
    if len(sys.argv) > 1:
        yield sys.argv[1]
    else:
        with RabbitMQ() as server:
            yield server.url


def _compared(url: str, kind: str) -> dict[str, float]:
    queue = Queue(f"crossdock.benchmark.{kind}", KINDS[kind])
    link = Link(Address.parse(url), "benchmark")
    declare_queue(link, queue)
    publisher = Publisher(link)
    try:
        with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
            producer = connection.Producer(auto_declare=False)
            pairs = [
                (
                    _rate(OURS, lambda: _ours(publisher, queue.name)),
                    _rate(THEIRS, lambda: _theirs(producer, queue.name)),
                )
                for _ in range(ROUNDS)
            ]
    finally:
        operator = Link(Address.parse(url), "benchmark operator")
        delete(operator, queue.name)
        operator.close()
        link.close()
    ours, theirs = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    return {"ours a second": round(ours), "kombu a second": round(theirs), "ratio": round(ours / theirs, 1)}


def _rate(count: int, publish: Callable[[], None]) -> float:
    started = time.perf_counter()
    publish()
    return count / (time.perf_counter() - started)


def _ours(publisher: Publisher, queue: str) -> None:
    message = Outgoing("", queue, BODY, Properties(content_type="application/json", message_id="m"))
    settled = publisher.publish([message] * OURS, 60.0)
    if any(one.outcome is not Outcome.CONFIRMED for one in settled):
        raise SystemExit("the broker did not confirm everything")


def _theirs(producer: kombu.Producer, queue: str) -> None:
    for _ in range(THEIRS):
        producer.publish(
            BODY,
            exchange="",
            routing_key=queue,
            mandatory=True,
            delivery_mode=2,
            content_type="application/json",
            content_encoding="utf-8",
            message_id="m",
        )


def _hints(url: str, most: int) -> int:
    """Through encoding, publisher and quorum queue, confirmed."""
    queue = Queue("crossdock.benchmark.hints", KINDS["quorum"])
    link = Link(Address.parse(url), "benchmark")
    declare_queue(link, queue)
    publisher = Publisher(link)
    told = [Hint(f"01a1fe00-0000-7000-8000-{number:012d}", queue.name) for number in range(HINTS)]

    def publish() -> None:
        groups = (told[start : start + most] for start in range(0, HINTS, most))
        publisher.publish([hints.outgoing(group, "") for group in groups], 120.0)

    rates = [_rate(HINTS, publish) for _ in range(3)]
    purge(link, queue.name)
    link.close()
    return round(statistics.median(rates))


if __name__ == "__main__":
    main()
