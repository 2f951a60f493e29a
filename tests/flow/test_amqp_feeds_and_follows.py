"""A client that knows nothing of crossdock feeds a route over a broker and follows what comes of it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable

import pika
from pika.adapters.blocking_connection import BlockingChannel
from tests.flow.conftest import Project

from crossdock.testing.servers.rabbitmq import RabbitAddress

IN = """\
from:
  amqp: {url: "${secret:broker}", queue: words.in, bind: {exchange: words, keys: ["word.*"], kind: topic}, every: 10ms}
steps:
  - decode: json
to:
  - topic: word.received
"""
OUT = """\
from: {topic: word.received}
to:
  - amqp: {url: "${secret:broker}", exchange: done, key: "word.{kind}", kind: topic}
    encode: json
"""


def test_every_message_comes_out_once_however_often_it_was_sent_and_workers_were_killed(
    project: Project, rabbitmq: RabbitAddress, wait_until: Callable[..., None]
) -> None:
    url = rabbitmq.fresh()
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    _follow(channel)
    (project.folder / "secrets").mkdir()
    (project.folder / "secrets" / "broker").write_text(url)
    project.write(words_in=IN, words_out=OUT)
    project.start()
    wait_until(lambda: _is_consumed(connection, "words.in"))
    for number in range(300):
        _feed(channel, number)
        if number % 100 == 50:
            for child in project.children():
                os.kill(child, signal.SIGKILL)
    got = _followed(connection, channel, 300)
    assert Counter(got.values()) == Counter(range(300)), project.log()
    connection.close()
    assert project.balanced()


def _feed(channel: BlockingChannel, number: int) -> None:
    """Twice, as a sender does that was not sure."""
    body = json.dumps({"number": number, "kind": "even" if number % 2 == 0 else "odd"}).encode()
    properties = pika.BasicProperties(message_id=f"m-{number}", content_type="application/json")
    for _ in range(2):
        channel.basic_publish("words", "word.new", body, properties, mandatory=True)


def _follow(channel: BlockingChannel) -> None:
    channel.exchange_declare("done", "topic", durable=True)
    channel.queue_declare("followed", durable=True)
    channel.queue_bind("followed", "done", "word.#")


def _followed(connection: pika.BlockingConnection, channel: BlockingChannel, wanted: int) -> dict[str, int]:
    """The numbers that came out, by message id: who follows knows a message by it."""
    got: dict[str, int] = {}
    end = time.monotonic() + 60
    while len(got) < wanted and time.monotonic() < end:
        method, properties, body = channel.basic_get("followed", auto_ack=True)
        if method is None:
            connection.sleep(0.05)
            continue
        document = json.loads(body)
        assert method.routing_key == f"word.{document['kind']}"
        assert properties.headers["crossdock-route"] == "words-out"
        got[properties.message_id] = document["number"]
    return got


def _is_consumed(connection: pika.BlockingConnection, queue: str) -> bool:
    """Made, bound, and somebody is there."""
    try:
        return bool(connection.channel().queue_declare(queue, passive=True).method.consumer_count)
    except pika.exceptions.ChannelClosedByBroker:
        return False
