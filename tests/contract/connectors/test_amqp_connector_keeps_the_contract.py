"""``amqp`` against a real RabbitMQ, with a proxy between."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pika
import pytest

from crossdock.connector import Effect, Parcel
from crossdock.testing.connector_suite import (
    Credentials,
    Delivered,
    EmptyThings,
    Ground,
    InOrder,
    LeadsNowhere,
    LosesReplies,
    Options,
    OverTcp,
    Probed,
    RefusesOne,
    RunningSinkSuite,
    RunningSourceSuite,
    SharedOut,
    ShowsWaiting,
    SinkGround,
    SinkSuite,
    SourceGround,
    SourceSuite,
    WithHeaders,
)
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.rabbitmq import RabbitAddress
from crossdock_connectors.amqp import CONNECTOR

QUEUE = "orders"


class VirtualHost(Ground, OverTcp, Credentials, Probed):
    """A virtual host with one queue, a user of its own, and a client that knows nothing of crossdock."""

    connector = CONNECTOR

    def __init__(self, root: Path, server: RabbitAddress) -> None:
        super().__init__(root)
        self._server = server
        self._url = server.fresh()
        self._users: list[tuple[str, str]] = []
        self._user()
        port = urlsplit(self._url).port
        assert port is not None
        self.proxy = TcpProxy(port)
        self._connection = pika.BlockingConnection(pika.URLParameters(self._url))
        self.channel = self._connection.channel()
        self.channel.queue_declare(QUEUE, durable=True)

    @property
    def secrets(self) -> Sequence[str]:
        return [password for _, password in self._users]

    @property
    def url(self) -> str:
        """Of the newest user, through the proxy."""
        user, password = self._users[-1]
        where = f"{user}:{quote(password, safe='')}@127.0.0.1:{self.proxy.port}"
        return urlunsplit(urlsplit(self._url)._replace(netloc=where, query="heartbeat=5"))

    def options(self, **more: object) -> Options:
        return {"url": self.url, **more}

    def revoke(self) -> None:
        user, _ = self._users[-1]
        self._server.evaluate(f'rabbit_auth_backend_internal:delete_user(<<"{user}">>, <<"test">>).')

    def renewed(self) -> Options:
        self._user()
        return self.options()

    def _user(self) -> None:
        name, password = f"u{secrets.token_hex(4)}", f"canary-{secrets.token_hex(8)}"
        host = urlsplit(self._url).path.removeprefix("/")
        every = '<<".*">>'
        self._server.evaluate(
            f'rabbit_auth_backend_internal:add_user(<<"{name}">>, <<"{password}">>, <<"test">>), '
            f'rabbit_auth_backend_internal:set_permissions(<<"{name}">>, <<"{host}">>, '
            f'{every}, {every}, {every}, <<"test">>).'
        )
        self._users.append((name, password))

    def close(self) -> None:
        self._connection.close()
        self.proxy.close()


class Queue(VirtualHost, SourceGround, EmptyThings, InOrder, SharedOut, ShowsWaiting, WithHeaders):
    """The queue, fed by the client."""

    def options(self, **more: object) -> Options:
        return {"queue": QUEUE, **super().options(**more)}

    def put(self, name: str, data: bytes) -> None:
        self.put_with(name, data, {})

    def put_with(self, name: str, data: bytes, headers: Mapping[str, str]) -> None:
        properties = pika.BasicProperties(message_id=name, headers=dict(headers))
        self.channel.basic_publish("", QUEUE, data, properties, mandatory=True)

    def header(self, name: str) -> str:
        return f"amqp.header.{name}"

    def waiting(self) -> int:
        time.sleep(0.2)  # what the closed connection had not acknowledged goes back into the queue
        return int(self.channel.queue_declare(QUEUE, passive=True).method.message_count)


class Exchange(VirtualHost, SinkGround, LeadsNowhere, LosesReplies, RefusesOne):
    """The default exchange, with a receiver behind it that knows a message by its id."""

    def __init__(self, root: Path, server: RabbitAddress) -> None:
        super().__init__(root, server)
        self._got: dict[str, Delivered] = {}

    def options(self, **more: object) -> Options:
        return {"key": QUEUE, **super().options(**more)}

    def arrived(self) -> Sequence[Delivered]:
        for one in self.taken():
            self._got.setdefault(one.key, one)
        return list(self._got.values())

    def taken(self) -> Iterator[Delivered]:
        """Every message of the queue."""
        while True:
            method, properties, body = self.channel.basic_get(QUEUE, auto_ack=True)
            if method is None:
                return
            yield Delivered(properties.message_id, body)

    def bad(self, parcel: Parcel) -> Parcel:
        return replace(parcel, content_type="x" * 300)

    def nowhere(self) -> Options:
        return self.options(key="nobody")

    def lose_next_reply(self) -> None:
        self.proxy.lose_reply_to(b"crossdock-message")


class ForgetfulExchange(Exchange):
    """The same with a receiver that takes every message for a new one."""

    def __init__(self, root: Path, server: RabbitAddress) -> None:
        super().__init__(root, server)
        self._all: list[Delivered] = []

    def options(self, **more: object) -> Options:
        return super().options(**{"repeatable": False, **more})

    def arrived(self) -> Sequence[Delivered]:
        self._all += self.taken()
        return list(self._all)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that freezes is given up after 2 seconds instead of 20."""
    monkeypatch.setattr("crossdock_connectors.amqp.sink.PATIENCE", 2.0)


class TestAmqpSource(SourceSuite):
    ground_type = Queue

    @pytest.fixture
    def ground(self, tmp_path: Path, rabbitmq: RabbitAddress) -> Iterator[Queue]:
        with closing(Queue(tmp_path, rabbitmq)) as made:
            yield made


class TestAmqpSourceInARun(RunningSourceSuite):
    ground_type = Queue
    ground = TestAmqpSource.ground


@pytest.mark.usefixtures("impatient")
class TestAmqpSink(SinkSuite):
    ground_type, effect = Exchange, Effect.KEYED

    @pytest.fixture
    def ground(self, tmp_path: Path, rabbitmq: RabbitAddress) -> Iterator[Exchange]:
        with closing(Exchange(tmp_path, rabbitmq)) as made:
            yield made


@pytest.mark.usefixtures("impatient")
class TestAmqpSinkToForgetfulReceivers(SinkSuite):
    ground_type, effect = ForgetfulExchange, Effect.OPAQUE

    @pytest.fixture
    def ground(self, tmp_path: Path, rabbitmq: RabbitAddress) -> Iterator[ForgetfulExchange]:
        with closing(ForgetfulExchange(tmp_path, rabbitmq)) as made:
            yield made


class TestAmqpSinkInARun(RunningSinkSuite):
    ground_type, effect = Exchange, Effect.KEYED
    ground = TestAmqpSink.ground


class TestAmqpSinkToForgetfulReceiversInARun(RunningSinkSuite):
    ground_type, effect = ForgetfulExchange, Effect.OPAQUE
    ground = TestAmqpSinkToForgetfulReceivers.ground
